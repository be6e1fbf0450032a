"""Two who say at once when somebody makes visits: one week stands, not a mixture of both."""

from collections import Counter
from datetime import time

import pytest

from aftersales.lib.errors import Refused
from claims.queries.availability import changes_of, week_of
from claims.rules.windows import WeekWindow
from claims.services import availability
from tests.cast import make_cast
from tests.claims.visits.visit_cases import MONDAY
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
EIGHT = time(8)
ROUNDS = 3


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def set_week(cast, who, weekday, expected):
    person = getattr(cast, who)
    with acting_as(person):
        try:
            availability.set_week(
                person=cast.agent,
                windows=[WeekWindow(weekday, EIGHT, 1)],
                expected=expected,
                by=person,
                now=NOW,
            )
        except Refused as refused:
            return refused.code
    return "kept"


def come_or_go(cast, who):
    person = getattr(cast, who)
    given = {"person": cast.agent, "by": person, "now": NOW}
    with acting_as(person):
        try:
            if who == "agent":
                availability.be_away(first=MONDAY, last=MONDAY, **given)
            else:
                availability.add_window(day=MONDAY, starts=EIGHT, seats=1, **given)
        except Refused as refused:
            return refused.code
    return "kept"


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_weeks_at_once_one_stands(cast, _round):
    outcomes = at_once(
        lambda who, weekday: set_week(cast, who, weekday, ""),
        [("technician", 0), ("officer", 1), ("manager", 2)],
    )

    assert [outcome.error for outcome in outcomes] == [""] * 3
    assert Counter(outcome.value for outcome in outcomes) == {"kept": 1, "stale": 2}
    assert len(week_of(cast.agent.pk)) == 1


def test_nobody_is_away_and_there_on_one_day(cast):
    outcomes = at_once(lambda who: come_or_go(cast, who), [("agent",), ("technician",)])

    assert [outcome.error for outcome in outcomes] == ["", ""]
    assert "kept" in {outcome.value for outcome in outcomes}
    with seeing_everything():
        assert [row.starts for row in changes_of(cast.agent.pk, since=MONDAY)] == [None]
