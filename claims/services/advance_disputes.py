"""A liable party contests an advance: one person enters it, another decides. docs/rules/recovery.md, 5."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Advance, AdvanceDispute
from claims.models.recovery import DisputeState, Objection
from claims.services import demands, recovery, write_offs
from claims.services.transactions import money_move
from stations.models import Party

REASON_SIGNS = 4


@money_move
def raise_dispute(
    *, advance: Advance, objection: str, text: str, evidence: str = "", by: User, now: datetime
) -> AdvanceDispute:
    """Enter that the party which owes an advance contests it. It is not reminded of it until it is decided.

    Raises Refused("unknown_choice"), Refused("reason_missing"), Refused("no_party") for nobody named,
    Refused("nothing_open"), Refused("disputed_already").
    """
    text = _reason(text, "text")
    if objection not in Objection.values:
        raise Refused(_("Choose one of the reasons."), code="unknown_choice", field="objection")
    current = Advance.objects.select_related("party").get(pk=advance.pk)
    if current.party is None:
        raise Refused(_("No liable party is named yet; name it first."), code="no_party")
    if not current.open_fen:
        raise Refused(_("Nothing is open on this advance."), code="nothing_open")
    try:
        with transaction.atomic():
            dispute = AdvanceDispute.objects.create(
                advance=current,
                county_code=current.county_code,
                party=current.party,
                objection=objection,
                text=text,
                evidence=evidence.strip(),
                raised_by=by,
                raised_at=now,
            )
    except IntegrityError:
        raise Refused(_("This advance is in dispute already."), code="disputed_already") from None
    trail.record(
        "advance_dispute.raised",
        by=by,
        obj=dispute,
        claim_id=current.claim_id,
        after={"party": current.party_id, "objection": objection, "open_fen": current.open_fen},
        at=now,
    )
    demands.restate([current.pk], by=by, now=now)
    return dispute


@money_move
def decide(
    *,
    dispute: AdvanceDispute,
    outcome: str,
    reason: str,
    new_party: Party | None = None,
    by: User,
    now: datetime,
) -> AdvanceDispute:
    """Decide a dispute: the party owes it, another one does, or it is given up.

    Another party: what is open moves to its account. Given up: the advance is proposed for write-off, which
    a second person confirms.

    Raises Refused("same_person") for who entered it, Refused("dispute_decided"), Refused("reason_missing"),
    Refused("unknown_choice"), Refused("party_missing"), and what `recovery.move` and `write_offs.propose`
    raise.
    """
    reason = _reason(reason, "reason")
    if outcome not in (DisputeState.KEPT, DisputeState.PARTY_CHANGED, DisputeState.GIVEN_UP):
        raise Refused(_("Choose one of the outcomes."), code="unknown_choice", field="outcome")
    current = AdvanceDispute.objects.select_related("advance__fund", "advance__party", "advance__claim").get(
        pk=dispute.pk
    )
    if current.raised_by_id == by.pk:
        raise Refused(_("You entered this dispute; somebody else decides it."), code="same_person")
    is_moved = outcome == DisputeState.PARTY_CHANGED
    if is_moved and new_party is None:
        raise Refused(_("Say which party owes it."), code="party_missing", field="new_party")
    decided = AdvanceDispute._base_manager.filter(pk=current.pk, state=DisputeState.OPEN).update(
        state=outcome,
        new_party=new_party if is_moved else None,
        decided_by=by,
        decided_at=now,
        decision=reason,
    )
    if not decided:
        raise Refused(_("Somebody else has decided this dispute already."), code="dispute_decided")
    trail.record(
        "advance_dispute.decided",
        by=by,
        obj=current,
        claim_id=current.advance.claim_id,
        before={"state": DisputeState.OPEN.value},
        after={"state": str(outcome), "party": new_party.pk if is_moved else current.party_id},
        reason=reason,
        at=now,
    )
    if is_moved:
        recovery.move(current.advance, to=new_party, reason=reason, by=by, now=now)
    if outcome == DisputeState.GIVEN_UP:
        write_offs.propose(
            fund=current.advance.fund, advances=[current.advance], reason=reason, by=by, now=now
        )
    demands.restate([current.advance_id], by=by, now=now)
    return AdvanceDispute.objects.get(pk=current.pk)


def _reason(text: str, field: str) -> str:
    text = text.strip()
    if len(text) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field=field)
    return text
