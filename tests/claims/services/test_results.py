from datetime import timedelta

import pytest

from aftersales.accounts.models import system_user
from aftersales.audit.models import AuditEvent
from aftersales.notices import reach
from aftersales.notices.models import Delivery
from aftersales.notices.wording import Wordings
from claims.models import ClaimClock, Compensation
from claims.queries import consumers
from claims.services import casework, compensation, results
from claims.services.sweep import sweep
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_fund, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings):
    """An SMS gateway is switched on; nothing is sent by the tests."""
    settings.NOTICE_CHANNELS = ["sms"]


def open_claim(cast, **fields):
    consumer = make_consumer(cast.guangcheng, phone="17711112222")
    return make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer, with_clocks=True, **fields)


def clock_of(claim):
    with seeing_everything():
        return ClaimClock.objects.get(claim=claim, clock="result_notice")


def resolve(claim, by):
    with acting_as(by):
        return casework.resolve(claim=claim, reason="已向村民说明", by=by, now=NOW)


def test_money_handed_over_at_the_counter_tells_the_result(cast, gateway):
    make_fund("520123000000")
    claim = open_claim(cast)
    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
        chosen = compensation.choose(
            compensation=proposal,
            remedy="refund",
            payout_method="cash",
            asked_how="in_person",
            by=cast.agent,
            now=NOW,
        )
    with acting_as(cast.officer):
        approved = compensation.approve(compensation=chosen, by=cast.officer, now=NOW)
    with acting_as(cast.agent):
        compensation.execute(compensation=approved, by=cast.agent, now=NOW)

    clock = clock_of(claim)
    assert (clock.outcome, clock.stopped_at) == ("met", NOW)
    with seeing_everything():
        # They know the result; what is left to ask is how it was, on their own phone and at once.
        asked = Delivery.objects.get()
        assert (asked.event, asked.url) == ("claim.rate", f"/track/?number={claim.number}")
        assert asked.next_try_at <= NOW + timedelta(minutes=5)


def test_everybody_else_is_asked_for_a_rating_with_the_result(cast, gateway):
    claim = open_claim(cast)
    resolve(claim, cast.agent)

    with seeing_everything():
        asked = Delivery.objects.get()
        assert (asked.event, asked.url) == ("claim.result", f"/track/?number={claim.number}")
        assert asked.next_try_at <= NOW + timedelta(minutes=5)
        words = Wordings([asked.event]).words(asked.event, asked.params, channel="sms", language="en")
    assert "rate it" in words.text


@pytest.mark.parametrize(
    ("asked_how", "payout_method", "chosen", "told"),
    [
        ("in_person", "original", NOW, True),
        ("in_person", "original", NOW - timedelta(hours=3), False),
        ("phone", "bank", NOW, False),
        ("phone", "cash", NOW - timedelta(hours=3), True),
    ],
)
def test_who_stands_at_the_counter(asked_how, payout_method, chosen, told):
    settled = Compensation(asked_how=asked_how, payout_method=payout_method, chosen_at=chosen)

    assert results.is_told_at_the_counter(settled, now=NOW) is told


def test_without_a_gateway_somebody_has_to_tell(cast):
    claim = open_claim(cast)
    resolve(claim, cast.agent)

    assert clock_of(claim).outcome == "running"
    with seeing_everything():
        assert not Delivery.objects.exists()


def test_a_delivered_message_stops_the_clock_once(cast, gateway):
    claim, other = open_claim(cast), open_claim_of_a_neighbour(cast)
    resolve(claim, cast.agent), resolve(other, cast.neighbour)
    later = NOW + timedelta(hours=1)
    with seeing_everything():
        delivery = Delivery.objects.get(reach_id=claim.consumer_id)
        assert (delivery.event, delivery.params) == ("claim.result", {"number": claim.number})
        Delivery.objects.filter(pk=delivery.pk).update(state="delivered", delivered_at=later)

        noted = [
            results.note_delivered(by=system_user(), now=later + timedelta(minutes=minutes))
            for minutes in (5, 10)
        ]

        assert noted == [1, 0]
        assert AuditEvent.objects.filter(verb="claim.result_notice_sent").count() == 1
    assert (clock_of(claim).outcome, clock_of(claim).stopped_at) == ("met", later)
    assert clock_of(other).outcome == "running"


@pytest.mark.parametrize(("hours", "outcome"), [(-1, "met"), (1, "late")])
def test_a_delivery_counts_though_the_clock_has_run_out(cast, gateway, hours, outcome):
    claim = open_claim(cast)
    resolve(claim, cast.agent)
    due_at = clock_of(claim).due_at
    delivered_at = due_at + timedelta(hours=hours)
    with seeing_everything():
        sweep(now=due_at, by=system_user())
        Delivery.objects.update(state="delivered", delivered_at=delivered_at)

        assert results.note_delivered(by=system_user(), now=due_at + timedelta(hours=2)) == 1

    clock = clock_of(claim)
    assert (clock.outcome, clock.stopped_at) == (outcome, delivered_at)


def open_claim_of_a_neighbour(cast):
    return make_claim(cast.liuguang, filed_by=cast.neighbour, with_clocks=True)


def test_the_gateway_learns_the_phone_and_nobody_else_does(cast, gateway):
    claim = open_claim(cast)
    resolve(claim, cast.agent)

    with seeing_everything():
        assert reach.phones(results.CONSUMERS, [claim.consumer_id]) == {claim.consumer_id: "17711112222"}
        row = Delivery.objects.values().get()
        assert "17711112222" not in str(row)
        claim.consumer.erase_personal(now=NOW)
        claim.consumer.save()
        assert consumers.phones([claim.consumer_id]) == {}
