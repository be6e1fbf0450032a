"""Visits of the demonstration that somebody has gone to."""

from datetime import timedelta

import pytest

from aftersales.ops.demo.visit_days import let_its_day_come
from tests.claims.visits.visit_cases import MONDAY, make_visit, shanghai
from tests.factories import make_claim, seeing_everything

SUNDAY = shanghai(MONDAY - timedelta(days=1), 22)


@pytest.mark.django_db
def test_a_visit_whose_day_has_not_come_lies_on_the_day_itself(cast):
    claims = [make_claim(cast.guangcheng, filed_by=cast.agent) for _turn in range(3)]
    there = make_visit(claims[0], starts_at=shanghai(MONDAY - timedelta(days=2), 10), technician=cast.agent)
    ahead = [
        make_visit(claim, starts_at=shanghai(MONDAY, 10 + 4 * turn), technician=cast.agent)
        for turn, claim in enumerate(claims[1:])
    ]

    with seeing_everything():
        found = [let_its_day_come(visit, SUNDAY) for visit in (there, *ahead)]
        for visit in found:
            visit.refresh_from_db()

    early = shanghai(MONDAY - timedelta(days=1), 8)
    assert [(visit.starts_at, visit.ends_at - visit.starts_at, visit.seat) for visit in found] == [
        (there.starts_at, timedelta(hours=2), 0),
        (early, timedelta(hours=2), 0),
        (early, timedelta(hours=2), 1),
    ]
