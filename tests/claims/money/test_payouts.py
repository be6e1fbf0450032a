"""What becomes of refunds on their way: arrived, failed, come back, paid again, taken back with all of it."""

from datetime import timedelta

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from claims.models import BankAccount, Movement, Payout, SpendingLimit
from claims.queries import invariants, payout_invariants
from claims.queries import payouts as reading
from claims.services import compensation, fund, payouts, reversals
from tests.claims.money import cases
from tests.claims.money.cases import XIUWEN, choose, fill, proposed, read
from tests.claims.money.payout_cases import (
    CARD,
    OTHER_CARD,
    PASSBOOK,
    fill_box,
    in_box,
    open_box,
    paid,
    record_account,
)
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(db):
    yield
    with seeing_everything():
        assert [*invariants.violations(), *payout_invariants.violations()] == []


def act(call, payout, by, now=LATER, **fields) -> Payout:
    with acting_as(by):
        return call(payout=payout, by=by, now=now, **fields)


def refusal(call, payout, by, **fields) -> str:
    with pytest.raises(Refused) as refused:
        act(call, payout, by, **fields)
    return refused.value.code


def failed(cast, channel="original", reason="other") -> Payout:
    """A payout that did not arrive."""
    return act(payouts.fail, paid(cast, channel=channel), cast.officer, reason=reason)


@pytest.mark.parametrize(
    ("channel", "state"), [("cash", "handed_over"), ("bank", "to_send"), ("original", "to_instruct")]
)
def test_carrying_out_begins_the_first_try(cast, xiuwen_fund, channel, state):
    payout = paid(cast, channel=channel)

    done = read(payout.compensation)
    assert payout.number == f"{done.receipt_number}-1"
    facts = ("attempt", "channel", "state", "amount_fen", "station_id", "county_code", "batch_id")
    assert [getattr(payout, name) for name in facts] == [
        1,
        channel,
        state,
        600,
        cast.guangcheng.pk,
        XIUWEN,
        None,
    ]
    with seeing_everything():
        assert payout.movement == Movement.objects.get(kind="advance")
    assert balances(xiuwen_fund) == {"cash": 99_400, "budget": 100_000, "advances": 600}


def test_a_transfer_without_an_account_waits_for_one(cast, xiuwen_fund):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent)

    waiting = choose(proposal, by=cast.agent, payout_method="bank")

    assert waiting.state == "approved"
    with seeing_everything():
        assert not Payout.objects.exists()
        event = AuditEvent.objects.get(verb="compensation.payout_waits")
        assert event.after == {"because": "account_missing"}
    record_account(proposal.claim.consumer, by=cast.agent)
    with acting_as(cast.agent):
        done = compensation.execute(compensation=waiting, by=cast.agent, now=NOW)
    assert done.state == "executed"
    with seeing_everything():
        assert Payout.objects.get().account == BankAccount.objects.get()


def test_what_failed_is_in_the_fund_again_and_still_owed(cast, xiuwen_fund):
    payout = paid(cast, channel="original")

    gone = act(payouts.fail, payout, cast.officer, reason="order_unknown", note=" No such order ")

    assert (gone.state, gone.reason, gone.note) == ("failed", "order_unknown", "No such order")
    assert balances(xiuwen_fund) == {
        "cash": 100_000,
        "unpaid": 600,
        "budget": 100_000,
        "advances": 600,
    }
    assert read(payout.compensation).state == "executed"
    assert read(payout.claim).status == "resolved"
    with seeing_everything():
        assert list(reading.owed()) == [gone]
        assert SpendingLimit.objects.get(kind="fund_month").spent_fen == 600
        told = Notice.objects.get(event="payout.came_back")
        assert (told.recipient, told.params["amount_fen"], told.params["reason"]) == (
            cast.agent,
            600,
            "order_unknown",
        )


def test_failing_is_booked_once(cast, xiuwen_fund):
    payout = failed(cast)

    assert refusal(payouts.fail, payout, cast.officer, reason="other") == "payout_moved"
    assert refusal(payouts.confirm, payout, cast.officer) == "payout_moved"
    assert balances(xiuwen_fund).get("unpaid", 0) == 600


def test_only_known_reasons(cast, xiuwen_fund):
    payout = paid(cast, channel="original")

    assert refusal(payouts.fail, payout, cast.officer, reason="bad luck") == "reason_unknown"
    assert read(payout).state == "to_instruct"


