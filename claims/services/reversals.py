"""Taking a movement back by its opposite, once, with all that hung on it. docs/rules/fund.md, section 5."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from claims.models import Advance, Compensation, Movement
from claims.models.compensation import CompensationState
from claims.models.fund import MovementKind
from claims.rules.fund import payout_key, reversal_key
from claims.services import ledger, limits, lines
from claims.services.compensation_rows import move
from claims.services.transactions import money_move

REASON_SIGNS = 4


@money_move
def reverse(*, movement: Movement, note: str, by: User, now: datetime) -> Movement:
    """Book the opposite of a movement and undo what it did.

    A payout: its compensation is voided, the order line gets its room back, the advance is closed, and the
    limits of the day and month it fell in get it back while they run. A recovery: the advance is open again
    by that much. A deposit: the granted budget shrinks.

    Raises Refused("already_booked") the second time, Refused("is_reversal") for a counter-entry,
    Refused("recovered_meanwhile") for a payout of which something has come back (that recovery is taken
    back first), Refused("reason_missing"), Refused("fund_empty"), Refused("busy").
    """
    note = note.strip()
    if len(note) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field="note")
    if movement.kind == MovementKind.REVERSAL:
        raise Refused(_("A counter-entry cannot be taken back; book it anew."), code="is_reversal")
    with system_scope("take a movement of the fund back", quiet=True):
        if Movement.objects.filter(reverses=movement).exists():
            raise _taken_back()
        if movement.kind == MovementKind.ADVANCE:
            _undo_payout(movement, by=by, now=now)
        elif movement.kind == MovementKind.RECOVERY:
            _undo_recovery(movement)
        return ledger.post(
            fund=movement.fund,
            kind=MovementKind.REVERSAL,
            debit=movement.credit,
            credit=movement.debit,
            amount_fen=movement.amount_fen,
            business_key=reversal_key(movement.pk),
            reverses=movement,
            claim=movement.claim,
            note=note,
            by=by,
            now=now,
            must_be_new=True,
        )


def _undo_payout(movement: Movement, *, by: User, now: datetime) -> None:
    carried_out = Compensation.objects.filter(
        claim_id=movement.claim_id, state=CompensationState.EXECUTED
    ).select_related("claim__station")
    keys = {payout_key(each.claim_id, each.round): each for each in carried_out}
    if movement.business_key not in keys:
        raise _taken_back()
    compensation = keys[movement.business_key]
    try:
        move(compensation, (CompensationState.EXECUTED,), state=CompensationState.VOIDED)
    except Refused:
        raise _taken_back() from None
    lines.release(compensation)
    closed = Advance._base_manager.filter(
        movement=movement, recovered_fen=0, reversed_at__isnull=True
    ).update(reversed_at=now)
    if not closed:
        raise Refused(
            _("Part of this payout has been recovered. Take that recovery back first."),
            code="recovered_meanwhile",
        )
    limits.give_back(
        fund=movement.fund,
        claim=compensation.claim,
        person_id=movement.by_id,
        amount_fen=movement.amount_fen,
        paid_at=movement.at,
        now=now,
    )
    trail.record(
        "compensation.taken_back",
        by=by,
        obj=compensation,
        before={"state": compensation.state},
        after={"state": CompensationState.VOIDED.value, "movement": movement.pk},
        at=now,
    )


def _undo_recovery(movement: Movement) -> None:
    reopened = Advance._base_manager.filter(
        pk=movement.settles_id, recovered_fen__gte=movement.amount_fen
    ).update(recovered_fen=F("recovered_fen") - movement.amount_fen)
    if not reopened:
        raise RuntimeError(f"Advance of movement {movement.pk} holds less than was recovered on it.")


def _taken_back() -> Refused:
    return Refused(_("This movement has been taken back already."), code="already_booked")
