"""Incentives: found due, put together for payment, confirmed by a second person, cancelled.
docs/rules/incentives.md."""

import logging
from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Fund, Incentive, IncentiveBatch
from claims.models.fund import AccountKind, MovementKind
from claims.models.incentives import BatchState, IncentiveState
from claims.queries import incentives as reading
from claims.queries.fund import running_fund_of
from claims.queries.incentives import Verdict
from claims.rules.incentives import incentive_key
from claims.services import ledger
from claims.services.transactions import money_move

log = logging.getLogger(__name__)
AT_ONCE = 500
REASON_SIGNS, REASON_LIMIT, REFERENCE_SIGNS = 4, 200, 40


def settle(*, by: User, now: datetime) -> int:
    """Write down every incentive that has fallen due; returns how many are new.

    The month is the one in which it falls due, so that a month that is over stays as it is. Run twice, or by
    two processes at once, it finds the same claims and writes each of them once: the claim and its order line
    are unique for ever. Wants a scope that reaches everything.
    """
    new, last = 0, None
    while True:
        rows = reading.candidates(now).select_related("order_line")
        if last is not None:
            rows = rows.filter(resolved_at__gte=last.resolved_at).exclude(
                resolved_at=last.resolved_at, pk__lte=last.pk
            )
        claims = list(rows[:AT_ONCE])
        if not claims:
            return new
        new += sum(
            _write(verdict, by=by, now=now)
            for verdict in reading.verdicts(claims, now=now)
            if not verdict.reasons
        )
        last = claims[-1]


def _write(verdict: Verdict, *, by: User, now: datetime) -> bool:
    """Write one incentive, unless its claim or order line has one; says whether it is new."""
    claim, agent = verdict.claim, verdict.agent
    incentive = Incentive(
        claim=claim,
        order_line_id=claim.order_line_id,
        county_code=claim.county_code,
        agent=agent,
        station=agent.station,
        amount_fen=verdict.policy.incentive_fen,
        month=timezone.localdate(now).replace(day=1),
        policy=verdict.policy,
        score=verdict.score,
        due_at=now,
    )
    try:
        with transaction.atomic():
            incentive.save(force_insert=True)
            trail.record(
                "incentive.fell_due",
                by=by,
                obj=incentive,
                after={"amount_fen": incentive.amount_fen, "agent": agent.pk, "score": verdict.score},
                at=now,
            )
    except IntegrityError:
        log.info("incentive exists", extra={"claim": claim.number})
        return False
    return True


@money_move
def prepare(*, county_code: str, month: date, by: User, now: datetime) -> IncentiveBatch:
    """Put everything that is due of a month together for payment. A second person confirms it.

    Raises Refused("month_running") before the month is over, Refused("nothing_due"),
    Refused("fund_missing"), Refused("own_incentive") for somebody who would be paid themselves,
    Refused("batch_open") while another payment of the month waits.
    """
    month = month.replace(day=1)
    if timezone.localdate(now).replace(day=1) <= month:
        raise Refused(_("A month is paid when it is over."), code="month_running")
    fund = running_fund_of(county_code)
    if fund is None:
        raise Refused(_("The county has no emergency fund yet."), code="fund_missing")
    chosen = list(reading.unpaid(county_code, month).select_related("agent"))
    if not chosen:
        raise Refused(_("Nothing is due for this month."), code="nothing_due")
    _refuse_own(chosen, by)
    batch = IncentiveBatch(
        fund=fund,
        county_code=county_code,
        month=month,
        amount_fen=sum(each.amount_fen for each in chosen),
        count=len(chosen),
        proposed_by=by,
        proposed_at=now,
    )
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("Another payment of this month waits for a second person."), code="batch_open"
        ) from None
    taken = Incentive._base_manager.filter(
        pk__in=[each.pk for each in chosen], state=IncentiveState.DUE, batch__isnull=True
    ).update(batch=batch)
    if taken != len(chosen):
        raise _changed()
    trail.record(
        "incentive_batch.prepared",
        by=by,
        obj=batch,
        after={"month": f"{month:%Y-%m}", "amount_fen": batch.amount_fen, "count": batch.count},
        at=now,
    )
    return batch


