"""Telling the consumer what came of the claim, at the counter or by a message, and asking for a rating.

Rule: docs/rules/clocks.md, docs/rules/follow-ups.md.
"""

from datetime import datetime

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

EVENT, RATING = "claim.result", "claim.rate"
CONSUMERS = "claims.consumer"
CHANNEL = "sms"
BATCH = 500


def is_told_at_the_counter(compensation: Compensation, *, now: datetime) -> bool:
    """Whether the consumer stands there when a compensation is carried out, and takes the receipt along.

    So it is with money handed over in cash, and with a choice made in person that is carried out at once.
    """
    at_once = compensation.asked_how == AskedHow.IN_PERSON and compensation.chosen_at == now
    return at_once or compensation.payout_method == PayoutMethod.CASH


def post_result(claim: Claim, *, now: datetime) -> None:
    """Put a message with the result into the outbox, inside the transaction of the resolution.

    It asks for a rating too. Nothing while no gateway for messages is switched on: then a person tells the
    consumer and records it.
    """
    post_outside([_message(EVENT, claim)], now=now)


def ask_for_rating(claim: Claim, *, now: datetime) -> None:
    """Ask a consumer who was told the result at the counter how it was, inside the same transaction.

    The outbox sends it within minutes (docs/notices.md), at night in the morning; nothing where no phone is
    known or no gateway is switched on.
    """
    if claim.consumer.phone_index:
        post_outside([_message(RATING, claim)], now=now)


def _message(event: str, claim: Claim) -> OutsideMessage:
    return OutsideMessage(
        event=event,
        channel=CHANNEL,
        reach_kind=CONSUMERS,
        reach_id=claim.consumer_id,
        key=_key(claim.pk, claim.round, event),
        params={"number": claim.number},
        url=f"{reverse('public:track')}?number={claim.number}",
        county_code=claim.county_code,
    )


def note_delivered(*, by: User, now: datetime) -> int:
    """Stop the clocks of results whose message has reached its gateway; returns how many.

    In time or too late by the moment of delivery, however late that is noted. Wants a scope that reaches
    everything. May run twice.
    """
    waiting = ClaimClock.objects.filter(clock=Clock.RESULT_NOTICE, outcome=ClockOutcome.RUNNING)
    rows = list(waiting.select_related("claim").order_by("id"))
    told = 0
    for start in range(0, len(rows), BATCH):
        by_key = {_key(clock.claim_id, clock.round): clock for clock in rows[start : start + BATCH]}
        delivered = Delivery.objects.filter(channel=CHANNEL, key__in=by_key, state=DeliveryState.DELIVERED)
        for key, delivered_at in delivered.values_list("key", "delivered_at"):
            told += _told(by_key[key].claim, delivered_at, by=by, now=now)
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


def _key(claim_id: int, number: int, event: str = EVENT) -> str:
    return f"{event}:{claim_id}:{number}"
