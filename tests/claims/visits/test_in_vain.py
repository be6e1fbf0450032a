"""A way in vain stays one after the visit has gone on at another time: it has cost something, and who went
there asks nobody how it was."""

import pytest

from claims.models import Visit
from claims.queries import costs
from claims.queries.follow_ups import handlers_of, to_call
from claims.services import visit_costs, visits
from tests.claims.follow_up_cases import settled
from tests.claims.statements.cases import refusal
from tests.claims.visits.visit_cases import MONDAY, make_visit, shanghai
from tests.factories import acting_as, make_claim, seeing_everything

pytestmark = pytest.mark.django_db
TEN, TWO = shanghai(MONDAY, 10), shanghai(MONDAY, 14)


def gone_in_vain_and_moved(cast, claim) -> tuple[Visit, Visit]:
    """The technician found nobody at home; the visit goes on without anybody yet. Old row and new one."""
    visit = make_visit(claim, starts_at=TEN, technician=cast.technician, station=cast.liuguang_point)
    with acting_as(cast.technician):
        failed = visits.fail(visit=visit, failure="nobody_home", by=cast.technician, now=TEN)
        following = visits.move(visit=failed, starts_at=TWO, by=cast.technician, now=TEN)
    with seeing_everything():
        return Visit.objects.get(pk=visit.pk), following


def test_what_a_way_in_vain_has_cost_counts_after_the_move_too(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="closed", resolved_at=TWO)
    old = make_visit(claim, starts_at=TEN, technician=cast.agent, state="moved", failure="nobody_home")
    given = {"kind": "travel", "amount_fen": 1500, "borne_by": "fund", "by": cast.agent, "now": TWO}
    with acting_as(cast.agent):
        visit_costs.add(visit=old, **given)

    with seeing_everything():
        (month,) = costs.months(claim.county_code, [MONDAY.replace(day=1)])
        (dearest,) = costs.claims_of(claim.county_code, MONDAY)

    assert (month.spent.visits, month.spent.fen, month.claims_fen, month.visited) == (1, 1500, 1500, 1)
    assert (dearest.spent.visits, dearest.spent.fen) == (1, 1500)


def test_a_visit_that_was_moved_before_anybody_went_has_no_costs(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    visit = make_visit(claim, starts_at=TEN, technician=cast.agent, state="moved")
    given = {"kind": "travel", "amount_fen": 1500, "borne_by": "fund", "by": cast.agent, "now": TWO}

    with acting_as(cast.agent):
        assert refusal(lambda: visit_costs.add(visit=visit, **given)) == "visit_not_made"


def test_the_row_of_a_way_in_vain_keeps_its_end_and_its_reason(cast):
    old, following = gone_in_vain_and_moved(cast, make_claim(cast.guangcheng, filed_by=cast.agent))

    assert (old.state, old.failure, old.ended_at, old.ended_by) == (
        "moved",
        "nobody_home",
        TEN,
        cast.technician,
    )
    assert (following.state, following.failure, following.technician) == ("planned", "", None)


def test_who_went_in_vain_before_the_visit_was_moved_does_not_call(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    with acting_as(cast.technician):
        assert to_call(cast.technician).filter(claim=claim).exists()

    make_visit(claim, starts_at=TEN, technician=cast.technician, state="moved", failure="nobody_home")

    assert cast.technician.pk in handlers_of(claim, claim.round)
    with acting_as(cast.technician):
        assert not to_call(cast.technician).filter(claim=claim).exists()
