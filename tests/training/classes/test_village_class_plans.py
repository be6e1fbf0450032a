"""Planning, changing, holding, correcting and cancelling a village class."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.village_class_cases import TOMORROW, YESTERDAY, make_class
from training.models import Article, ArticleVersion, Attendee, HourEntry, VillageClass
from training.rules.classes import ClassState
from training.services import hours, village_classes

pytestmark = pytest.mark.django_db


def given(cast, **changes):
    values = {
        "title": "三张照片就够了",
        "starts_at": TOMORROW,
        "place": "服务点院子",
        "teacher": cast.agent,
        "minutes": 40,
        "by": cast.agent,
        "now": NOW,
    }
    return values | changes


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def events() -> list[str]:
    with seeing_everything():
        return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def only_event() -> AuditEvent:
    with seeing_everything():
        return AuditEvent.objects.get()


def test_plan_writes_the_class_of_its_month_and_an_event(cast):
    with acting_as(cast.agent):
        planned = village_classes.plan(cast.guangcheng, **given(cast))

    assert (planned.station, planned.county_code, str(planned.month), planned.state, planned.version) == (
        cast.guangcheng,
        "520123000000",
        "2026-11-01",
        ClassState.PLANNED,
        1,
    )
    assert events() == ["village_class.planned"]
    assert not Notice.objects.exists()


def test_month_is_that_of_the_clock_in_china(cast):
    # 2026-11-30 23:30 in Shanghai is still November there, 15:30 UTC.
    late = NOW.replace(day=30, hour=15, minute=30)
    after = NOW.replace(day=30, hour=16, minute=30)
    with acting_as(cast.agent):
        months = [
            str(village_classes.plan(cast.guangcheng, **given(cast, starts_at=each)).month)
            for each in (late, after)
        ]

    assert months == ["2026-11-01", "2026-12-01"]


def test_teacher_of_the_township_is_told_and_stays_when_the_village_changes_the_plan(cast):
    with acting_as(cast.manager):
        by_county = given(cast, teacher=cast.technician, by=cast.manager)
        planned = village_classes.plan(cast.guangcheng, **by_county)
    with acting_as(cast.agent):
        assert refusal(village_classes.plan, cast.guangcheng, **given(cast, teacher=cast.technician)) == (
            "unknown_teacher"
        )
        changed = given(cast, teacher=cast.technician, title="怎么称")
        village_classes.change(planned, version=1, **changed)

    notice = Notice.objects.get()
    assert (notice.recipient, notice.event, notice.url) == (
        cast.technician,
        "village_class.given",
        f"/training/classes/{planned.pk}/",
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "text_missing"),
        ({"title": "题" * 81}, "too_long"),
        ({"place": "找13812345678"}, "phone_in_text"),
        ({"starts_at": NOW - timedelta(days=7, seconds=1)}, "too_far_back"),
        ({"starts_at": NOW + timedelta(days=185)}, "too_far_ahead"),
        ({"minutes": 9}, "minutes_out_of_range"),
        ({"minutes": 241}, "minutes_out_of_range"),
    ],
)
def test_plan_refuses_what_does_not_fit(cast, changes, code):
    with acting_as(cast.agent):
        assert refusal(village_classes.plan, cast.guangcheng, **given(cast, **changes)) == code
        assert not VillageClass.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "题" * 80},
        {"starts_at": NOW - timedelta(days=7)},
        {"starts_at": NOW + timedelta(days=184)},
        {"minutes": 10},
        {"minutes": 240},
    ],
)
def test_plan_takes_the_edges(cast, changes):
    with acting_as(cast.agent):
        village_classes.plan(cast.guangcheng, **given(cast, **changes))

        assert VillageClass.objects.count() == 1


def test_plan_refuses_places_and_people_out_of_reach(cast):
    with acting_as(cast.agent):
        assert refusal(village_classes.plan, cast.liuguang, **given(cast)) == "unknown_station"
        for stranger in (cast.neighbour, cast.suining_agent, cast.trainer):
            wrong = given(cast, teacher=stranger)
            assert refusal(village_classes.plan, cast.guangcheng, **wrong) == "unknown_teacher"


def test_plan_refuses_a_station_that_does_not_operate(cast):
    with seeing_everything():
        type(cast.guangcheng).objects.filter(pk=cast.guangcheng.pk).update(state="suspended")
    with acting_as(cast.agent):
        assert refusal(village_classes.plan, cast.guangcheng, **given(cast)) == "not_operating"


def test_station_has_one_class_at_a_time_and_a_cancelled_one_is_none(cast):
    with acting_as(cast.agent):
        first = village_classes.plan(cast.guangcheng, **given(cast))
        assert refusal(village_classes.plan, cast.guangcheng, **given(cast)) == "class_then_already"
        village_classes.cancel(first, reason="下大雨", by=cast.agent, now=NOW)

        second = village_classes.plan(cast.guangcheng, **given(cast))

    assert second.pk != first.pk


def make_article(cast, *, retired: bool = False) -> Article:
    article = Article.objects.create(
        code="own-photos", audience="villager", topic="evidence", retired_at=NOW if retired else None
    )
    ArticleVersion.objects.create(
        article=article,
        version=1,
        title="拍照",
        summary="三张照片",
        body="近照、全照、面单照",
        review_on=NOW.date(),
        written_by=cast.trainer,
        published_at=NOW,
        published_by=cast.trainer,
        is_current=True,
    )
    return article


def test_material_is_an_article_in_use(cast):
    article = make_article(cast)
    with acting_as(cast.agent):
        planned = village_classes.plan(cast.guangcheng, **given(cast, article=article))
        Article.objects.update(retired_at=NOW)
        article.refresh_from_db()
        wrong = given(cast, article=article, starts_at=TOMORROW + timedelta(days=1))

        assert refusal(village_classes.plan, cast.guangcheng, **wrong) == "unknown_article"
    assert planned.article == article


def test_change_moves_the_class_and_keeps_what_was(cast):
    row = make_class(cast.guangcheng, cast.agent)
    moved = TOMORROW + timedelta(days=20)
    with acting_as(cast.agent):
        village_classes.change(row, version=1, **given(cast, starts_at=moved, title="怎么称"))

        row.refresh_from_db()
    assert (row.title, row.starts_at, str(row.month), row.version) == ("怎么称", moved, "2026-12-01", 2)
    event = only_event()
    assert (event.verb, event.before["title"], event.after["title"]) == (
        "village_class.changed",
        "三张照片就够了",
        "怎么称",
    )


def test_change_refuses_an_older_version_and_an_ended_class(cast):
    row = make_class(cast.guangcheng, cast.agent)
    with acting_as(cast.agent):
        village_classes.change(row, version=1, **given(cast, title="怎么称"))
        assert refusal(village_classes.change, row, version=1, **given(cast)) == "changed_meanwhile"
        village_classes.cancel(row, reason="下大雨", by=cast.agent, now=NOW)
        assert refusal(village_classes.change, row, version=3, **given(cast)) == "class_ended"


def test_hold_records_people_and_the_teachers_hours(cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY)
    with acting_as(cast.agent):
        village_classes.hold(row, attended=23, report="看了三张照片", by=cast.agent, now=NOW)

        row.refresh_from_db()
        entry = HourEntry.objects.get()
    assert (row.state, row.attended, row.ended_at) == (ClassState.HELD, 23, NOW)
    assert (entry.user, entry.kind, entry.minutes, str(entry.day)) == (cast.agent, "class", 40, "2026-11-19")
    assert events() == ["village_class.held", "hours.recorded"]


def test_classes_one_minute_after_the_other_fill_a_day_once(cast):
    at = [YESTERDAY + timedelta(minutes=minute) for minute in range(5)]
    rows = [make_class(cast.guangcheng, cast.agent, starts_at=each, minutes=240) for each in at]

    with acting_as(cast.agent):
        for row in rows:
            village_classes.hold(row, attended=3, report="看了照片", by=cast.agent, now=NOW)
        counted = list(HourEntry.objects.order_by("id").values_list("minutes", flat=True))

    assert counted == [240, 240, 240]


def test_of_a_class_as_much_counts_as_fits_into_the_day(cast):
    with seeing_everything():
        first = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY, minutes=240)
        hours.record(
            cast.agent,
            day=timezone.localdate(first.starts_at),
            minutes=480,
            kind="practice",
            business_key="x",
            by=cast.trainer,
            now=NOW,
        )
        second = make_class(
            cast.guangcheng, cast.agent, starts_at=YESTERDAY + timedelta(minutes=30), minutes=60
        )
        for row in (second, first):
            village_classes.hold(row, attended=3, report="看了照片", by=cast.agent, now=NOW)
        counted = list(HourEntry.objects.order_by("id").values_list("minutes", flat=True))

    assert counted == [480, 60, 180]


def test_hours_are_the_teachers_wherever_they_are_posted(cast):
    row = make_class(cast.guangcheng, cast.technician, starts_at=YESTERDAY)
    with acting_as(cast.agent):
        village_classes.hold(row, attended=5, report="看了三张照片", by=cast.agent, now=NOW)
    with seeing_everything():
        assert HourEntry.objects.get().user == cast.technician


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"attended": 0}, "nobody_came"),
        ({"attended": None}, "nobody_came"),
        ({"attended": 1001}, "too_many_people"),
        ({"report": "好"}, "text_missing"),
        ({"report": "找138 1234 5678"}, "phone_in_text"),
    ],
)
def test_hold_refuses_what_does_not_fit(cast, changes, code):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY)
    values = {"attended": 8, "report": "看了三张照片", "by": cast.agent, "now": NOW} | changes
    with acting_as(cast.agent):
        assert refusal(village_classes.hold, row, **values) == code
        row.refresh_from_db()
    assert row.state == ClassState.PLANNED


def test_hold_waits_for_the_beginning_and_happens_once(cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=NOW)
    values = {"attended": 8, "report": "看了三张照片", "by": cast.agent}
    with acting_as(cast.agent):
        early = refusal(village_classes.hold, row, now=NOW - timedelta(seconds=1), **values)
        village_classes.hold(row, now=NOW, **values)
        again = refusal(village_classes.hold, row, now=NOW, **values)

    assert (early, again) == ("not_begun", "class_ended")


def test_count_is_at_least_the_names_on_the_list_and_those_when_left_out(cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY)
    with seeing_everything():
        for _number in range(3):
            Attendee.objects.create(
                village_class=row,
                county_code=row.county_code,
                name_masked="张**",
                consent_how="spoken",
                added_by=cast.agent,
                added_at=NOW,
            )
    values = {"report": "看了三张照片", "by": cast.agent, "now": NOW}
    with acting_as(cast.agent):
        assert refusal(village_classes.hold, row, attended=2, **values) == "fewer_than_names"
        held = village_classes.hold(row, attended=None, **values)

    assert held.attended == 3


def test_correction_keeps_both_counts_in_the_history_and_ends_after_thirty_days(cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY, state=ClassState.HELD)
    values = {"attended": 9, "report": "看了三张照片", "version": 1, "by": cast.agent}
    with acting_as(cast.agent):
        late = refusal(village_classes.correct, row, now=NOW + timedelta(days=30, seconds=1), **values)
        village_classes.correct(row, now=NOW + timedelta(days=30), **values)
        stale = refusal(village_classes.correct, row, now=NOW, **values)

    event = only_event()
    assert (late, stale) == ("too_late_to_correct", "changed_meanwhile")
    assert (event.before, event.after) == (
        {"attended": 8},
        {"attended": 9, "report_changed": False},
    )


def test_planned_class_is_not_corrected(cast):
    row = make_class(cast.guangcheng, cast.agent)
    with acting_as(cast.agent):
        wrong = refusal(
            village_classes.correct, row, attended=9, report="看了照片", version=1, by=cast.agent, now=NOW
        )

    assert wrong == "not_held"


def test_cancelling_says_why_and_tells_the_teacher(cast):
    row = make_class(cast.guangcheng, cast.technician)
    with acting_as(cast.agent):
        assert refusal(village_classes.cancel, row, reason=" ", by=cast.agent, now=NOW) == "text_missing"
        village_classes.cancel(row, reason="村里办白事", by=cast.agent, now=NOW)

        row.refresh_from_db()
    assert (row.state, row.cancelled_reason) == (ClassState.CANCELLED, "村里办白事")
    assert [(each.recipient, each.event) for each in Notice.objects.all()] == [
        (cast.technician, "village_class.cancelled")
    ]


def test_class_of_another_place_does_not_exist(cast):
    row = make_class(cast.chenlou, cast.suining_agent, starts_at=YESTERDAY)
    with acting_as(cast.manager):
        codes = {
            refusal(village_classes.cancel, row, reason="下大雨", by=cast.manager, now=NOW),
            refusal(village_classes.hold, row, attended=3, report="看了照片", by=cast.manager, now=NOW),
            refusal(village_classes.change, row, version=1, **given(cast)),
        }

    assert codes == {"unknown_class"}
