"""Who handles a claim: taking on what was offered, declining it, giving a claim back, giving it to somebody.

Rule: docs/rules/dispatch.md. Every function locks the claim's row first, then its offer.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices import posting
from claims.models import Claim, Offer
from claims.models.dispatch import DeclineReason, OfferState
from claims.rules.dispatch import Excluded, Ranked
from claims.rules.status import Status
from claims.services import dispatch_notices, holdings, moves, offers, reach, reasons
from claims.services.dispatch import Dispatched, kept, offer_all, ranking_of
from stations.access.scope import authority_of

NOTE_SIGNS = 200


def accept(*, offer: Offer, by: User, now: datetime) -> Claim:
    """Take on a claim that was offered to oneself, and become its handler.

    Where the claim has climbed or was sent back, this takes it over, unless the consumer has had no first
    reply yet: that comes with the next page. Raises Refused: "not_your_offer", "offer_over" (silence, taken
    back, answered: each in its sentence) and "stale".
    """
    own, claim = _own_open(offer, by=by, now=now)
    with transaction.atomic():
        moved = moves.change(claim=claim, changes={"handler": by})
        if not offers.answer(own, OfferState.ACCEPTED, claim=moved, by=by, now=now):
            raise _over(own)
        if moved.status != Status.SUBMITTED and holdings.taken(moved, now=now):
            trail.record(
                "claim.taken_over",
                by=by,
                obj=moved,
                after=moves.recorded(moved, ["level", "handler"]),
                at=now,
            )
    return moved


def decline(*, offer: Offer, reason: str, note: str = "", by: User, now: datetime) -> Dispatched:
    """Say that one does not take a claim on; it is offered to the next at once.

    Raises Refused: "not_your_offer", "offer_over", "unknown_reason", "note_missing" for another reason that
    is not explained.
    """
    note = _declined_because(reason, note)
    own, claim = _own_open(offer, by=by, now=now)
    with transaction.atomic():
        _lock(claim)
        if not offers.answer(own, OfferState.DECLINED, claim=claim, by=by, now=now, reason=reason, note=note):
            raise _over(own)
        return offer_all([claim.pk], by=by, now=now)


def give_back(
    *,
    claim: Claim,
    reason: str,
    note: str = "",
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Dispatched:
    """Take an open claim from its handler, who cannot go on, and offer it to the next.

    By the handler, or by somebody who may give claims to people. The handler is not asked again in this
    round. Raises Refused: "claim_ended", "nobodys" without a handler, "unknown_reason", "note_missing",
    "stale".
    """
    note = _declined_because(reason, note)
    if not claim.is_open:
        raise Refused(_("This claim has ended; nobody has to handle it any more."), code="claim_ended")
    if claim.handler_id is None:
        raise Refused(_("Nobody handles this claim."), code="nobodys")
    if expected_version is not None and expected_version != claim.version:
        raise moves.stale()
    with transaction.atomic():
        moved = moves.change(claim=claim, changes={"handler": None})
        offers.settle(claim=moved, by=by, now=now)
        given_up = Offer(
            claim=moved,
            county_code=moved.county_code,
            round=moved.round,
            level=moved.level,
            person_id=claim.handler_id,
            rank=0,
            score=0,
            state=OfferState.DECLINED,
            offered_at=now,
            answer_by=now,
            answered_at=now,
            decline_reason=reason,
            note=note,
            by=by,
        )
        given_up.save(force_insert=True)
        trail.record(
            "claim.given_back",
            by=by,
            obj=moved,
            before={"handler": claim.handler_id},
            after={"handler": None, "decline_reason": reason},
            at=now,
        )
        return offer_all([moved.pk], by=by, now=now)


def assign(
    *,
    claim: Claim,
    to: User,
    reason: str,
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Claim:
    """Give an open claim to somebody against or without the order, with a reason; beats an open offer.

    Kept as an offer that was accepted at once, with the place the person had in the order (0: none) and
    what speaks for or against them. Raises Refused("handler_unfit") for whom nobody may put aside the
    rule, and what `reassign` refuses.
    """
    ranking = ranking_of(claim, now=now)
    found = ranking.of(to.pk)
    if isinstance(found, Excluded) and found.is_final:
        raise Refused(
            _("This person is never given a claim like this: look at the reasons beside the name."),
            code="handler_unfit",
            field="to",
        )
    with transaction.atomic():
        given = reassign(claim=claim, to=to, by=by, now=now, reason=reason, expected_version=expected_version)
        row = Offer(
            claim=given,
            county_code=given.county_code,
            round=given.round,
            level=given.level,
            person=to,
            rank=found.rank if isinstance(found, Ranked) else 0,
            score=found.score if isinstance(found, Ranked) else 0,
            reasons=kept(found),
            state=OfferState.ACCEPTED,
            offered_at=now,
            answer_by=now,
            answered_at=now,
            note=reason.strip()[:NOTE_SIGNS],
            by=by,
        )
        row.save(force_insert=True)
        if to.pk != by.pk:
            posting.post([dispatch_notices.assigned(given, row)], now=now)
    return given


def reassign(
    *,
    claim: Claim,
    to: User,
    by: User,
    now: datetime,
    reason: str,
    expected_version: int | None = None,
) -> Claim:
    """Give an open claim to another handler, whose grants must let them see it and work on it.

    An open offer is taken back.

    Raises Refused("claim_ended") for a claim that is no longer open, Refused("handler_unfit") for somebody
    without the right there, Refused("same_handler"), Refused("reason_missing") and Refused("stale").
    """
    reason = reasons.given(reason)
    if not claim.is_open:
        raise Refused(_("This claim has ended; nobody has to handle it any more."), code="claim_ended")
    if claim.handler_id == to.pk:
        raise Refused(_("This person handles the claim already."), code="same_handler", field="to")
    if not may_handle(to, claim, now=now):
        raise Refused(
            _("This person may not work on claims at this station."), code="handler_unfit", field="to"
        )
    if expected_version is not None and expected_version != claim.version:
        raise moves.stale()
    with transaction.atomic():
        moved = moves.change(claim=claim, changes={"handler": to})
        offers.settle(claim=moved, by=by, now=now)
        trail.record(
            "claim.reassigned",
            by=by,
            obj=moved,
            before=moves.recorded(claim, ["handler"]),
            after=moves.recorded(moved, ["handler"]),
            reason=reason,
            at=now,
        )
    return moved


def may_handle(person: User, claim: Claim, *, now: datetime) -> bool:
    """Whether somebody's grants let them see this claim and work on it."""
    authority = authority_of(person, now=now)
    with acting_in(authority.reach("claims.work_on_claim")):
        return Claim.objects.filter(pk=claim.pk).exists()


