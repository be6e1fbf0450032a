"""A provider objects to the fee of one order; somebody else than who offered it answers.

Rule: docs/rules/providers.md, section "Complaints about fees".
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import FeeComplaint, ProviderOrder, ProviderStatement
from claims.rules.provider_orders import ComplaintState, StatementState
from claims.rules.statements import ENDED, OPEN, corrected_fee
from claims.services import ledger, statement_notices
from claims.services.transactions import money_move

TEXT_SIGNS, TEXT_LIMIT = 4, 500


@money_move
def file(
    *, order: ProviderOrder, claimed_fen: int, text: str, by: User | None, now: datetime
) -> FeeComplaint:
    """Write down that the provider asks for another fee; a statement with it waits until it is answered.

    `by` is the account that says so, nobody for the link.

    Raises Refused("reason_missing"), Refused("amount_invalid"), Refused("not_more") unless more than the
    present fee is asked for, Refused("not_ended"), Refused("statement_agreed"), Refused("complaint_open").
    """
    text = text.strip()
    if not TEXT_SIGNS <= len(text) <= TEXT_LIMIT:
        raise Refused(_("Say why the fee is wrong."), code="reason_missing", field="text")
    ledger.check_amount(claimed_fen)
    current = ProviderOrder._base_manager.get(pk=order.pk)
    if current.state not in ENDED:
        raise Refused(_("The fee is known once the visit has ended."), code="not_ended")
    if claimed_fen <= current.fee_fen:
        raise Refused(
            _("Enter the fee that would be right; it is more than the one on the order."),
            code="not_more",
            field="claimed_fen",
        )
    if current.statement_id is not None:
        _hold(current.statement_id)
    # Takes the row, so that the order cannot get onto a statement while the complaint is being written.
    held = ProviderOrder._base_manager.filter(
        pk=current.pk, statement=current.statement_id, fee_fen=current.fee_fen
    ).update(version=F("version") + 1)
    if not held:
        raise _changed()
    try:
        with transaction.atomic():
            complaint = FeeComplaint.objects.create(
                order=current,
                county_code=current.county_code,
                text=text,
                claimed_fen=claimed_fen,
                filed_at=now,
                filed_by=by,
            )
    except IntegrityError:
        raise Refused(
            _("A complaint about this fee waits for its answer already."), code="complaint_open"
        ) from None
    trail.record(
        "fee_complaint.filed",
        by=by,
        obj=complaint,
        after={"order": current.pk, "fee_fen": current.fee_fen, "claimed_fen": claimed_fen},
        at=now,
    )
    statement_notices.complained(complaint, now=now)
    return complaint


@money_move
def answer(*, complaint: FeeComplaint, fee_fen: int, answer: str, by: User, now: datetime) -> FeeComplaint:
    """Answer a complaint with the fee that is right; the order and its statement are corrected with it.

    The fee lies between the present one (the complaint is dismissed) and the one asked for.

    Raises Refused("reason_missing"), Refused("same_person") for who offered the order or filed the complaint,
    Refused("fee_out_of_range"), Refused("already_answered"), Refused("stale").
    """
    answer = answer.strip()
    if not TEXT_SIGNS <= len(answer) <= TEXT_LIMIT:
        raise Refused(_("Give a reason."), code="reason_missing", field="answer")
    current = FeeComplaint.objects.get(pk=complaint.pk)
    order = ProviderOrder._base_manager.get(pk=current.order_id)
    if by.pk in (order.offered_by_id, current.filed_by_id):
        raise Refused(
            _("You offered this order or filed the complaint; somebody else has to answer."),
            code="same_person",
        )
    try:
        fee = corrected_fee(order.fee_fen, current.claimed_fen, fee_fen)
    except Refused as refused:
        raise Refused(
            _("The fee after the answer lies between the present fee and the one asked for."),
            code=refused.code,
            field="fee_fen",
            details=refused.details,
        ) from None
    more = fee - order.fee_fen
    state = ComplaintState.UPHELD if more else ComplaintState.DISMISSED
    if order.statement_id is not None:
        _correct(order.statement_id, more)
    answered = FeeComplaint._base_manager.filter(pk=current.pk, state=ComplaintState.OPEN).update(
        state=state, answer=answer, fee_fen=fee, answered_by=by, answered_at=now
    )
    if not answered:
        raise Refused(_("This complaint is answered already."), code="already_answered")
    corrected = ProviderOrder._base_manager.filter(
        pk=order.pk, fee_fen=order.fee_fen, statement=order.statement_id
    ).update(fee_fen=fee)
    if not corrected:
        raise _changed()
    trail.record(
        f"fee_complaint.{state.value}",
        by=by,
        obj=current,
        before={"fee_fen": order.fee_fen},
        after={"order": order.pk, "fee_fen": fee, "claimed_fen": current.claimed_fen},
        at=now,
    )
    found = FeeComplaint.objects.get(pk=current.pk)
    statement_notices.complaint_answered(found, now=now)
    return found


def _hold(statement_id: int) -> None:
    """Keep a statement from being agreed to while a complaint waits; one that was sent is disputed by it."""
    rows = ProviderStatement._base_manager.filter(pk=statement_id)
    sent = rows.filter(state=StatementState.SENT).update(
        state=StatementState.DISPUTED, version=F("version") + 1
    )
    if not sent and not rows.filter(state__in=OPEN).update(version=F("version") + 1):
        raise Refused(_("Both sides have agreed to this statement already."), code="statement_agreed")


def _correct(statement_id: int, more_fen: int) -> None:
    corrected = ProviderStatement._base_manager.filter(pk=statement_id, state__in=OPEN).update(
        total_fen=F("total_fen") + more_fen, version=F("version") + 1
    )
    if not corrected:
        raise Refused(_("Both sides have agreed to this statement already."), code="statement_agreed")


def _changed() -> Refused:
    return Refused(_("Something has changed meanwhile. Open the page again."), code="stale")
