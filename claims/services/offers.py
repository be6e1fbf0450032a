"""The open offer of a claim ends: the claim found its handler some other way, or needs none any more."""

from datetime import datetime

from aftersales.accounts.models import User
from aftersales.audit import trail
from claims.models import Claim, Offer
from claims.models.dispatch import OfferState


def settle(*, claim: Claim, by: User, now: datetime) -> Offer | None:
    """End the open offer of a claim that `by` has just taken on or brought to an end; None without one.

    Whoever takes on what was offered to them has accepted the offer, for everybody else it is taken back.
    Call it in the transaction of the change, with the claim's row locked. Looks past the scope: an offer
    belongs to its claim.
    """
    offer = Offer._base_manager.filter(claim=claim, state=OfferState.OPEN).first()
    if offer is None:
        return None
    is_taken = claim.is_open and claim.handler_id == offer.person_id == by.pk
    state = OfferState.ACCEPTED if is_taken else OfferState.WITHDRAWN
    return offer if answer(offer, state, claim=claim, by=by, now=now) else None


def answer(
    offer: Offer,
    state: OfferState,
    *,
    claim: Claim,
    by: User,
    now: datetime,
    reason: str = "",
    note: str = "",
) -> bool:
    """Write how an open offer ended, once, with its event; False when it was no longer open."""
    ended = Offer._base_manager.filter(pk=offer.pk, state=OfferState.OPEN).update(
        state=state, answered_at=now, decline_reason=reason, note=note
    )
    if not ended:
        return False
    offer.state, offer.answered_at, offer.decline_reason, offer.note = state, now, reason, note
    trail.record(VERBS[state], by=by, obj=offer, station_id=claim.station_id, after=facts(offer), at=now)
    return True


VERBS = {
    OfferState.OPEN: "offer.made",
    OfferState.ACCEPTED: "offer.accepted",
    OfferState.DECLINED: "offer.declined",
    OfferState.SILENT: "offer.silent",
    OfferState.WITHDRAWN: "offer.withdrawn",
}
"""What history calls the beginning and each end of an offer."""


def facts(offer: Offer) -> dict[str, str | int]:
    """What history keeps of an offer: keys and codes."""
    kept: dict[str, str | int] = {
        "person": offer.person_id,
        "round": offer.round,
        "level": int(offer.level),
        "rank": offer.rank,
        "score": offer.score,
    }
    if offer.decline_reason:
        kept["decline_reason"] = str(offer.decline_reason)
    return kept
