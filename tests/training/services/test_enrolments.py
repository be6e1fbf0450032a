"""Enrolling, reading, finishing, being taken out and being reminded."""

from datetime import date, timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from tests.factories import NOW, acting_as, seeing_everything
from tests.training.lessons import current, lessons_of, make_course, publish_lesson
from training.models import Enrolment, HourEntry, LessonProgress
from training.queries import enrolments as reading
from training.rules.courses import Standing
from training.services import courses, enrolments

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 1)


@pytest.fixture
def course(cast):
    return make_course(cast.trainer)


def enrol(cast, course, *people, due_on=DUE, now=NOW):
    with acting_as(cast.trainer):
        return enrolments.enrol(course, people=people, due_on=due_on, by=cast.trainer, now=now)


def read(enrolment, lesson, by, now=NOW):
    with acting_as(by):
        enrolments.open_lesson(enrolment, lesson, by=by, now=now)
        return enrolments.finish_lesson(enrolment, lesson, by=by, now=now)


def test_enrolled_people_are_counted_at_their_station_and_told(cast, course):
    made = enrol(cast, course, cast.agent, cast.neighbour)

    assert [(each.user, each.station, each.county_code, each.due_on) for each in made] == [
        (cast.agent, cast.guangcheng, "520123000000", DUE),
        (cast.neighbour, cast.liuguang, "520123000000", DUE),
    ]
    told = Notice.objects.filter(event="course.enrolled").values_list("recipient__username", "url", "params")
    assert sorted(told) == [
        ("agent", f"/training/my-courses/{made[0].pk}/", {"course": "安抚沟通"}),
        ("neighbour", f"/training/my-courses/{made[1].pk}/", {"course": "安抚沟通"}),
    ]
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="enrolment.made").count() == 2


def test_who_is_in_the_course_already_is_passed_over(cast, course):
    enrol(cast, course, cast.agent)

    made = enrol(cast, course, cast.agent, cast.neighbour)

    assert [each.user for each in made] == [cast.neighbour]
    with pytest.raises(Refused) as refused:
        enrol(cast, course, cast.agent, cast.neighbour)
    assert refused.value.code == "nobody_new"
    with seeing_everything():
        assert Enrolment.objects.count() == 2


def test_enrolling_is_refused_for_what_cannot_be(cast, course):
    empty = make_course(cast.trainer, lessons=0, code="empty")
    retired = make_course(cast.trainer, code="old")
    courses.retire_course(retired, by=cast.trainer, now=NOW)
    retired.refresh_from_db()
    refusals = {
        "course_empty": (empty, [cast.agent], DUE),
        "course_retired": (retired, [cast.agent], DUE),
        "nobody_chosen": (course, [], DUE),
        "unknown_person": (course, [cast.agent, cast.suining_agent], DUE),
        "due_unfit": (course, [cast.agent], date(2026, 11, 19)),
    }

    codes = {}
    for name, (asked, people, due_on) in refusals.items():
        with pytest.raises(Refused) as refused:
            enrol(cast, asked, *people, due_on=due_on)
        codes[name] = refused.value.code

    assert codes == {name: name for name in refusals}
    with seeing_everything():
        assert not Enrolment.objects.exists()
    assert len(enrol(cast, course, cast.agent, due_on=date(2026, 11, 20))) == 1


def test_who_takes_a_course_by_themselves_is_not_told_of_it(cast, course):
    with acting_as(cast.agent):
        enrolments.enrol(course, people=[cast.agent], due_on=None, by=cast.agent, now=NOW)

    assert not Notice.objects.filter(event="course.enrolled").exists()


def test_reading_a_lesson_counts_its_minutes_once(cast, course):
    (mine,) = enrol(cast, course, cast.agent)
    first = lessons_of(course)[0]

    read(mine, first, cast.agent)
    again = read(mine, first, cast.agent, now=NOW + timedelta(days=1))

    assert (again.opened_at, again.finished_at, again.lesson_version) == (NOW, NOW, current(first))
    with seeing_everything():
        entries = HourEntry.objects.values_list("user__username", "day", "minutes", "kind", "station__name")
        assert list(entries) == [("agent", date(2026, 11, 20), 20, "lesson", "广城村服务点")]


def test_the_last_lesson_finishes_the_course(cast, course):
    (mine,) = enrol(cast, course, cast.agent)
    first, second = lessons_of(course)

    read(mine, second, cast.agent)
    mine.refresh_from_db()
    before = mine.finished_at
    read(mine, first, cast.agent, now=NOW + timedelta(hours=1))
    mine.refresh_from_db()

    assert (before, mine.finished_at) == (None, NOW + timedelta(hours=1))


def test_a_lesson_is_opened_before_it_is_read(cast, course):
    (mine,) = enrol(cast, course, cast.agent)

    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        enrolments.finish_lesson(mine, lessons_of(course)[0], by=cast.agent, now=NOW)

    assert refused.value.code == "not_opened"
    with seeing_everything():
        assert not HourEntry.objects.exists()


def test_nobody_reads_for_somebody_else_or_in_another_course(cast, course):
    (mine,) = enrol(cast, course, cast.agent)
    other = make_course(cast.trainer, code="other")

    for lesson, by in ((lessons_of(course)[0], cast.neighbour), (lessons_of(other)[0], cast.agent)):
        for act in (enrolments.open_lesson, enrolments.finish_lesson):
            with acting_as(by), pytest.raises(Refused) as refused:
                act(mine, lesson, by=by, now=NOW)
            assert refused.value.code == "not_yours"
    with seeing_everything():
        assert not LessonProgress.objects.exists()


