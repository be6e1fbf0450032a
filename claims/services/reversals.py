"""Taking a movement back by its opposite, once, with all that hung on it. docs/rules/fund.md, section 5."""

from datetime import datetime

from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from claims.models import Advance, Compensation, Movement
from claims.models.compensation import CompensationState
from claims.models.fund import MovementKind
from claims.rules.fund import ONE_WAY, payout_key, reversal_key
from claims.services import (
    demands,
    incentives,
    ledger,
    limits,
    lines,
    payouts,
    recovery,
    returns,
    statements,
    write_offs,
)
from claims.services.compensation_rows import move
from claims.services.transactions import money_move

REASON_SIGNS = 4


@money_move
def reverse(*, movement: Movement, note: str, by: User, now: datetime) -> Movement:
    """Book the opposite of a movement and undo what it did.

    A payout: its compensation is voided, the order line gets its room back, the advance is closed, and the
    limits of the day and month it fell in get it back while they run. A recovery: the advance is open again
    by that much. A move to another party: the first one owes it again. A deposit: the granted budget shrinks.
    An incentive: it stays struck. A statement of a provider: it is unpaid again.
    A payout that came back: it has arrived after all. Taking a payout back also takes back that it failed
    and was paid again.

    Raises Refused("already_booked") the second time, Refused("is_reversal") for a counter-entry,
    Refused("other_way") for what is answered by a step of its own, Refused("paid_again_meanwhile"),
    Refused("recovered_meanwhile") for a payout of which something has come back or was written off (that is
    taken back first), Refused("reason_missing"), Refused("fund_empty"), Refused("busy").
    """
    note = note.strip()
    if len(note) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field="note")
    if movement.kind in ONE_WAY:
        raise Refused(
            _("This is put right where it was entered: at the payout or at the cash box."), code="other_way"
        )
    if movement.kind == MovementKind.REVERSAL:
        raise Refused(_("A counter-entry cannot be taken back; book it anew."), code="is_reversal")
    with system_scope("take a movement of the fund back", quiet=True):
        if Movement.objects.filter(reverses=movement).exists():
            raise _taken_back()
        voided = None
        if movement.kind == MovementKind.ADVANCE:
            voided = _undo_payout(movement, by=by, now=now)
        elif movement.kind == MovementKind.RETURNED:
            payouts.arrived_after_all(movement)
        elif movement.kind == MovementKind.RECOVERY:
            recovery.undo_recovery(movement, by=by, now=now)
        elif movement.kind == MovementKind.WRITE_OFF:
            recovery.check_same_party(movement.settles, movement.credit)
            write_offs.undo(movement)
            demands.restate([movement.settles_id], by=by, now=now)
        elif movement.kind == MovementKind.MOVED:
            recovery.undo_move(movement, reason=note, by=by, now=now)
        elif movement.kind == MovementKind.INCENTIVE:
            incentives.taken_back(movement_id=movement.pk, reason=note, by=by, now=now)
        elif movement.kind == MovementKind.PROVIDER_FEE:
            statements.taken_back(movement, reason=note, by=by, now=now)
        entry = ledger.post(
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
        if voided is not None:
            payouts.take_back(voided, note=note, by=by, now=now)
    return entry


def _undo_payout(movement: Movement, *, by: User, now: datetime) -> Compensation:
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
    returns.let_go(compensation)
    advance = Advance._base_manager.get(movement=movement)
    recovery.check_same_party(advance, movement.debit)
    closed = Advance._base_manager.filter(
        movement=movement,
        party=advance.party_id,
        recovered_fen=0,
        written_off_fen=0,
        reversed_at__isnull=True,
    ).update(reversed_at=now)
    if not closed:
        raise Refused(
            _("Part of this payout has been recovered or written off. Take that back first."),
            code="recovered_meanwhile",
        )
    demands.restate([advance.pk], by=by, now=now)
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
    return compensation


def _taken_back() -> Refused:
    return Refused(_("This movement has been taken back already."), code="already_booked")