def test_cash_that_was_handed_over_does_not_fail(cast, xiuwen_fund):
    assert refusal(payouts.fail, paid(cast), cast.officer, reason="other") == "payout_moved"


def test_original_channel_is_ordered_and_confirmed_by_hand(cast, xiuwen_fund):
    payout = paid(cast, channel="original")
    assert refusal(payouts.confirm, payout, cast.officer) == "payout_moved"

    told = act(payouts.instruct, payout, cast.officer, reference=" RF 1 ")
    arrived = act(payouts.confirm, told, cast.officer, reference="OK-77")

    assert (told.state, told.reference, told.instructed_at) == ("instructed", "RF 1", LATER)
    assert (arrived.state, arrived.reference, arrived.settled_by) == ("confirmed", "OK-77", cast.officer)
    assert balances(xiuwen_fund).get("unpaid", 0) == 0


def test_what_arrived_may_come_back_later(cast, xiuwen_fund):
    payout = act(payouts.instruct, paid(cast, channel="original"), cast.officer)
    act(payouts.confirm, payout, cast.officer)

    back = act(payouts.fail, payout, cast.officer, reason="not_collected")

    assert back.state == "returned"
    assert balances(xiuwen_fund).get("unpaid", 0) == 600


def test_paying_again_by_another_way(cast, xiuwen_fund):
    gone = failed(cast)

    again = act(payouts.pay_again, gone, cast.officer, channel="cash")

    assert (again.attempt, again.channel, again.state) == (2, "cash", "handed_over")
    assert again.number == gone.number[:-1] + "2"
    assert balances(xiuwen_fund) == {"cash": 99_400, "budget": 100_000, "advances": 600}
    with seeing_everything():
        assert not reading.owed().exists()
        assert Movement.objects.filter(kind="advance").count() == 1
        assert SpendingLimit.objects.get(kind="fund_month").spent_fen == 600
    assert refusal(payouts.pay_again, gone, cast.officer, channel="cash") == "payout_moved"
    assert refusal(payouts.pay_again, again, cast.officer, channel="cash") == "payout_moved"


def test_paying_again_goes_to_the_corrected_account(cast, xiuwen_fund):
    gone = failed(cast, channel="bank", reason="account_wrong")
    record_account(gone.claim.consumer, by=cast.agent, number=PASSBOOK, now=LATER)

    again = act(payouts.pay_again, gone, cast.officer, channel="bank")

    assert (gone.account.number_masked, again.account.number_masked) == ("****7894", "****0506")
    assert again.state == "to_send"


@pytest.mark.parametrize(
    ("channel", "code"), [("", "channel_unknown"), ("gold", "channel_unknown"), ("bank", "account_missing")]
)
def test_paying_again_is_refused(cast, xiuwen_fund, channel, code):
    gone = failed(cast)

    assert refusal(payouts.pay_again, gone, cast.officer, channel=channel) == code
    assert balances(xiuwen_fund).get("unpaid", 0) == 600


def test_a_frozen_fund_pays_nothing_again(cast, xiuwen_fund):
    gone = failed(cast)
    with seeing_everything():
        fund.set_frozen(fund=xiuwen_fund, is_frozen=True, reason="audit", by=cast.manager, now=NOW)

    assert refusal(payouts.pay_again, gone, cast.officer, channel="cash") == "fund_frozen"
    assert balances(xiuwen_fund).get("unpaid", 0) == 600


def test_nobody_pays_themselves_again(cast, xiuwen_fund):
    gone = failed(cast)
    with seeing_everything():
        consumer = gone.claim.consumer
        consumer.user = cast.officer
        consumer.save()

    assert refusal(payouts.pay_again, gone, cast.officer, channel="cash") == "conflict"


def test_signed_receipt_is_noted_once_and_for_cash_only(cast, xiuwen_fund):
    payout = paid(cast)

    signed = act(payouts.note_signature, payout, cast.agent)

    assert (signed.signed_at, signed.signed_by) == (LATER, cast.agent)
    assert refusal(payouts.note_signature, payout, cast.agent) == "already_signed"
    assert refusal(payouts.note_signature, paid(cast, channel="original"), cast.agent) == "not_cash"


def test_a_payout_of_another_county_does_not_exist(cast, xiuwen_fund):
    assert refusal(payouts.confirm, paid(cast, channel="original"), cast.suining_officer) == "unknown_payout"


