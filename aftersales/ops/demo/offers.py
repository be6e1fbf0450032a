"""Claims on offer in the demonstration: waiting for an answer, declined, unanswered, given by the manager."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from aftersales.accounts.scoping import acting_in
from aftersales.ops.demo.people import Staff
from claims.models import Claim, Offer
from claims.models.dispatch import OfferState
from claims.services import dispatch, handlers
from stations.access.scope import authority_of

ANSWERED_AFTER = timedelta(minutes=9)


def answer_some(staff: Staff, *, now: datetime) -> Iterator[str]:
    """Let people answer what was offered to them in the last days; yields what was done, for progress.

    The oldest offer is never answered and has gone on to the next person; the next ones are accepted,
    declined, and given to an officer by the manager. What the agent of the demonstration is asked waits.
    """
    answers = (_accept, _decline, _override)
    waiting = Offer.objects.filter(state=OfferState.OPEN, claim__county_code=staff.county_code)
    offers = list(
        waiting.exclude(person__username="agent")
        .select_related("claim", "person")
        .order_by("offered_at", "id")
    )
    for offer, answer in zip(offers[1:], answers, strict=False):
        answer(staff, offer, offer.offered_at + ANSWERED_AFTER)
        yield f"offer {answer.__name__.strip('_')}"
    if dispatch.lapse(now=now):
        yield "offer unanswered"


def _accept(staff: Staff, offer: Offer, at: datetime) -> None:
    with _as(offer.person, at):
        handlers.accept(offer=offer, by=offer.person, now=at)


def _decline(staff: Staff, offer: Offer, at: datetime) -> None:
    with _as(offer.person, at):
        handlers.decline(offer=offer, reason="too_busy", note="今天在镇上开会", by=offer.person, now=at)


def _override(staff: Staff, offer: Offer, at: datetime) -> None:
    with _as(staff.manager, at):
        handlers.assign(
            claim=Claim.objects.get(pk=offer.claim_id),
            to=staff.officer,
            reason="消费者要求由县中心直接处理",
            by=staff.manager,
            now=at,
        )


def _as(user, at: datetime):
    user.__dict__.pop("_authority", None)
    return acting_in(authority_of(user, now=at).scope)