def test_an_unread_lesson_follows_to_the_new_version_and_a_read_one_stays(cast, course):
    (mine,) = enrol(cast, course, cast.agent)
    first, second = lessons_of(course)
    old = current(first)
    read(mine, first, cast.agent)
    with acting_as(cast.agent):
        enrolments.open_lesson(mine, second, by=cast.agent, now=NOW)
    for lesson in (first, second):
        draft = courses.save_draft(lesson, title="新", body="新", minutes=45, by=cast.trainer, now=NOW)
        courses.publish(draft, by=cast.trainer, now=NOW)

    with acting_as(cast.agent):
        kept = enrolments.open_lesson(mine, first, by=cast.agent, now=NOW)
        followed = enrolments.open_lesson(mine, second, by=cast.agent, now=NOW)

    assert (kept.lesson_version, followed.lesson_version) == (old, current(second))


def test_who_was_taken_out_reads_no_more_and_can_be_enrolled_again(cast, course):
    (mine,) = enrol(cast, course, cast.agent)
    first = lessons_of(course)[0]
    read(mine, first, cast.agent)
    with acting_as(cast.trainer):
        enrolments.withdraw(mine, by=cast.trainer, now=NOW)

    for act in (enrolments.open_lesson, enrolments.finish_lesson):
        with acting_as(cast.agent), pytest.raises(Refused) as refused:
            act(mine, first, by=cast.agent, now=NOW)
        assert refused.value.code == "enrolment_ended"
    with acting_as(cast.trainer), pytest.raises(Refused) as refused:
        enrolments.withdraw(mine, by=cast.trainer, now=NOW)
    assert refused.value.code == "enrolment_ended"
    (again,) = enrol(cast, course, cast.agent)
    read(again, first, cast.agent)
    with seeing_everything():
        assert HourEntry.objects.count() == 1


def test_nobody_is_taken_out_of_a_finished_course(cast):
    course = make_course(cast.trainer, lessons=1)
    (mine,) = enrol(cast, course, cast.agent)
    read(mine, lessons_of(course)[0], cast.agent)

    with acting_as(cast.trainer), pytest.raises(Refused) as refused:
        enrolments.withdraw(mine, by=cast.trainer, now=NOW)

    assert refused.value.code == "enrolment_ended"


def test_a_lesson_added_later_does_not_undo_a_finished_course(cast):
    course = make_course(cast.trainer, lessons=1)
    (mine,) = enrol(cast, course, cast.agent)
    read(mine, lessons_of(course)[0], cast.agent)

    publish_lesson(course, cast.trainer, title="补充一课")

    mine.refresh_from_db()
    assert mine.finished_at == NOW
    read(mine, lessons_of(course)[1], cast.agent)
    with seeing_everything():
        assert HourEntry.objects.count() == 2


def test_a_lesson_without_a_published_version_cannot_be_opened(cast, course):
    (mine,) = enrol(cast, course, cast.agent)
    with acting_as(cast.trainer):
        draft = courses.begin_lesson(course, title="稿", body="稿", minutes=5, by=cast.trainer, now=NOW)

    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        enrolments.open_lesson(mine, draft.lesson, by=cast.agent, now=NOW)

    assert refused.value.code == "lesson_unfit"


def test_reminders_go_out_once_within_seven_days(cast, course):
    due = date(2026, 11, 28)
    first, _second = enrol(cast, course, cast.agent, cast.neighbour, due_on=due)
    (later,) = enrol(cast, make_course(cast.trainer, code="later"), cast.agent, due_on=date(2026, 12, 20))
    for lesson in lessons_of(course):
        read(first, lesson, cast.agent)

    counts = [enrolments.remind_due(now=NOW + timedelta(days=days)) for days in (0, 1, 2, 8, 9)]

    assert counts == [0, 1, 0, 0, 0]
    told = Notice.objects.filter(event="course.due_soon").values_list("recipient__username", "params")
    assert list(told) == [("neighbour", {"course": "安抚沟通", "due_on": "2026-11-28"})]
    assert later.due_on == date(2026, 12, 20)


@pytest.mark.parametrize(
    ("due_on", "read_count", "finished", "standing"),
    [
        (None, 0, False, Standing.NOT_BEGUN),
        (None, 1, False, Standing.UNDER_WAY),
        (date(2026, 11, 19), 1, False, Standing.OVERDUE),
        (date(2026, 11, 20), 0, False, Standing.DUE_SOON),
        (date(2026, 11, 27), 1, False, Standing.DUE_SOON),
        (date(2026, 11, 28), 0, False, Standing.NOT_BEGUN),
        (date(2026, 11, 19), 2, True, Standing.FINISHED),
    ],
)
def test_words_and_filters_agree_about_how_somebody_stands(
    cast, course, due_on, read_count, finished, standing
):
    (mine,) = enrol(cast, course, cast.agent, due_on=due_on, now=NOW - timedelta(days=5))
    for lesson in lessons_of(course)[:read_count]:
        read(mine, lesson, cast.agent)
    today = date(2026, 11, 20)

    with acting_as(cast.trainer):
        rows = reading.with_progress(reading.running_in(course))
        (row,) = rows
        found = [each for each in Standing if reading.in_standing(rows, each, today).exists()]

    assert (row.lesson_count, row.read_count) == (2, read_count)
    assert (row.finished_at is not None, reading.standing_of(row, today)) == (finished, standing)
    assert found == [standing]
