"""With real processes: what two do at the same moment is counted once, and nothing is left half done."""

from datetime import date

import pytest

from aftersales.lib.errors import Refused
from tests.cast import make_cast
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once
from tests.training.lessons import lessons_of, make_course
from training.models import Enrolment, HourEntry
from training.services import enrolments, hours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def coded(call):
    def answered(by, *arguments):
        with acting_as(by):
            try:
                return call(by, *arguments)
            except Refused as refused:
                return refused.code

    return answered


def test_the_last_two_lessons_read_on_two_devices_finish_the_course(cast):
    for number in range(3):
        course = make_course(cast.trainer, code=f"race{number}")
        with acting_as(cast.trainer):
            (mine,) = enrolments.enrol(course, people=[cast.agent], due_on=None, by=cast.trainer, now=NOW)

        def read(by, lesson, mine=mine):
            enrolments.open_lesson(mine, lesson, by=by, now=NOW)
            enrolments.finish_lesson(mine, lesson, by=by, now=NOW)
            return "read"

        outcomes = at_once(coded(read), [(cast.agent, lesson) for lesson in lessons_of(course)])

        assert [outcome.value for outcome in outcomes] == ["read", "read"]
        with seeing_everything():
            assert Enrolment.objects.get(pk=mine.pk).finished_at == NOW
            assert HourEntry.objects.count() == 2 * (number + 1)


def test_one_lesson_marked_as_read_twice_counts_once(cast):
    course = make_course(cast.trainer, lessons=1)
    with acting_as(cast.trainer):
        (mine,) = enrolments.enrol(course, people=[cast.agent], due_on=None, by=cast.trainer, now=NOW)
    (lesson,) = lessons_of(course)

    def read(by):
        enrolments.open_lesson(mine, lesson, by=by, now=NOW)
        enrolments.finish_lesson(mine, lesson, by=by, now=NOW)
        return "read"

    outcomes = at_once(coded(read), [(cast.agent,)] * 3)

    assert [outcome.value for outcome in outcomes] == ["read"] * 3
    with seeing_everything():
        assert HourEntry.objects.count() == 1


def test_two_who_enrol_the_same_people_enrol_them_once(cast):
    course = make_course(cast.trainer, lessons=1)

    def enrol(by):
        people = [cast.agent, cast.neighbour]
        return len(enrolments.enrol(course, people=people, due_on=None, by=by, now=NOW))

    outcomes = at_once(coded(enrol), [(cast.trainer,), (cast.manager,)])

    assert sorted(map(str, (outcome.value for outcome in outcomes))) == ["2", "nobody_new"]
    with seeing_everything():
        assert Enrolment.objects.count() == 2


def test_a_day_is_not_filled_twice_by_two_trainers(cast):
    def record(by, key):
        hours.record(
            cast.agent,
            day=date(2026, 11, 20),
            minutes=480,
            kind="practice",
            business_key=key,
            by=by,
            now=NOW,
        )
        return "recorded"

    outcomes = at_once(coded(record), [(cast.trainer, "a"), (cast.manager, "b")])

    assert sorted(outcome.value for outcome in outcomes) == ["day_full", "recorded"]