def test_taking_a_payout_back_takes_back_every_try(cast, xiuwen_fund):
    """Failed, paid again from the box, taken back: cash and box hold what they held before."""
    box = open_box(cast)
    gone = failed(cast)
    fill_box(cast, box, 5_000)
    again = act(payouts.pay_again, gone, cast.officer, channel="cash")
    assert in_box(box) == 4_400
    before = {"cash": 95_000, "cash_box": 5_000, "budget": 100_000}

    reverse(cast, gone.movement)

    assert balances(xiuwen_fund) == before
    assert [read(each).state for each in (gone, again)] == ["taken_back", "taken_back"]
    assert read(gone.compensation).state == "voided"
    assert refusal(payouts.pay_again, gone, cast.officer, channel="cash") == "taken_back"


def test_taking_back_needs_no_money_that_is_not_there(cast, xiuwen_fund):
    """The fund is empty when a failed payout is taken back: out and in cancel each other."""
    gone = failed(cast)
    open_box(cast, amount_fen=100_000)
    assert balances(xiuwen_fund).get("cash", 0) == 0

    reverse(cast, gone.movement)

    assert balances(xiuwen_fund) == {"cash_box": 100_000, "budget": 100_000}


def test_what_came_back_by_mistake_has_arrived_after_all(cast, xiuwen_fund):
    gone = failed(cast)

    reverse(cast, gone.back)

    assert (read(gone).state, read(gone).back_id) == ("confirmed", None)
    assert balances(xiuwen_fund).get("unpaid", 0) == 0
    once_more = act(payouts.fail, gone, cast.officer, reason="other")
    assert once_more.state == "returned"
    assert balances(xiuwen_fund).get("unpaid", 0) == 600


def test_what_was_paid_again_did_not_arrive_before(cast, xiuwen_fund):
    gone = failed(cast)
    again = act(payouts.pay_again, gone, cast.officer, channel="original")

    for movement, code in ((gone.back, "paid_again_meanwhile"), (again.movement, "other_way")):
        with pytest.raises(Refused) as refused:
            reverse(cast, movement)
        assert refused.value.code == code


def test_an_account_is_sealed_and_shown_by_its_last_digits(cast, xiuwen_fund):
    consumer = proposed(cast.guangcheng, filed_by=cast.agent).claim.consumer

    kept = record_account(consumer, by=cast.agent, number="6222 0212 3456 7894", number_again=CARD)

    assert (kept.number_masked, kept.holder_masked, kept.bank) == ("****7894", "张**", "农村信用社")
    assert CARD not in kept.number_sealed and "张桂英" not in kept.holder_sealed
    with seeing_everything():
        event = AuditEvent.objects.get(verb="bank_account.recorded")
    assert event.after == {"number": "****7894", "consent": "spoken", "replaces": False}
    assert record_account(consumer, by=cast.agent) == kept


def test_a_corrected_account_replaces_the_one_before(cast, xiuwen_fund):
    consumer = proposed(cast.guangcheng, filed_by=cast.agent).claim.consumer
    first = record_account(consumer, by=cast.agent)

    second = record_account(consumer, by=cast.agent, number=OTHER_CARD, now=LATER)

    assert read(first).ended_at == LATER
    assert read(second).ended_at is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"number": "6222021234567895"}, "account_invalid"),
        ({"number": "12"}, "account_invalid"),
        ({"number_again": OTHER_CARD}, "account_differs"),
        ({"bank": " "}, "bank_missing"),
        ({"bank": "行" * 61}, "bank_missing"),
        ({"holder": ""}, "holder_missing"),
        ({"consent_how": ""}, "consent_missing"),
    ],
)
def test_an_account_is_refused(cast, xiuwen_fund, fields, code):
    consumer = proposed(cast.guangcheng, filed_by=cast.agent).claim.consumer

    with pytest.raises(Refused) as refused:
        record_account(consumer, by=cast.agent, **fields)

    assert refused.value.code == code
    with seeing_everything():
        assert not BankAccount.objects.exists()


def reverse(cast, movement):
    with acting_as(cast.manager):
        return reversals.reverse(movement=movement, note="by mistake", by=cast.manager, now=LATER)


def balances(of) -> dict[str, int]:
    """The kinds of accounts that hold something."""
    return {kind: sum_ for kind, sum_ in cases.balances(of).items() if sum_}
