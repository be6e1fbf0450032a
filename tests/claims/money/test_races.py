"""People and processes at the same moment: exactly as many succeed as fit, and nobody is told of a lock."""

from collections import Counter

import pytest

from aftersales.lib.errors import Refused
from claims.models import Advance, Claim, Movement, SpendingLimit
from claims.queries import invariants
from claims.services import casework, compensation, fund, recovery, reversals
from tests.cast import make_cast
from tests.claims.money.cases import XIUWEN, balances, choose, claim_with_photo, fill, proposed, read
from tests.factories import NOW, acting_as, make_line, make_policy, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

PEOPLE = 16


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(transactional_db):
    yield
    with seeing_everything():
        assert list(invariants.violations()) == []


def answers(outcomes) -> Counter:
    """How often each state or refusal came back; "Refused" alone would hide what people were told."""
    return Counter(outcome.value or outcome.message for outcome in outcomes)


def codes(call):
    """Let a service answer with its state, or with the code of its refusal."""

    def answered(*arguments):
        try:
            return call(*arguments)
        except Refused as refused:
            return refused.code

    return answered


def test_last_money_of_a_fund(cast):
    """Sixteen payouts of six yuan each ask a fund of 54 yuan: nine are paid, seven wait, nothing is left."""
    county_fund = fill(XIUWEN, cash_fen=5_400, entered_by=cast.manager, confirmed_by=cast.officer)
    proposals = [proposed(cast.guangcheng, filed_by=cast.agent) for _each in range(PEOPLE)]

    @codes
    def ask(proposal):
        return choose(proposal, by=cast.agent).state

    outcomes = at_once(ask, [(proposal,) for proposal in proposals])

    assert answers(outcomes) == {"executed": 9, "approved": 7}
    assert balances(county_fund) == {"cash": 0, "budget": 5_400, "advances": 5_400, "written_off": 0}


def test_one_order_line(cast):
    """Sixteen claims over two of twenty pieces each: ten fit, whatever the remedy."""
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    line = make_line(cast.guangcheng, paid_fen=1999, quantity_milli=20_000)
    proposals = []
    for _each in range(PEOPLE):
        claim = claim_with_photo(cast.guangcheng, filed_by=cast.agent, line=line, bad_milli=2000)
        with acting_as(cast.agent):
            proposals.append(compensation.work_out(claim=claim, by=cast.agent, now=NOW))

    @codes
    def ask(proposal, remedy):
        while True:
            code = asked(proposal, remedy)
            if code != "amount_changed":
                return code

    @codes
    def asked(proposal, remedy):
        return choose(proposal, by=cast.agent, remedy=remedy).state

    outcomes = at_once(ask, [(proposal, ("refund", "reship")[i % 2]) for i, proposal in enumerate(proposals)])

    line = read(line)
    assert answers(outcomes) == {"executed": 10, "bad_over_total": 6}
    assert (line.granted_fen, line.bad_milli) == (1999, 20_000)


def test_double_click_on_a_choice(cast):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    proposal = proposed(cast.guangcheng, filed_by=cast.agent)

    @codes
    def click():
        return choose(proposal, by=cast.agent, expected_version=proposal.version).state

    outcomes = at_once(click, [()] * 8)

    told = answers(outcomes)
    assert told.pop("executed") == 1
    assert set(told) <= {"stale", "already_executed"}
    with seeing_everything():
        assert Movement.objects.filter(kind="advance").count() == 1


def test_two_approvers_and_two_cashiers(cast):
    county_fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    chosen = choose(
        proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=40_000, bad_milli=5000), by=cast.agent
    )

    @codes
    def approve(user):
        with acting_as(user):
            return compensation.approve(compensation=chosen, by=user, now=NOW).state

    @codes
    def execute(user):
        with acting_as(user):
            return compensation.execute(compensation=chosen, by=user, now=NOW).state

    approvers = at_once(approve, [(cast.officer,), (cast.second_officer,), (cast.manager,)] * 2)
    cashiers = at_once(execute, [(cast.officer,), (cast.agent,), (cast.manager,)] * 2)

    told = answers(approvers)
    assert told.pop("approved") == 1
    assert set(told) <= {"stale", "already_decided"}
    told = answers(cashiers)
    assert told.pop("executed") == 1
    assert set(told) <= {"stale", "already_executed"}
    assert balances(county_fund)["cash"] == 90_000


