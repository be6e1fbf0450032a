"""Returns and exchanges: money and goods wait for the goods that come back."""

from datetime import timedelta

import pytest

from claims.models import Advance, ClaimClock, CustodyItem, MerchantRefund, Movement, Reship
from claims.queries import invariants
from claims.services import casework, compensation, custody, filing, remedies, reversals, taking_back
from claims.services.reclassifying import reclassify
from tests.claims.money.cases import XIUWEN, balances, fill, read
from tests.claims.money.goods import appliance, approved, bring_back, code_of
from tests.claims.services.test_custody import receive
from tests.factories import NOW, acting_as, make_consumer, make_line, make_policy, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund(cast):
    make_policy(automatic_limit_fen=50_000, officer_limit_fen=100_000, station_day_limit_fen=100_000)
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


def in_order() -> bool:
    with seeing_everything():
        return list(invariants.violations()) == []


def clocks_of(claim) -> dict[str, str]:
    with seeing_everything():
        return {each.clock: each.outcome for each in ClaimClock.objects.filter(claim=claim)}


def returned(cast, **choice):
    proposal = appliance(cast.guangcheng, filed_by=cast.agent)
    return approved(
        proposal, by=cast.agent, remedy="return", officer=cast.officer, payout_method="cash", **choice
    )


def test_return_waits_for_the_goods_and_is_paid_when_they_are_there(cast, fund):
    waiting = returned(cast)
    assert (waiting.state, waiting.granted_fen) == ("approved", 30_000)
    assert code_of(cast.agent, compensation.execute, compensation=waiting) == "goods_not_back"
    assert balances(fund)["cash"] == 100_000
    item = bring_back(waiting.claim, to=cast.agent)

    with acting_as(cast.agent):
        paid = compensation.execute(compensation=waiting, by=cast.agent, now=NOW)

    assert (paid.state, balances(fund)["cash"], read(paid.claim).status) == ("executed", 70_000, "resolved")
    assert read(item).returned_for_id == paid.pk
    assert in_order()


def test_goods_that_are_there_already_pay_at_once_and_start_what_the_law_times(cast, fund):
    proposal = appliance(cast.guangcheng, filed_by=cast.agent)
    bring_back(proposal.claim, to=cast.agent, at=NOW - timedelta(hours=2))

    paid = approved(proposal, by=cast.agent, remedy="return", officer=cast.officer, payout_method="cash")

    assert paid.state == "executed"
    clocks = clocks_of(paid.claim)
    assert (clocks["refund_after_return"], clocks["deliberate_delay"]) == ("met", "met")


@pytest.mark.parametrize("whereabouts", ["collected", "passed_on"])
def test_goods_that_left_again_are_not_back(cast, fund, whereabouts):
    waiting = returned(cast)
    bring_back(waiting.claim, to=cast.agent, whereabouts=whereabouts, left_at=NOW, left_by=cast.agent)

    assert code_of(cast.agent, compensation.execute, compensation=waiting) == "goods_not_back"


def test_goods_that_were_paid_for_are_not_given_back(cast, fund):
    waiting = returned(cast)
    item = bring_back(waiting.claim, to=cast.agent)
    give_back = {"item": item, "reason": "repaired elsewhere", "expected_version": item.version}
    with acting_as(cast.agent):
        compensation.execute(compensation=waiting, by=cast.agent, now=NOW)
    assert code_of(cast.agent, custody.give_back, **give_back) == "stale"

    give_back |= {"item": read(item), "expected_version": read(item).version}

    assert code_of(cast.agent, custody.give_back, **give_back) == "goods_returned"


def test_taking_the_payout_back_lets_the_goods_go(cast, fund):
    waiting = returned(cast)
    item = bring_back(waiting.claim, to=cast.agent)
    with acting_as(cast.agent):
        compensation.execute(compensation=waiting, by=cast.agent, now=NOW)

    with acting_as(cast.manager):
        reversals.reverse(
            movement=Movement.objects.get(kind="advance"), note="wrong claim", by=cast.manager, now=NOW
        )

    assert (read(item).returned_for_id, read(waiting.claim.order_line).granted_fen) == (None, 0)
    assert in_order()


