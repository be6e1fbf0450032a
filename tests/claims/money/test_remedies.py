"""Refunds, coupons and goods sent again: what carrying them out does, and what it waits for."""

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Coupon, Movement, Reship
from claims.services import compensation, fund
from claims.services.remedies import mark_shipped
from tests.claims.money.cases import (
    XIUWEN,
    balances,
    choose,
    fill,
    proposed,
    read,
)
from tests.factories import NOW, acting_as, make_policy, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def xiuwen_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


def test_coupon_is_worth_more_and_counts_with_its_bonus(cast):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=4000, bad_milli=3000)

    done = choose(proposal, by=cast.agent, remedy="coupon")

    with seeing_everything():
        coupon = Coupon.objects.get()
    assert (coupon.compensation, coupon.value_fen, coupon.bonus_fen) == (done, 660, 60)
    assert str(coupon.expires_on) == "2027-05-19"
    assert read(proposal.claim.order_line).granted_fen == 660


def test_coupon_never_counts_more_than_what_is_left_of_the_line(cast):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=4000, bad_milli=20_000)

    choose(proposal, by=cast.agent, remedy="coupon")

    with seeing_everything():
        coupon = Coupon.objects.get()
    assert (coupon.value_fen, coupon.bonus_fen) == (4000, 0)


def test_whole_pieces_are_sent_again_and_count_with_their_share(cast):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent, paid_fen=4000, bad_milli=1500)

    done = choose(proposal, by=cast.agent, remedy="reship")

    with seeing_everything():
        reship = Reship.objects.get()
    assert (done.amount_fen, done.granted_fen, reship.quantity_milli) == (300, 400, 2000)
    assert read(proposal.claim).status == "resolved"


def test_goods_are_shipped_once_with_a_parcel_number(cast):
    choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent, remedy="reship")
    with seeing_everything():
        reship = Reship.objects.select_related("compensation").get()

        with pytest.raises(Refused) as without_number:
            mark_shipped(reship=reship, parcel_number=" ", by=cast.agent, now=NOW)
        shipped = mark_shipped(reship=reship, parcel_number="YT 8800 1234", by=cast.agent, now=NOW)
        with pytest.raises(Refused) as second:
            mark_shipped(reship=reship, parcel_number="YT99", by=cast.agent, now=NOW)

    assert (shipped.parcel_number, shipped.shipped_at) == ("YT88001234", NOW)
    assert (without_number.value.code, second.value.code) == ("parcel_number_missing", "already_shipped")


def test_payout_waits_for_money_and_is_made_later(cast):
    county_fund = fill(XIUWEN, cash_fen=599, entered_by=cast.manager, confirmed_by=cast.officer)

    waiting = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    assert (waiting.state, waiting.level) == ("approved", "rule")
    assert read(waiting.claim).status == "accepted"
    assert balances(county_fund)["cash"] == 599

    with acting_as(cast.officer), pytest.raises(Refused) as refused:
        compensation.execute(compensation=waiting, by=cast.officer, now=NOW)
    assert refused.value.code == "fund_empty"

    with seeing_everything():
        deposit = fund.propose_deposit(
            fund=county_fund, amount_fen=1, reference="B-2", by=cast.manager, now=NOW
        )
        fund.confirm_deposit(deposit=deposit, by=cast.officer, now=NOW)
    with acting_as(cast.officer):
        paid = compensation.execute(compensation=waiting, by=cast.officer, now=NOW)
    assert (paid.state, balances(county_fund)["cash"]) == ("executed", 0)


@pytest.mark.parametrize(
    "because",
    ["fund_missing", "fund_frozen", "daily_limit", "person_limit", "monthly_limit", "claim_limit"],
)
def test_approval_by_rule_stands_while_the_payout_waits(cast, because):
    if because != "fund_missing":
        county_fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    if because == "fund_frozen":
        with seeing_everything():
            fund.set_frozen(fund=county_fund, is_frozen=True, reason="audit", by=cast.manager, now=NOW)
    make_policy(
        station_day_limit_fen=599 if because == "daily_limit" else 50_000,
        person_day_limit_fen=599 if because == "person_limit" else 50_000,
        fund_month_limit_fen=599 if because == "monthly_limit" else 50_000,
        claim_limit_fen=599 if because == "claim_limit" else 50_000,
    )

    waiting = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)

    assert waiting.state == "approved"
    with seeing_everything():
        event = AuditEvent.objects.get(verb="compensation.payout_waits")
        assert (event.after, Movement.objects.filter(kind="advance").count()) == ({"because": because}, 0)


@pytest.mark.parametrize("state", ["executed", "refused", "voided"])
def test_what_has_ended_cannot_be_carried_out(cast, xiuwen_fund, state):
    proposal = proposed(cast.guangcheng, filed_by=cast.agent)
    if state == "executed":
        choose(proposal, by=cast.agent)
    with seeing_everything():
        if state == "refused":
            compensation.refuse(
                compensation=proposal, code="other", text="no goods", by=cast.officer, now=NOW
            )
        if state == "voided":
            compensation.work_out(claim=proposal.claim, by=cast.agent, now=NOW)

        with pytest.raises(Refused) as refused:
            compensation.execute(compensation=proposal, by=cast.officer, now=NOW)

    codes = {"executed": "already_executed", "refused": "already_decided", "voided": "voided"}
    assert refused.value.code == codes[state]
    assert balances(xiuwen_fund)["cash"] == (99_400 if state == "executed" else 100_000)
