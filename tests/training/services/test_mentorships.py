"""Mentors: named for somebody, one at a time, and ended on a day."""

from datetime import date, timedelta

import pytest

from aftersales.lib.errors import Refused
from tests.factories import NOW, acting_as, seeing_everything
from training.models import Mentorship
from training.services import mentorships

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def begin(cast, mentor=None, trainee=None, **changes):
    values = {"from_on": TODAY, "note": "", **changes}
    with acting_as(cast.trainer):
        return mentorships.begin(
            mentor or cast.agent, trainee or cast.uncertified, **values, by=cast.trainer, now=NOW
        )


def test_a_mentor_looks_after_somebody_of_the_county(cast):
    made = begin(cast, note="  带  三个月 ")

    assert (made.mentor, made.trainee, made.station, made.from_on, made.until_on, made.note) == (
        cast.agent,
        cast.uncertified,
        cast.fangmaping,
        TODAY,
        None,
        "带 三个月",
    )


@pytest.mark.parametrize(
    ("mentor", "trainee", "code"),
    [
        ("agent", "agent", "mentor_is_another"),
        ("uncertified", "neighbour", "mentor_uncertified"),
        ("officer", "neighbour", "not_posted"),
        ("agent", "suining_agent", "not_posted"),
    ],
)
def test_who_cannot_be_mentor_is_refused(cast, mentor, trainee, code):
    with pytest.raises(Refused) as refused:
        begin(cast, getattr(cast, mentor), getattr(cast, trainee))

    assert refused.value.code == code
    with seeing_everything():
        assert not Mentorship.objects.exists()


def test_mentor_and_trainee_work_in_one_county(cast):
    with seeing_everything(), pytest.raises(Refused) as refused:
        mentorships.begin(cast.agent, cast.suining_agent, from_on=TODAY, by=cast.trainer, now=NOW)

    assert refused.value.code == "other_county"


@pytest.mark.parametrize("from_on", [TODAY - timedelta(days=367), TODAY + timedelta(days=91)])
def test_the_first_day_is_near(cast, from_on):
    with pytest.raises(Refused) as refused:
        begin(cast, from_on=from_on)

    assert refused.value.code == "from_unfit"
    assert begin(cast, from_on=TODAY + timedelta(days=90)).from_on == TODAY + timedelta(days=90)


def test_one_mentor_at_a_time(cast):
    first = begin(cast)
    with pytest.raises(Refused) as refused:
        begin(cast, cast.neighbour)
    assert (refused.value.code, refused.value.field) == ("has_mentor", "trainee")

    with acting_as(cast.trainer):
        mentorships.end(first, until_on=TODAY, by=cast.trainer, now=NOW)

    assert begin(cast, cast.neighbour).mentor == cast.neighbour


def test_a_mentorship_ends_once_between_its_first_day_and_today(cast):
    made = begin(cast, from_on=TODAY - timedelta(days=10))

    with acting_as(cast.trainer):
        for until_on in (TODAY - timedelta(days=11), TODAY + timedelta(days=1)):
            with pytest.raises(Refused) as refused:
                mentorships.end(made, until_on=until_on, by=cast.trainer, now=NOW)
            assert refused.value.code == "until_unfit"
        ended = mentorships.end(made, until_on=TODAY, by=cast.trainer, now=NOW)
        with pytest.raises(Refused) as refused:
            mentorships.end(made, until_on=TODAY, by=cast.trainer, now=NOW)

    assert (ended.until_on, refused.value.code) == (TODAY, "ended_already")
