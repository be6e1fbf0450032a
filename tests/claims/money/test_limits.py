"""What one person pays out on a day and the fund pays for one claim; what is left of all four limits."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from aftersales.lib.errors import Refused
from claims.models import Claim, SpendingLimit
from claims.queries.invariants import violations
from claims.queries.limits import left_for
from claims.services import casework, compensation, reversals
from tests.claims.money.cases import XIUWEN, choose, fill, proposed
from tests.factories import NOW, acting_as, make_policy, seeing_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


def approved(station, *, agent, paid_fen=4000):
    """A refund approved by rule that waits, because the policy lets nobody pay it out yet."""
    return choose(proposed(station, filed_by=agent, paid_fen=paid_fen), by=agent)


def refusal(compensation_, by, now=NOW):
    with acting_as(by), pytest.raises(Refused) as refused:
        compensation.execute(compensation=compensation_, by=by, now=now)
    return refused.value.code, refused.value.details


def execute(compensation_, by, now=NOW):
    with acting_as(by):
        return compensation.execute(compensation=compensation_, by=by, now=now).state


def test_a_person_pays_out_up_to_the_fen_and_goes_on_tomorrow(cast, xiuwen_fund):
    make_policy(person_day_limit_fen=1000)
    choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    waiting = approved(cast.guangcheng, agent=cast.agent, paid_fen=2673)
    assert (waiting.amount_fen, waiting.state) == (401, "approved")

    assert refusal(waiting, cast.agent) == ("person_limit", {"left_fen": 400})

    just_fits = approved(cast.guangcheng, agent=cast.agent, paid_fen=2667)
    assert (just_fits.amount_fen, just_fits.state) == (400, "executed")
    last_second = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
    assert refusal(waiting, cast.agent, last_second) == ("person_limit", {"left_fen": 0})
    assert execute(waiting, cast.agent, last_second + timedelta(seconds=1)) == "executed"


def test_another_person_has_a_limit_of_their_own(cast, xiuwen_fund):
    make_policy(person_day_limit_fen=1000)
    choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    waiting = approved(cast.guangcheng, agent=cast.agent)

    assert execute(waiting, cast.officer) == "executed"


def test_a_claim_is_paid_once_up_to_its_limit_and_more_when_the_terms_say_so(cast, xiuwen_fund):
    make_policy(claim_limit_fen=599)
    waiting = approved(cast.guangcheng, agent=cast.agent)
    assert refusal(waiting, cast.agent) == ("claim_limit", {"left_fen": 599})

    make_policy(version=2, valid_from=NOW.date(), claim_limit_fen=600)
    assert execute(waiting, cast.agent) == "executed"


def test_rounds_of_a_claim_share_its_limit_and_a_payout_taken_back_makes_room(cast, xiuwen_fund):
    make_policy(claim_limit_fen=1100)
    paid = approved(cast.guangcheng, agent=cast.agent)
    assert paid.state == "executed"
    with acting_as(cast.agent):
        claim = Claim.objects.get(pk=paid.claim_id)
        again = casework.reopen(claim=claim, reason="more is bad", by=cast.agent, now=NOW)
        second = compensation.work_out(claim=again, by=cast.agent, now=NOW)
    second = choose(second, by=cast.agent)
    assert (second.amount_fen, second.state) == (600, "approved")

    assert refusal(second, cast.agent) == ("claim_limit", {"left_fen": 500})

    a_month_later = NOW + timedelta(days=31)
    with seeing_everything():
        movement = paid.claim.movements.get()
        reversals.reverse(movement=movement, note="paid twice", by=cast.manager, now=a_month_later)
    assert execute(second, cast.agent, a_month_later) == "executed"
    with seeing_everything():
        of_claim = SpendingLimit.objects.get(kind="claim")
        assert (of_claim.key, of_claim.spent_fen) == (str(paid.claim_id), 600)
        assert list(violations()) == []


def test_a_refused_payout_counts_in_no_limit(cast, xiuwen_fund):
    make_policy(claim_limit_fen=599)

    approved(cast.guangcheng, agent=cast.agent)

    with seeing_everything():
        assert set(SpendingLimit.objects.values_list("kind", "spent_fen")) == set()


@pytest.mark.parametrize("kind", ["person_day", "claim"])
def test_the_table_holds_the_limit_as_well(cast, xiuwen_fund, kind):
    approved(cast.guangcheng, agent=cast.agent)
    with seeing_everything():
        rows = SpendingLimit.objects.filter(kind=kind)
        limit = rows.get()

        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(spent_fen=limit.limit_fen + 1)
        assert rows.update(spent_fen=limit.limit_fen) == 1
        assert [line.split(":")[0] for line in violations()] == [f"limit {limit.pk}"]


def test_what_is_left_is_told_in_the_order_of_the_limits(cast, xiuwen_fund):
    make_policy(
        station_day_limit_fen=5000,
        person_day_limit_fen=4000,
        fund_month_limit_fen=9000,
        claim_limit_fen=3000,
    )
    paid = approved(cast.guangcheng, agent=cast.agent)
    with seeing_everything():
        claim = Claim.objects.get(pk=paid.claim_id)

    with (
        acting_as(cast.officer),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        found = left_for(fund=xiuwen_fund, claim=claim, person_id=cast.officer.pk, now=NOW)

    assert [(left.kind.value, left.limit_fen, left.left_fen) for left in found] == [
        ("station_day", 5000, 4400),
        ("person_day", 4000, 4000),
        ("fund_month", 9000, 8400),
        ("claim", 3000, 2400),
    ]
    assert len(queries) == 2