def test_exchange_is_ordered_when_the_goods_are_there(cast):
    waiting = approved(
        appliance(cast.guangcheng, filed_by=cast.agent),
        by=cast.agent,
        remedy="exchange",
        officer=cast.manager,
    )
    assert (waiting.state, waiting.granted_fen) == ("approved", 30_000)
    later = NOW + timedelta(days=3)
    bring_back(waiting.claim, to=cast.agent, at=later)

    with acting_as(cast.agent):
        compensation.execute(compensation=waiting, by=cast.agent, now=later)
        reship = Reship.objects.select_related("compensation__claim").get()
        shipping = ClaimClock.objects.get(clock="exchange_shipped")
        assert (shipping.started_at, shipping.due_at) == (later, later + timedelta(hours=48))
        remedies.mark_shipped(reship=reship, parcel_number="YT1", by=cast.agent, now=later)

    assert (reship.quantity_milli, clocks_of(waiting.claim)["exchange_shipped"]) == (1000, "met")
    assert in_order()


def exchanged(cast):
    waiting = approved(
        appliance(cast.guangcheng, filed_by=cast.agent),
        by=cast.agent,
        remedy="exchange",
        officer=cast.manager,
    )
    item = bring_back(waiting.claim, to=cast.agent)
    with acting_as(cast.agent):
        return compensation.execute(compensation=waiting, by=cast.agent, now=NOW), item


def test_replacement_that_comes_back_makes_room_for_money(cast, fund):
    done, _item = exchanged(cast)
    with acting_as(cast.agent):
        reship = Reship.objects.select_related("compensation__claim").get()
        remedies.mark_shipped(reship=reship, parcel_number="YT1", by=cast.agent, now=NOW)
    because = {"compensation": done, "reason": "broken as well"}
    assert code_of(cast.manager, taking_back.take_back, **because) == "goods_not_back"
    second = bring_back(done.claim, to=cast.agent)

    with acting_as(cast.manager):
        taken = taking_back.take_back(by=cast.manager, now=NOW, **because)

    line = read(done.claim.order_line)
    assert (taken.state, line.granted_fen, line.bad_milli) == ("voided", 0, 0)
    assert read(second).returned_for_id == done.pk
    with acting_as(cast.agent):
        again = casework.reopen(claim=read(done.claim), reason="broken as well", by=cast.agent, now=NOW)
        proposal = compensation.work_out(claim=again, by=cast.agent, now=NOW)
    paid = approved(proposal, by=cast.agent, remedy="refund", officer=cast.officer, payout_method="cash")
    assert (paid.state, paid.amount_fen) == ("executed", 30_000)
    assert in_order()


def test_exchange_that_was_not_sent_lets_the_goods_go(cast):
    done, item = exchanged(cast)

    with acting_as(cast.manager):
        taking_back.take_back(compensation=done, reason="out of stock", by=cast.manager, now=NOW)

    assert read(item).returned_for_id is None
    assert clocks_of(done.claim)["exchange_shipped"] == "void"
    with acting_as(cast.agent):
        reship = Reship.objects.select_related("compensation__claim").get()
    ship = {"reship": reship, "parcel_number": "YT1"}
    assert code_of(cast.agent, remedies.mark_shipped, **ship) == "already_shipped"
    assert in_order()


def test_taking_back_is_for_officers_and_gives_a_reason(cast):
    done, _item = exchanged(cast)

    assert code_of(cast.agent, taking_back.take_back, compensation=done, reason="x") == "reason_missing"
    assert code_of(cast.agent, taking_back.take_back, compensation=done, reason="broken") == "level_too_low"
    with acting_as(cast.officer):
        taking_back.take_back(compensation=done, reason="broken", by=cast.officer, now=NOW)
    assert code_of(cast.officer, taking_back.take_back, compensation=done, reason="broken") == "voided"


# Without a reason


