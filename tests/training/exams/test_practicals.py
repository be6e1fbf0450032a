"""Practical exams: scored by somebody else, shown to the candidate, never changed; and the sheets."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from tests.factories import NOW, acting_as
from tests.training.exams.cases import SHEET, make_sheet
from training.models import PracticalExam, PracticalSheet
from training.services import practicals

TODAY = NOW.date()
FULL = {"spread": 40, "count": 60}


@pytest.fixture
def sheet(cast):
    return make_sheet()


def record(cast, sheet, *, user=None, by=None, points=FULL, held_on=TODAY, remark=""):
    by = by or cast.trainer
    with acting_as(by):
        return practicals.record(
            sheet,
            user=user or cast.agent,
            points=points,
            held_on=held_on,
            remark=remark,
            by=by,
            now=NOW,
        )


def refused(call, *arguments, **named) -> str:
    with pytest.raises(Refused) as caught:
        call(*arguments, **named)
    return caught.value.code


@pytest.mark.parametrize(
    ("points", "permille", "has_passed"),
    [
        (FULL, 1000, True),
        ({"spread": 20, "count": 60}, 800, True),
        ({"spread": 19, "count": 60}, 790, False),
        ({"spread": 0, "count": 0}, 0, False),
    ],
)
def test_points_make_a_result_that_the_candidate_is_told(cast, sheet, points, permille, has_passed):
    row = record(cast, sheet, points=points, remark=" 点数要一起数 ")

    stored = PracticalExam._base_manager.get()
    assert (stored.score_permille, stored.has_passed, stored.points) == (permille, has_passed, points)
    assert (stored.user, stored.examiner, stored.station) == (cast.agent, cast.trainer, cast.guangcheng)
    assert (stored.held_on, stored.remark, stored.at) == (TODAY, "点数要一起数", NOW)
    assert list(Notice._base_manager.values_list("event", "recipient", "url")) == [
        ("practical.scored", cast.agent.pk, f"/training/practicals/{row.pk}/")
    ]
    assert list(
        AuditEvent._base_manager.filter(verb="practical.recorded").values_list("after", flat=True)
    ) == [{"user": cast.agent.pk, "sheet": "T-SHEET", "score_permille": permille, "passed": has_passed}]


def test_nobody_examines_themselves(cast, sheet):
    assert refused(record, cast, sheet, by=cast.agent) == "examines_self"
    assert record(cast, sheet, by=cast.manager).examiner == cast.manager


def test_who_is_posted_nowhere_is_not_examined(cast, sheet):
    assert refused(record, cast, sheet, user=cast.manager) == "not_posted"


@pytest.mark.parametrize(
    "points",
    [{}, {"spread": 40}, {**FULL, "more": 1}, {"spread": 41, "count": 60}, {"spread": -1, "count": 60}],
)
def test_points_that_are_not_those_of_the_sheet_are_refused(cast, sheet, points):
    assert refused(record, cast, sheet, points=points) == "points_unfit"
    assert not PracticalExam._base_manager.exists()


@pytest.mark.parametrize(
    ("days", "code"), [(1, "day_ahead"), (0, ""), (-30, ""), (-31, "day_long_ago"), (-3000, "day_long_ago")]
)
def test_an_exam_is_entered_within_thirty_days(cast, sheet, days, code):
    held_on = TODAY + timedelta(days=days)

    if code:
        assert refused(record, cast, sheet, held_on=held_on) == code
    else:
        assert record(cast, sheet, held_on=held_on).held_on == held_on


def test_a_retired_sheet_is_scored_no_more(cast, sheet):
    practicals.retire_sheet(sheet, by=cast.trainer, now=NOW)

    assert refused(record, cast, sheet) == "sheet_retired"
    assert refused(practicals.retire_sheet, sheet, by=cast.trainer, now=NOW) == "sheet_retired"


def test_what_was_scored_never_changes(cast, sheet):
    row = record(cast, sheet)

    with pytest.raises(DatabaseError), transaction.atomic():
        PracticalExam._base_manager.filter(pk=row.pk).update(score_permille=1)


def add(cast, **changes):
    facts = {"code": " p-new ", "title": "验家电", "items": SHEET, "pass_permille": 800, **changes}
    return practicals.add_sheet(**facts, by=cast.trainer, now=NOW)


def test_a_sheet_is_written_once(cast):
    sheet = add(cast)

    stored = PracticalSheet.objects.get(pk=sheet.pk)
    assert (stored.code, stored.title, stored.items, stored.pass_permille) == ("P-NEW", "验家电", SHEET, 800)
    assert refused(add, cast) == "code_taken"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": " "}, "code_missing"),
        ({"code": "x" * 21}, "too_long"),
        ({"title": ""}, "title_missing"),
        ({"title": "x" * 81}, "too_long"),
        ({"items": []}, "items_unfit"),
        ({"items": [{"code": "a", "what": "b", "points": 0}]}, "items_unfit"),
        ({"pass_permille": 0}, "pass_mark_unfit"),
        ({"pass_permille": 1001}, "pass_mark_unfit"),
    ],
)
def test_a_sheet_that_cannot_be_scored_is_refused(cast, changes, code):
    assert refused(add, cast, **changes) == code


# --- pages ------------------------------------------------------------------------------------------------


def form_of(response):
    return response.context["form"]


def address(sheet, cast, agent="agent") -> str:
    return f"/training/practicals/new/{sheet.pk}/{getattr(cast, agent).agent.pk}/"


def test_an_examiner_scores_looks_over_and_records_once(cast, sheet, as_user):
    client = as_user("trainer")
    page = client.get(address(sheet, cast))
    post = {
        "form_key": form_of(page)["form_key"].value(),
        "points_spread": "30",
        "points_count": "60",
        "held_on": form_of(page)["held_on"].value().isoformat(),
        "remark": "很好",
    }

    looked_over = client.post(address(sheet, cast), post)
    assert "90 / 100 · 90% · Passed" in " ".join(looked_over.content.decode().split())
    assert not PracticalExam._base_manager.exists()
    changed = client.post(address(sheet, cast), post | {"change": "1"})
    assert form_of(changed)["points_spread"].value() == "30"
    done = [client.post(address(sheet, cast), post | {"confirm": "1"}) for _press in range(2)]

    row = PracticalExam._base_manager.get()
    assert [response.url for response in done] == [f"/training/practicals/{row.pk}/"] * 2
    assert (row.points, row.remark, row.examiner) == ({"spread": 30, "count": 60}, "很好", cast.trainer)


@pytest.mark.parametrize(
    "change",
    [
        {"points_spread": ""},
        {"points_spread": "41"},
        {"points_spread": "-1"},
        {"points_spread": "x"},
        {"held_on": "gestern"},
        {"form_key": ""},
    ],
)
def test_a_sheet_filled_in_wrongly_comes_back_with_what_was_typed(cast, sheet, as_user, change):
    client = as_user("trainer")
    page = client.get(address(sheet, cast))
    post = {
        "form_key": form_of(page)["form_key"].value(),
        "points_spread": "30",
        "points_count": "60",
        "held_on": TODAY.isoformat(),
        "remark": "还要练",
        "confirm": "1",
    }

    response = client.post(address(sheet, cast), post | change)

    assert (response.status_code, form_of(response)["remark"].value()) == (200, "还要练")
    assert form_of(response).errors
    assert not PracticalExam._base_manager.exists()


def test_candidates_are_found_by_name_and_station_within_reach(cast, sheet, as_user):
    client = as_user("trainer")

    found = {
        text: [
            agent.user.username
            for agent in client.get(f"/training/practicals/candidates/?q={text}").context["list_page"]
        ]
        for text in ("", "秀兰", "六广", "孙二梅", "秀兰 六广")
    }

    assert found == {
        "": ["uncertified", "technician", "neighbour", "agent"],
        "秀兰": ["agent"],
        "六广": ["technician", "neighbour"],
        "孙二梅": [],
        "秀兰 六广": [],
    }


def test_the_result_is_for_the_candidate_and_those_who_look_after_training(cast, sheet, as_user):
    row = record(cast, sheet)
    people = ("agent", "trainer", "manager", "officer", "platform", "neighbour", "suining_manager")

    statuses = {name: as_user(name).get(f"/training/practicals/{row.pk}/").status_code for name in people}

    assert statuses == dict.fromkeys(people[:5], 200) | {"neighbour": 404, "suining_manager": 404}


def test_an_agent_lists_only_their_own(cast, sheet, as_user):
    own = record(cast, sheet)
    other = record(cast, sheet, user=cast.neighbour)

    listed = {
        name: {each.pk for each in as_user(name).get("/training/practicals/").context["list_page"]}
        for name in ("agent", "neighbour", "trainer", "suining_manager")
    }

    assert listed == {
        "agent": {own.pk},
        "neighbour": {other.pk},
        "trainer": {own.pk, other.pk},
        "suining_manager": set(),
    }


def test_lists_take_the_same_few_queries_for_many_rows(cast, sheet, as_user, django_assert_max_num_queries):
    client = as_user("trainer")
    for user in (cast.agent, cast.neighbour, cast.technician):
        record(cast, sheet, user=user)
    client.get("/training/practicals/")

    with django_assert_max_num_queries(10):
        client.get("/training/practicals/")
    with django_assert_max_num_queries(10):
        client.get("/training/practicals/candidates/")


def test_a_sheet_is_written_line_by_line(cast, as_user):
    client = as_user("platform")
    post = {
        "code": "P-TV",
        "title": "验电视",
        "items": "开箱录像 30\n\n拍铭牌照：25分\n讲清三包期限,45",
        "pass_percent": "75",
    }

    wrong = client.post("/training/sheets/new/", post | {"items": "开箱录像 30\n拍铭牌照"})
    made = client.post("/training/sheets/new/", post)

    assert "Line 2 has no points at its end." in wrong.content.decode()
    assert form_of(wrong)["title"].value() == "验电视"
    sheet = PracticalSheet.objects.get(code="P-TV")
    assert made.url == f"/training/sheets/{sheet.pk}/"
    assert [(item["what"], item["points"]) for item in sheet.items] == [
        ("开箱录像", 30),
        ("拍铭牌照", 25),
        ("讲清三包期限", 45),
    ]
    assert sheet.pass_permille == 750
    assert client.post(f"/training/sheets/{sheet.pk}/retire/").url == f"/training/sheets/{sheet.pk}/"
    sheet.refresh_from_db()
    assert sheet.retired_at is not None


def test_what_holds_in_every_county_is_not_for_the_trainer_of_one(cast, sheet, as_user):
    trainer, there = as_user("trainer"), f"/training/sheets/{sheet.pk}/"

    statuses = [trainer.post(path).status_code for path in ("/training/sheets/new/", f"{there}retire/")]

    sheet.refresh_from_db()
    assert (statuses, sheet.retired_at) == ([403, 403], None)
    assert f"{there}retire/" not in trainer.get(there).content.decode()
