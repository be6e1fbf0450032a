"""Before the day of a visit nobody has come in vain, and a provider does nothing; in Shanghai a day begins at
midnight."""

from datetime import timedelta

import pytest

from claims.models import Visit
from claims.services import visits
from tests.claims.statements.cases import refusal
from tests.claims.visits.visit_cases import MONDAY, make_visit, shanghai
from tests.factories import acting_as, make_claim, make_party, seeing_everything

pytestmark = pytest.mark.django_db
TEN, MIDNIGHT = shanghai(MONDAY, 10), shanghai(MONDAY, 0)
SUNDAY = MIDNIGHT - timedelta(seconds=1)
STEPS = {
    "start": (visits.start, {}),
    "finish": (visits.finish, {"outcome": "taken_along", "found": "", "done": "取走了", "proof": "paper"}),
    "fail": (visits.fail, {"failure": "nobody_home"}),
}


def the_visit(cast, who: str, **fields) -> Visit:
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    goes = (
        {"technician": cast.agent} if who == "technician" else {"provider": make_party("provider", "维修部")}
    )
    return make_visit(claim, starts_at=TEN, **goes, **fields)


def take(cast, visit, step, *, now):
    service, given = STEPS[step]
    with acting_as(cast.officer):
        return service(visit=visit, by=cast.officer, now=now, **given)


@pytest.mark.parametrize(
    ("who", "step", "state"),
    [
        ("technician", "fail", "planned"),
        ("technician", "fail", "under_way"),
        ("provider", "start", "planned"),
        ("provider", "finish", "planned"),
        ("provider", "finish", "under_way"),
        ("provider", "fail", "planned"),
    ],
)
def test_the_evening_before_is_too_early(cast, who, step, state):
    visit = the_visit(cast, who, state=state)

    assert refusal(lambda: take(cast, visit, step, now=SUNDAY)) == "too_early"

    with seeing_everything():
        assert Visit.objects.get(pk=visit.pk).state == state


@pytest.mark.parametrize("who", ["technician", "provider"])
@pytest.mark.parametrize(("step", "state"), [("start", "under_way"), ("fail", "failed")])
def test_the_first_moment_of_the_day_is_not(cast, who, step, state):
    assert take(cast, the_visit(cast, who), step, now=MIDNIGHT).state == state


def test_a_technician_may_go_earlier_than_agreed(cast):
    assert take(cast, the_visit(cast, "technician"), "start", now=SUNDAY).started_at == SUNDAY


def test_a_visit_that_has_ended_is_not_called_early(cast):
    visit = the_visit(cast, "technician", state="cancelled")

    assert refusal(lambda: take(cast, visit, "fail", now=SUNDAY)) == "illegal_step"
