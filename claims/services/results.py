"""Telling the consumer what came of the claim: at the counter, or by a message. docs/rules/clocks.md."""

from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.notices.models import Delivery, DeliveryState
from aftersales.notices.posting import OutsideMessage, post_outside
from claims.models import Claim, ClaimClock, Compensation
from claims.models.clocks import ClockOutcome
from claims.models.compensation import AskedHow, PayoutMethod
from claims.rules.clocks import Clock
from claims.services import clocks

EVENT = "claim.result"
CONSUMERS = "claims.consumer"
LOOKED_BACK = timedelta(days=14)


def is_told_at_the_counter(compensation: Compensation, *, now: datetime) -> bool:
    """Whether the consumer stands there when a compensation is carried out, and takes the receipt along.

    So it is with money handed over in cash, and with a choice made in person that is carried out at once.
    """
    at_once = compensation.asked_how == AskedHow.IN_PERSON and compensation.chosen_at == now
    return at_once or compensation.payout_method == PayoutMethod.CASH


def post_result(claim: Claim, *, now: datetime) -> None:
    """Put a message with the result into the outbox, inside the transaction of the resolution.

    Nothing while no gateway for messages is switched on: then a person tells the consumer and records it.
    """
    message = OutsideMessage(
        event=EVENT,
        reach_kind=CONSUMERS,
        reach_id=claim.consumer_id,
        key=_key(claim.pk, claim.round),
        params={"number": claim.number},
        url=reverse("public:track"),
        county_code=claim.county_code,
    )
    post_outside([message], now=now)


def note_delivered(*, by: User, now: datetime) -> int:
    """Stop the clocks of results whose message has reached its gateway; returns how many.

    Wants a scope that reaches everything. May run twice.
    """
    delivered = dict(
        Delivery.objects.filter(
            event=EVENT, state=DeliveryState.DELIVERED, delivered_at__gt=now - LOOKED_BACK
        ).values_list("key", "delivered_at")
    )
    waiting = ClaimClock.objects.filter(
        clock=Clock.RESULT_NOTICE,
        outcome=ClockOutcome.RUNNING,
        claim__in={int(key.split(":")[1]) for key in delivered},
    )
    told = 0
    for clock in waiting.select_related("claim"):
        delivered_at = delivered.get(_key(clock.claim_id, clock.round))
        if delivered_at is not None:
            told += _told(clock.claim, delivered_at, by=by, now=now)
    return told


def _told(claim: Claim, delivered_at: datetime, *, by: User, now: datetime) -> bool:
    with transaction.atomic():
        locked = clocks.lock(claim)
        if not clocks.stop(locked, Clock.RESULT_NOTICE, at=delivered_at):
            return False
        trail.record(
            "claim.result_notice_sent", by=by, obj=locked, after={"at": delivered_at.isoformat()}, at=now
        )
    return True


def _key(claim_id: int, number: int) -> str:
    return f"{EVENT}:{claim_id}:{number}"
