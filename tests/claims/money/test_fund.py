"""Deposits by two people, recoveries, counter-entries, freezing, and the figures of a fund."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from aftersales.lib.errors import Refused
from claims.models import Advance, Deposit, Movement, SpendingLimit
from claims.queries import fund as figures
from claims.queries import fund_books
from claims.queries.fund import Month, Owed
from claims.services import compensation, fund, recovery, reversals
from tests.claims.money.cases import SUINING, XIUWEN, balances, choose, claim_with_photo, fill, proposed, read
from tests.factories import NOW, acting_as, make_line, make_party, make_policy, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


def pay(cast, *, amount_fen=600, now=NOW, liable_party=None) -> Advance:
    """A payout by rule over an amount up to fifty yuan, as the advance that came of it."""
    fields = {} if liable_party is None else {"liable_party": liable_party}
    claim = claim_with_photo(
        cast.guangcheng,
        filed_by=cast.agent,
        line=make_line(cast.guangcheng, paid_fen=amount_fen * 4),
        bad_milli=5000,
        **fields,
    )
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=now)
    paid = choose(proposal, by=cast.agent, now=now)
    assert (paid.state, paid.amount_fen) == ("executed", amount_fen)
    with seeing_everything():
        return Advance.objects.select_related("movement", "fund").get(claim=claim)


def refusal(call, **arguments) -> str:
    with seeing_everything(), pytest.raises(Refused) as refused:
        call(now=NOW, **arguments)
    return refused.value.code


def recover(advance, amount_fen, by, reference="R-1"):
    with seeing_everything():
        return recovery.recover(advance=advance, amount_fen=amount_fen, reference=reference, by=by, now=NOW)


def test_a_county_has_one_fund(cast, xiuwen_fund):
    assert refusal(fund.open_fund, county_code=XIUWEN, name="second", by=cast.manager) == "fund_exists"
    assert refusal(fund.open_fund, county_code=SUINING, name=" ", by=cast.manager) == "name_missing"


def test_deposit_counts_once_a_second_person_confirms_it(cast, xiuwen_fund):
    with seeing_everything():
        deposit = fund.propose_deposit(
            fund=xiuwen_fund, amount_fen=50_000, reference=" B-2 ", by=cast.manager, now=NOW
        )
    assert (deposit.state, balances(xiuwen_fund)["cash"]) == ("proposed", 100_000)
    assert refusal(fund.confirm_deposit, deposit=deposit, by=cast.manager) == "same_person"

    with seeing_everything():
        movement = fund.confirm_deposit(deposit=deposit, by=cast.officer, now=NOW)
    assert (movement.business_key, movement.note) == (f"deposit:{deposit.pk}", "B-2")
    assert balances(xiuwen_fund)["cash"] == 150_000
    assert read(deposit).confirmed_by == cast.officer

    assert refusal(fund.confirm_deposit, deposit=deposit, by=cast.second_officer) == "deposit_decided"
    assert refusal(fund.cancel_deposit, deposit=deposit, by=cast.manager) == "deposit_decided"
    assert balances(xiuwen_fund)["cash"] == 150_000


def test_bank_reference_is_entered_once(cast, xiuwen_fund):
    entry = {"fund": xiuwen_fund, "amount_fen": 1, "by": cast.manager}

    assert refusal(fund.propose_deposit, reference="B-1", **entry) == "reference_used"
    assert refusal(fund.propose_deposit, reference="  ", **entry) == "reference_missing"
    assert refusal(fund.propose_deposit, reference="x" * 41, **entry) == "reference_missing"


def test_cancelled_deposit_stays_out(cast, xiuwen_fund):
    with seeing_everything():
        deposit = fund.propose_deposit(
            fund=xiuwen_fund, amount_fen=50_000, reference="B-2", by=cast.manager, now=NOW
        )
        fund.cancel_deposit(deposit=deposit, by=cast.manager, now=NOW)

    assert refusal(fund.confirm_deposit, deposit=deposit, by=cast.officer) == "deposit_decided"
    assert balances(xiuwen_fund)["cash"] == 100_000


def test_advance_is_recovered_in_parts_and_never_beyond(cast, xiuwen_fund):
    advance = pay(cast, amount_fen=600)

    first = recover(advance, 250, cast.officer)
    assert recover(advance, 250, cast.officer) == first
    assert (
        refusal(recovery.recover, advance=advance, amount_fen=351, reference="R-2", by=cast.officer)
        == "over_open"
    )
    assert (
        refusal(recovery.recover, advance=advance, amount_fen=100, reference="R-1", by=cast.officer)
        == "key_used"
    )
    assert (read(advance).open_fen, balances(xiuwen_fund)["cash"]) == (350, 99_650)

    recover(advance, 350, cast.officer, reference="R-2")
    assert (read(advance).open_fen, balances(xiuwen_fund)) == (
        0,
        {"cash": 100_000, "budget": 100_000, "advances": 0, "written_off": 0},
    )


def test_payout_taken_back_leaves_no_trace_but_its_two_rows(cast, xiuwen_fund):
    advance = pay(cast, amount_fen=600)
    with seeing_everything():
        paid = advance.claim.compensations.get()
        back = reversals.reverse(
            movement=advance.movement, note="account was closed", by=cast.manager, now=NOW
        )
        limits = set(SpendingLimit.objects.values_list("kind", "spent_fen"))

    line = read(advance.claim.order_line)
    assert (back.kind, back.reverses, back.amount_fen) == ("reversal", advance.movement, 600)
    assert (back.debit, back.credit) == (advance.movement.credit, advance.movement.debit)
    assert balances(xiuwen_fund)["cash"] == 100_000
    assert (line.granted_fen, line.bad_milli) == (0, 0)
    assert (read(paid).state, read(advance).reversed_at, read(advance).open_fen) == ("voided", NOW, 0)
    assert limits == {("station_day", 0), ("person_day", 0), ("fund_month", 0), ("claim", 0)}

    again = {"movement": advance.movement, "note": "once more", "by": cast.manager}
    assert refusal(reversals.reverse, **again) == "already_booked"
    assert refusal(reversals.reverse, **{**again, "movement": back}) == "is_reversal"
    assert refusal(reversals.reverse, **{**again, "note": " "}) == "reason_missing"
    assert (
        refusal(recovery.recover, advance=advance, amount_fen=1, reference="R-1", by=cast.officer)
        == "over_open"
    )


def test_limits_of_a_day_that_is_over_keep_what_they_counted(cast, xiuwen_fund):
    advance = pay(cast, amount_fen=600)
    with seeing_everything():
        paid = advance.claim.compensations.get()
        reversals.reverse(
            movement=advance.movement, note="next day", by=cast.manager, now=NOW + timedelta(days=1)
        )
        limits = set(SpendingLimit.objects.values_list("kind", "key", "spent_fen"))

    assert limits == {
        ("station_day", f"{cast.guangcheng.pk}:2026-11-20", 600),
        ("person_day", f"{cast.agent.pk}:2026-11-20", 600),
        ("fund_month", "2026-11", 0),
        ("claim", str(paid.claim_id), 0),
    }


def test_recovery_is_taken_back_before_the_payout(cast, xiuwen_fund):
    advance = pay(cast, amount_fen=600)
    came_back = recover(advance, 200, cast.officer)
    assert (
        refusal(reversals.reverse, movement=advance.movement, note="bounced", by=cast.manager)
        == "recovered_meanwhile"
    )
    assert balances(xiuwen_fund)["cash"] == 99_600

    with seeing_everything():
        reversals.reverse(movement=came_back, note="wrong party", by=cast.manager, now=NOW)
    assert (read(advance).open_fen, balances(xiuwen_fund)["cash"]) == (600, 99_400)

    with seeing_everything():
        reversals.reverse(movement=advance.movement, note="bounced", by=cast.manager, now=NOW)
    assert balances(xiuwen_fund)["cash"] == 100_000


def test_deposit_can_only_be_taken_back_while_the_money_is_there(cast, xiuwen_fund):
    with seeing_everything():
        deposit = Movement.objects.get(kind="deposit")
    pay(cast, amount_fen=600)
    assert refusal(reversals.reverse, movement=deposit, note="typed twice", by=cast.manager) == "fund_empty"

    with seeing_everything():
        more = fund.propose_deposit(
            fund=xiuwen_fund, amount_fen=600, reference="B-2", by=cast.manager, now=NOW
        )
        fund.confirm_deposit(deposit=more, by=cast.officer, now=NOW)
        reversals.reverse(movement=deposit, note="typed twice", by=cast.manager, now=NOW)
    assert balances(xiuwen_fund) == {"cash": 0, "budget": 600, "advances": 600, "written_off": 0}


def test_frozen_fund_pays_nothing_until_it_is_released(cast, xiuwen_fund):
    with seeing_everything():
        fund.set_frozen(fund=xiuwen_fund, is_frozen=True, reason="audit", by=cast.manager, now=NOW)
        assert read(xiuwen_fund).is_frozen
    again = {"fund": xiuwen_fund, "is_frozen": True, "by": cast.manager}
    assert refusal(fund.set_frozen, reason="audit", **again) == "already_so"
    assert refusal(fund.set_frozen, reason="", **again) == "reason_missing"

    waiting = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    assert waiting.state == "approved"

    with seeing_everything():
        fund.set_frozen(fund=xiuwen_fund, is_frozen=False, reason="audit over", by=cast.manager, now=NOW)
    with acting_as(cast.agent):
        assert compensation.execute(compensation=waiting, by=cast.agent, now=NOW).state == "executed"


def test_limit_of_a_station_and_day_is_met_to_the_fen_and_renewed_the_next_day(cast, xiuwen_fund):
    make_policy(station_day_limit_fen=1000)
    pay(cast, amount_fen=600)
    waiting = choose(proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=2673), by=cast.agent)
    assert (waiting.amount_fen, waiting.state) == (401, "approved")

    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        compensation.execute(compensation=waiting, by=cast.agent, now=NOW)
    assert (refused.value.code, refused.value.details) == ("daily_limit", {"left_fen": 400})

    pay(cast, amount_fen=400)
    elsewhere = choose(proposed(cast.liuguang, filed_by=cast.neighbour), by=cast.neighbour)
    assert elsewhere.state == "executed"
    with acting_as(cast.agent):
        late = datetime(2026, 11, 20, 15, 59, 59, tzinfo=UTC)
        with pytest.raises(Refused):
            compensation.execute(compensation=waiting, by=cast.agent, now=late)
        midnight = late + timedelta(seconds=1)
        assert compensation.execute(compensation=waiting, by=cast.agent, now=midnight).state == "executed"


def test_limit_of_a_fund_and_month_follows_the_terms_of_the_day(cast, xiuwen_fund):
    make_policy(fund_month_limit_fen=1000)
    pay(cast, amount_fen=900)
    waiting = choose(proposed(cast.liuguang, filed_by=cast.neighbour), by=cast.neighbour)
    assert waiting.state == "approved"

    with acting_as(cast.neighbour), pytest.raises(Refused) as refused:
        compensation.execute(compensation=waiting, by=cast.neighbour, now=NOW)
    assert (refused.value.code, refused.value.details) == ("monthly_limit", {"left_fen": 100})

    make_policy(version=2, valid_from=NOW.date(), fund_month_limit_fen=1500)
    with acting_as(cast.neighbour):
        assert compensation.execute(compensation=waiting, by=cast.neighbour, now=NOW).state == "executed"
    with seeing_everything():
        month = SpendingLimit.objects.get(kind="fund_month")
    assert (month.key, month.spent_fen, month.limit_fen) == ("2026-11", 1500, 1500)


def test_overview_says_what_is_there_what_moved_and_who_owes(cast, xiuwen_fund):
    merchant, carrier = make_party(), make_party("logistics", name="快达物流")
    days_ago = [0, 30, 31, 60, 61, 90, 91]
    for days in days_ago:
        pay(cast, amount_fen=100, now=NOW - timedelta(days=days), liable_party=merchant)
    advance = pay(cast, amount_fen=500, now=NOW - timedelta(days=400), liable_party=carrier)
    recover(advance, 200, cast.officer)
    gone = pay(cast, amount_fen=50, liable_party=carrier)
    with seeing_everything():
        reversals.reverse(movement=gone.movement, note="bounced", by=cast.manager, now=NOW)
        waiting = fund.propose_deposit(
            fund=xiuwen_fund, amount_fen=7, reference="B-9", by=cast.manager, now=NOW
        )

    with acting_as(cast.manager):
        seen = figures.overview(xiuwen_fund, NOW)

    assert (seen.balance_fen, seen.open_fen, seen.budget_fen, seen.is_low) == (99_000, 1000, 100_000, True)
    assert seen.month == Month(date(2026, 11, 1), in_fen=100_250, out_fen=150)
    assert [month.first_day for month in seen.months] == [
        date(2025, 12, 1),
        *(date(2026, number, 1) for number in range(1, 12)),
    ]
    assert {str(month.first_day): month.out_fen for month in seen.months if month.out_fen} == {
        "2026-08-01": 200,
        "2026-09-01": 200,
        "2026-10-01": 200,
        "2026-11-01": 150,
    }
    assert seen.owed == (
        Owed(merchant.pk, merchant.name, 7, 700, (200, 200, 200, 100), 91),
        Owed(carrier.pk, "快达物流", 1, 300, (0, 0, 0, 300), 400),
    )
    assert seen.deposits == (waiting,)


def test_queries_of_the_overview_do_not_grow(cast, xiuwen_fund):
    from django.db import connection

    counts = []
    for number in range(2):
        pay(cast, amount_fen=100 + number, liable_party=make_party(name=f"merchant {number}"))
        with (
            acting_as(cast.manager),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            figures.overview(xiuwen_fund, NOW)
            list(fund_books.movements(xiuwen_fund))
        counts.append(len(queries))

    assert counts == [5, 5]


def test_summary_tells_an_agent_whether_the_fund_can_pay(cast, xiuwen_fund):
    pay(cast, amount_fen=600)

    with acting_as(cast.agent):
        seen = figures.summary_for(XIUWEN, NOW)
        assert figures.summary_for(SUINING, NOW) is None

    assert (seen.balance_fen, seen.open_fen, seen.month.out_fen) == (99_400, 600, 600)


def test_funds_of_other_counties_stay_hidden(cast, xiuwen_fund):
    pay(cast, amount_fen=600)
    with acting_as(cast.suining_manager):
        assert list(figures.open_advances()) == []
        assert list(Deposit.objects.all()) == []
    with acting_as(cast.manager):
        assert figures.open_advances().count() == 1