@money_move
def confirm(*, batch: IncentiveBatch, reference: str, by: User, now: datetime) -> IncentiveBatch:
    """Confirm with the bank's reference that the agents are paid, and book it: one movement for each claim.

    All of it or nothing. The business key of a movement names the claim, so that no claim is paid for twice,
    whatever is sent how often.

    Raises Refused("same_person"), Refused("own_incentive"), Refused("batch_decided"),
    Refused("reference_missing"), Refused("fund_frozen"), Refused("fund_empty"), Refused("busy").
    """
    reference = reference.strip()
    if not reference or len(reference) > REFERENCE_SIGNS:
        raise Refused(
            _("Enter the bank's reference, at most %(limit)s characters.") % {"limit": REFERENCE_SIGNS},
            code="reference_missing",
            field="reference",
        )
    current = IncentiveBatch.objects.select_related("fund").get(pk=batch.pk)
    if current.proposed_by_id == by.pk:
        raise Refused(
            _("You put this payment together; a second person has to confirm it."), code="same_person"
        )
    incentives = list(
        Incentive.objects.filter(batch=current).select_related("claim", "agent__user").order_by("id")
    )
    _refuse_own(incentives, by)
    _decide(current, state=BatchState.CONFIRMED, reference=reference, decided_by=by, decided_at=now)
    if sum(each.amount_fen for each in incentives) != current.amount_fen:
        raise _changed()
    cash = ledger.account(current.fund, AccountKind.CASH)
    paid_out = ledger.account(current.fund, AccountKind.INCENTIVES)
    for incentive in incentives:
        movement = ledger.post(
            fund=current.fund,
            kind=MovementKind.INCENTIVE,
            debit=paid_out,
            credit=cash,
            amount_fen=incentive.amount_fen,
            business_key=incentive_key(incentive.claim_id),
            claim=incentive.claim,
            note=reference,
            by=by,
            now=now,
            must_be_new=True,
        )
        paid = Incentive._base_manager.filter(
            pk=incentive.pk, state=IncentiveState.DUE, movement__isnull=True
        ).update(state=IncentiveState.PAID, movement=movement)
        if not paid:
            raise _changed()
    # Asked after the balance has moved: freezing waits for that row, so no payment slips past it.
    if Fund._base_manager.filter(pk=current.fund_id, is_frozen=True).exists():
        raise Refused(_("The fund is frozen; nothing is paid out."), code="fund_frozen")
    trail.record(
        "incentive_batch.confirmed",
        by=by,
        obj=current,
        after={"amount_fen": current.amount_fen, "count": len(incentives)},
        at=now,
    )
    return IncentiveBatch.objects.get(pk=current.pk)


@money_move
def cancel_batch(*, batch: IncentiveBatch, by: User, now: datetime) -> IncentiveBatch:
    """Take a payment apart that nobody has confirmed; its incentives are due as before.

    Raises Refused("batch_decided").
    """
    current = IncentiveBatch.objects.get(pk=batch.pk)
    _decide(current, state=BatchState.CANCELLED, decided_by=by, decided_at=now)
    Incentive._base_manager.filter(batch=current, state=IncentiveState.DUE).update(batch=None)
    trail.record("incentive_batch.cancelled", by=by, obj=current, after={"count": current.count}, at=now)
    return IncentiveBatch.objects.get(pk=current.pk)


@money_move
def cancel(*, incentive: Incentive, reason: str, by: User, now: datetime) -> Incentive:
    """Strike an incentive that is not paid yet, with a reason; its claim can never earn another one.

    Raises Refused("reason_missing"), Refused("in_payment") while a payment with it waits,
    Refused("already_so") once it was paid or cancelled.
    """
    reason = reason.strip()
    if not REASON_SIGNS <= len(reason) <= REASON_LIMIT:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    current = Incentive.objects.get(pk=incentive.pk)
    if current.state == IncentiveState.DUE and current.batch_id is not None:
        raise Refused(
            _("A payment with this incentive waits for a second person. Cancel that payment first."),
            code="in_payment",
        )
    struck = Incentive._base_manager.filter(
        pk=current.pk, state=IncentiveState.DUE, batch__isnull=True
    ).update(state=IncentiveState.CANCELLED, cancelled_by=by, cancelled_at=now, reason=reason)
    if not struck:
        raise Refused(_("Somebody else has done this already."), code="already_so")
    trail.record(
        "incentive.cancelled",
        by=by,
        obj=current,
        before={"state": str(current.state)},
        after={"amount_fen": current.amount_fen},
        reason=reason,
        at=now,
    )
    return Incentive.objects.get(pk=current.pk)


def taken_back(*, movement_id: int, reason: str, by: User, now: datetime) -> None:
    """Note on an incentive that its payment was answered by a counter-entry; inside that transaction.

    It stays struck: a claim is never rewarded a second time. Raises Refused("already_booked").
    """
    struck = Incentive._base_manager.filter(movement=movement_id, state=IncentiveState.PAID)
    incentive = struck.first()
    changes = {"cancelled_by": by, "cancelled_at": now, "reason": reason[:REASON_LIMIT]}
    if incentive is None or not struck.update(state=IncentiveState.CANCELLED, **changes):
        raise Refused(_("This movement has been taken back already."), code="already_booked")
    trail.record(
        "incentive.cancelled",
        by=by,
        obj=incentive,
        before={"state": IncentiveState.PAID.value},
        after={"amount_fen": incentive.amount_fen},
        reason=reason,
        at=now,
    )


def _refuse_own(incentives: Iterable[Incentive], by: User) -> None:
    if any(each.agent.user_id == by.pk for each in incentives):
        raise Refused(
            _("You would be paid yourself; somebody else has to take this step."), code="own_incentive"
        )


def _decide(batch: IncentiveBatch, **changes) -> None:
    decided = IncentiveBatch._base_manager.filter(pk=batch.pk, state=BatchState.PROPOSED).update(**changes)
    if not decided:
        raise Refused(_("Somebody else has decided on this payment already."), code="batch_decided")


def _changed() -> Refused:
    return Refused(_("Something has changed meanwhile. Open the page again."), code="stale")
