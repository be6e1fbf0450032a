"""Repairs of goods: handed in, handed back, counted over all claims on the line. docs/rules/repairs.md."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.money import MAX_FEN
from claims.models import Claim, Compensation, OrderLine, Repair
from claims.models.compensation import CompensationState, Remedy
from claims.models.repairs import RepairOutcomeChoices
from claims.queries.repairs import attempts_of, may_replace
from claims.rules.repairs import RepairOutcome
from claims.services import compensation, lines, undecided
from claims.services.compensation_rows import move, read
from claims.services.transactions import money_move
from stations.models import Party
from stations.rules.parties import PartyKind

FAULT_SIGNS = 200
PARTS_SIGNS = 200


def begin(
    *,
    claim: Claim,
    fault: str,
    began_on: date,
    provider: Party | None = None,
    by: User,
    now: datetime,
) -> Repair:
    """Note that the goods were handed in for a repair; the attempts of a line are numbered.

    Raises Refused with claim_ended, text_missing, day_invalid, provider_unfit, repair_running.
    """
    if not claim.is_open:
        raise Refused(_("This claim has ended."), code="claim_ended")
    fault = " ".join(fault.split())
    if not fault or len(fault) > FAULT_SIGNS:
        raise Refused(
            _("Enter from 1 to %(limit)s characters.") % {"limit": FAULT_SIGNS},
            code="text_missing",
            field="fault",
        )
    if provider is not None and provider.kind not in (PartyKind.PROVIDER, PartyKind.MERCHANT):
        raise Refused(_("Choose one of the values on offer."), code="provider_unfit", field="provider")
    earlier = attempts_of(claim.order_line)
    first = max((each.ended_on for each in earlier if each.ended_on), default=_bought_on(claim.order_line))
    if not first <= began_on <= timezone.localdate(now):
        raise Refused(
            _("Enter a day from %(first)s until today.") % {"first": first.isoformat()},
            code="day_invalid",
            field="began_on",
        )
    with transaction.atomic():
        last = Repair._base_manager.filter(order_line=claim.order_line).aggregate(last=Max("attempt"))["last"]
        try:
            with transaction.atomic():
                repair = Repair.objects.create(
                    claim=claim,
                    order_line=claim.order_line,
                    round=claim.round,
                    station_id=claim.station_id,
                    county_code=claim.county_code,
                    attempt=(last or 0) + 1,
                    provider=provider,
                    fault=fault,
                    began_on=began_on,
                    begun_by=by,
                )
        except IntegrityError:
            raise Refused(
                _("These goods are being repaired at this moment. Note the outcome first."),
                code="repair_running",
            ) from None
        trail.record(
            "repair.begun",
            by=by,
            obj=repair,
            after={"attempt": repair.attempt, "began_on": began_on.isoformat()},
            at=now,
        )
    return repair


@money_move
def finish(**arguments: Any) -> Repair:
    """`note_outcome` in a transaction of its own."""
    return note_outcome(**arguments)


def note_outcome(
    *,
    repair: Repair,
    outcome: str,
    ended_on: date,
    parts: str = "",
    cost_fen: int = 0,
    by: User,
    now: datetime,
) -> Repair:
    """Note what became of a repair, once; inside the caller's transaction.

    Where repairing is no longer enough (claims.rules.repairs), a repair that was chosen is dropped and the
    amount worked out anew, so that the consumer can choose a replacement or a return.

    Raises Refused with unknown_choice, day_invalid, too_long, amount_invalid, repair_ended.
    """
    if outcome not in RepairOutcomeChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="outcome")
    if not repair.began_on <= ended_on <= timezone.localdate(now):
        raise Refused(
            _("Enter a day from %(first)s until today.") % {"first": repair.began_on.isoformat()},
            code="day_invalid",
            field="ended_on",
        )
    parts = " ".join(parts.split())
    if len(parts) > PARTS_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": PARTS_SIGNS}, code="too_long", field="parts"
        )
    if not 0 <= cost_fen <= MAX_FEN:
        raise Refused(_("The number is too large."), code="amount_invalid", field="cost_fen")
    ended = Repair._base_manager.filter(pk=repair.pk, outcome="").update(
        outcome=outcome, ended_on=ended_on, parts=parts, cost_fen=cost_fen, ended_by=by
    )
    if not ended:
        raise Refused(_("The outcome of this repair is noted already."), code="repair_ended")
    repair = Repair.objects.select_related("claim__order_line__order", "claim__station").get(pk=repair.pk)
    trail.record(
        "repair.finished",
        by=by,
        obj=repair,
        after={"attempt": repair.attempt, "outcome": str(outcome), "ended_on": ended_on.isoformat()},
        at=now,
    )
    if outcome != RepairOutcome.FIXED and may_replace(repair.order_line, today=ended_on):
        _let_choose_again(repair.claim, by=by, now=now)
    return repair


def _let_choose_again(claim: Claim, *, by: User, now: datetime) -> None:
    """Drop the repair that was chosen and propose the amount anew; nothing where no repair was chosen."""
    chosen = Compensation.objects.filter(
        claim=claim,
        round=claim.round,
        remedy=Remedy.REPAIR,
        state__in=(CompensationState.CHOSEN, CompensationState.APPROVED),
    ).first()
    if chosen is None or not claim.is_open:
        return
    if chosen.state == CompensationState.APPROVED:
        current = read(chosen)
        move(current, (CompensationState.APPROVED,), state=CompensationState.VOIDED)
        lines.release(current)
        trail.record(
            "compensation.voided",
            by=by,
            obj=current,
            before={"state": current.state},
            after={"state": CompensationState.VOIDED.value},
            at=now,
        )
    else:
        undecided.void(claim=claim, by=by, now=now)
    compensation.work_out(claim=claim, by=by, now=now)


def _bought_on(line: OrderLine) -> date:
    return timezone.localdate(line.order.ordered_at)