def _own_open(offer: Offer, *, by: User, now: datetime) -> tuple[Offer, Claim]:
    """The offer and its claim as they stand, if it is this person's to answer."""
    own = Offer.objects.filter(pk=offer.pk, person=by).first()
    if own is None:
        raise Refused(_("This claim was not offered to you."), code="not_your_offer")
    if own.state != OfferState.OPEN:
        raise _over(own)
    if own.answer_by < now:
        raise _silent()
    claim = reach.claim(own.claim)
    if (own.level, own.round) != (claim.level, claim.round):
        raise _taken_back()
    return own, claim


def _lock(claim: Claim) -> None:
    list(Claim._base_manager.select_for_update(no_key=True).filter(pk=claim.pk).values_list("pk"))


def _over(offer: Offer) -> Refused:
    """Why an offer can no longer be answered, in a sentence."""
    state = Offer._base_manager.values_list("state", flat=True).get(pk=offer.pk)
    if state == OfferState.SILENT:
        return _silent()
    if state == OfferState.WITHDRAWN:
        return _taken_back()
    sentences = {
        OfferState.ACCEPTED: _("You have accepted this claim already."),
        OfferState.DECLINED: _("You have declined this claim already."),
    }
    sentence = sentences.get(
        state, _("Somebody else has just changed this claim. Reload to see what happened.")
    )
    return Refused(sentence, code="offer_over")


def _silent() -> Refused:
    return Refused(
        _("The time to answer is over; the claim is being offered to somebody else."), code="offer_over"
    )


def _taken_back() -> Refused:
    return Refused(
        _("The offer was taken back: somebody else has the claim, or it has ended or gone up."),
        code="offer_over",
    )


def _declined_because(reason: str, note: str) -> str:
    note = " ".join(note.split())
    if reason not in DeclineReason.values:
        raise Refused(_("Choose one of the reasons."), code="unknown_reason", field="reason")
    if reason == DeclineReason.OTHER and len(note) < reasons.REASON_SIGNS:
        raise Refused(_("Say in a few words why."), code="note_missing", field="note")
    if len(note) > NOTE_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NOTE_SIGNS}, code="too_long", field="note"
        )
    return note