def file_return(cast, *, now=NOW, bad_milli=1000, goods_type="daily_goods", **line):
    consumer = make_consumer(cast.guangcheng)
    line = make_line(
        cast.guangcheng,
        consumer=consumer,
        paid_fen=9_900,
        quantity_milli=2000,
        product="保温杯",
        goods_type=goods_type,
        **line,
    )
    with acting_as(cast.agent):
        return filing.file(
            order_line=line,
            consumer=consumer,
            goods_type=goods_type,
            nature="service",
            severity="minor",
            description="",
            bad_milli=bad_milli,
            channel="station",
            consent_kind="spoken",
            form_token="return-token-0123456789",
            is_without_reason=True,
            by=cast.agent,
            now=now,
        )


def filing_code(cast, **fields) -> str:
    return code_of(
        cast.agent, lambda by, now: file_return(cast, now=now, **fields), now=fields.pop("now", NOW)
    )


def test_return_without_a_reason_is_paid_back_by_the_merchant(cast, fund):
    # A multiplier is a term of damage; what goes back is paid with its price.
    make_policy(multiplier_permille=1500, tolerance_permille=900)
    claim = file_return(cast)
    assert (claim.procedure, claim.liable_party) == ("no_reason_return", claim.order_line.order.merchant)
    with seeing_everything():
        proposal = claim.compensations.get()
    assert proposal.amount_fen == 4_950
    cash = {"compensation": proposal, "remedy": "return", "payout_method": "cash", "asked_how": "in_person"}
    assert code_of(cast.agent, compensation.choose, **cash) == "payout_method_missing"
    waiting = approved(
        proposal, by=cast.agent, remedy="return", officer=cast.officer, payout_method="original"
    )
    bring_back(claim, to=cast.agent, condition="unopened")
    assert code_of(cast.officer, compensation.execute, compensation=waiting) == "merchant_reference_missing"

    with acting_as(cast.officer):
        done = compensation.execute(compensation=waiting, reference="TK-88", by=cast.officer, now=NOW)
        refund = MerchantRefund.objects.get()

    assert (done.state, refund.reference, refund.amount_fen) == ("executed", "TK-88", 4_950)
    with seeing_everything():
        assert (Advance.objects.count(), Movement.objects.filter(kind="advance").count()) == (0, 0)
    assert in_order()


@pytest.mark.parametrize("condition", ["damaged", "incomplete", "spoiled"])
def test_goods_without_a_reason_must_be_intact(cast, condition):
    claim = file_return(cast)
    with seeing_everything():
        proposal = claim.compensations.get()
    waiting = approved(
        proposal, by=cast.agent, remedy="return", officer=cast.officer, payout_method="original"
    )
    item = bring_back(claim, to=cast.agent, condition=condition)

    assert code_of(cast.officer, compensation.execute, compensation=waiting, reference="1") == (
        "goods_not_intact"
    )
    assert read(item).returned_for_id is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"goods_type": "fresh_fruit"}, "no_reason_perishable"),
        ({"return_exception": "custom_made"}, "no_reason_excepted"),
        ({"now": NOW + timedelta(days=7)}, "no_reason_over"),
        ({"bad_milli": None}, "no_quantity"),
        # Signed for on Thursday the 19th: Thursday the 26th is the last day.
        ({"now": NOW + timedelta(days=6)}, ""),
    ],
)
def test_seven_days_are_refused_in_the_words_of_the_law(cast, fields, code):
    assert filing_code(cast, **fields) == code


def test_goods_that_turn_out_to_be_bad_become_a_complaint(cast):
    claim = file_return(cast)

    with acting_as(cast.agent):
        changed = reclassify(
            claim=claim,
            goods_type="daily_goods",
            nature="quality",
            severity="major",
            reason="the lid leaks",
            by=cast.agent,
            now=NOW,
        )

    assert (changed.procedure, changed.is_without_reason) == ("quality_major", False)


def test_goods_of_a_return_start_the_clock_of_the_law_when_they_arrive(cast):
    claim = file_return(cast)

    receive(claim, cast.agent)

    with seeing_everything():
        item = CustodyItem.objects.get()
        clock = ClaimClock.objects.get(clock="refund_after_return")
    assert (clock.started_at, clock.outcome, item.claim) == (NOW, "running", claim)