def test_approval_against_withdrawal(cast):
    """An officer approves while the agent withdraws: one of them wins, the claim tells which."""
    rounds = []
    for _round in range(4):
        chosen = choose(
            proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=40_000, bad_milli=5000), by=cast.agent
        )

        @codes
        def act(who, chosen=chosen):
            if who == "officer":
                with acting_as(cast.officer):
                    return compensation.approve(compensation=chosen, by=cast.officer, now=NOW).state
            with acting_as(cast.agent):
                claim = Claim.objects.get(pk=chosen.claim_id)
                return casework.withdraw(claim=claim, reason="no longer", by=cast.agent, now=NOW).status

        outcomes = at_once(act, [("officer",), ("agent",)])
        rounds.append(
            (*(outcome.value for outcome in outcomes), read(chosen).state, read(chosen.claim).status)
        )

    assert set(rounds) <= {
        ("approved", "compensation_approved", "approved", "accepted"),
        ("approved", "stale", "approved", "accepted"),
        ("voided", "withdrawn", "voided", "withdrawn"),
        ("stale", "withdrawn", "voided", "withdrawn"),
        ("claim_ended", "withdrawn", "voided", "withdrawn"),
    }


def test_limit_of_a_station_and_day(cast):
    make_policy(station_day_limit_fen=5_000)
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    proposals = [proposed(cast.guangcheng, filed_by=cast.agent) for _each in range(12)]

    @codes
    def ask(proposal):
        return choose(proposal, by=cast.agent).state

    outcomes = at_once(ask, [(proposal,) for proposal in proposals])

    assert answers(outcomes) == {"executed": 8, "approved": 4}
    with seeing_everything():
        limits_now = set(SpendingLimit.objects.values_list("kind", "spent_fen"))
    assert limits_now == {
        ("station_day", 4_800),
        ("person_day", 4_800),
        ("fund_month", 4_800),
        ("claim", 600),
    }


def test_recovery_and_counter_entry_sent_twice(cast):
    county_fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    paid = [choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent) for _each in range(2)]
    with seeing_everything():
        recovered, reversed_ = (
            Advance.objects.select_related("movement").get(claim=each.claim) for each in paid
        )

    @codes
    def act(what, reference):
        with seeing_everything():
            if what == "recover":
                recovery.recover(
                    advance=recovered, amount_fen=250, reference=reference, by=cast.officer, now=NOW
                )
            else:
                reversals.reverse(movement=reversed_.movement, note="bounced", by=cast.manager, now=NOW)
        return "done"

    outcomes = at_once(act, [("recover", f"R-{i}") for i in range(4)] + [("reverse", "")] * 4)

    recoveries, counter_entries = answers(outcomes[:4]), answers(outcomes[4:])
    assert recoveries == {"done": 2, "over_open": 2}
    assert counter_entries == {"done": 1, "already_booked": 3}
    assert balances(county_fund) == {"cash": 99_900, "budget": 100_000, "advances": 100, "written_off": 0}


def test_same_bank_reference_from_many(cast):
    county_fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    paid = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    with seeing_everything():
        advance = Advance.objects.get(claim=paid.claim)
        waiting = fund.propose_deposit(
            fund=county_fund, amount_fen=700, reference="B-2", by=cast.manager, now=NOW
        )

    @codes
    def act(what):
        with seeing_everything():
            if what == "recover":
                return recovery.recover(
                    advance=advance, amount_fen=100, reference="R-1", by=cast.officer, now=NOW
                ).business_key
            return fund.confirm_deposit(deposit=waiting, by=cast.officer, now=NOW).business_key

    outcomes = at_once(act, [("recover",)] * 6 + [("confirm",)] * 6)

    recoveries, deposits = answers(outcomes[:6]), answers(outcomes[6:])
    assert recoveries.pop(f"recovery:{advance.pk}:R-1") >= 1
    assert set(recoveries) <= {"already_booked"}
    assert deposits == {f"deposit:{waiting.pk}": 1, "deposit_decided": 5}
    assert balances(county_fund) == {"cash": 100_200, "budget": 100_700, "advances": 500, "written_off": 0}


def test_freezing_stops_the_payouts_that_have_not_passed(cast):
    county_fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    proposals = [proposed(cast.guangcheng, filed_by=cast.agent) for _each in range(6)]

    @codes
    def act(proposal):
        if proposal is None:
            with seeing_everything():
                fund.set_frozen(fund=county_fund, is_frozen=True, reason="audit", by=cast.manager, now=NOW)
                return Movement.objects.filter(kind="advance").count()
        return choose(proposal, by=cast.agent).state

    outcomes = at_once(act, [*((proposal,) for proposal in proposals), (None,)])

    paid = answers(outcomes[:-1])["executed"]
    assert answers(outcomes[:-1]) == Counter({"executed": paid, "approved": 6 - paid}) + Counter()
    assert outcomes[-1].value == paid
