"""A compensation's way: worked out, chosen by the consumer, decided, carried out.

Rules: docs/rules/compensation.md, docs/rules/approval.md, docs/rules/fund.md. Every step that decides or
moves money is one transaction of its own (claims.services.transactions). Rows are locked in one order:
compensation, order line, limits, accounts, claim.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, Compensation, CompensationPolicy, OrderLine
from claims.models.clocks import ClockOutcome
from claims.models.compensation import PAYS_MONEY, AskedHow, CompensationState, PayoutMethod, Remedy
from claims.queries import decisions, repairs
from claims.queries.policies import policy_for
from claims.rules import approval
from claims.rules.approval import Level
from claims.rules.clocks import Clock
from claims.rules.compensation import Award
from claims.services import (
    casework,
    clocks,
    deciding,
    flags,
    inspections,
    lines,
    remedies,
    returns,
    undecided,
)
from claims.services.compensation_rows import check_claim, fresh, move, read, wrong_state
from claims.services.lines import AmountChanged
from claims.services.transactions import money_move

REASON_SIGNS = 4


def preview(*, order_line: OrderLine, bad_milli: int, now: datetime) -> Award:
    """What bad goods on this line would get if they were claimed now. Changes nothing.

    Raises Refused("bad_over_total") when more is bad than is left without a grant.
    """
    return lines.award(order_line, bad_milli=bad_milli, policy=_policy_of(order_line, now))


def work_out(*, claim: Claim, by: User, now: datetime) -> Compensation:
    """Propose an amount for the claim's bad quantity by the terms in force on the day of the order.

    An earlier proposal of the round that nobody has decided is voided. May be part of a larger transaction
    (filing). The amount may be 0, below the tolerance for example: then only a person can end the claim.

    Raises Refused("claim_ended"), Refused("no_quantity"), Refused("remedy_not_allowed") when the procedure
    knows no remedy that is chosen, Refused("already_decided"), Refused("bad_over_total").
    """
    if not claim.is_open:
        raise Refused(_("This claim has ended."), code="claim_ended")
    if claim.bad_milli is None:
        raise Refused(_("Enter how much of the goods is bad."), code="no_quantity", field="bad_milli")
    if not permitted_remedies(claim):
        raise Refused(_("This kind of claim is not settled by an amount."), code="remedy_not_allowed")
    with transaction.atomic():
        undecided.void(claim=claim, by=by, now=now)
        policy = _policy_of(claim.order_line, now)
        award = lines.award(claim.order_line, bad_milli=claim.bad_milli, policy=policy, claim=claim)
        proposal = Compensation(
            claim=claim,
            round=claim.round,
            station_id=claim.station_id,
            county_code=claim.county_code,
            policy=policy,
            bad_milli=claim.bad_milli,
            total_milli=claim.order_line.quantity_milli,
            paid_fen=lines.basis_fen(claim.order_line, policy, claim),
            amount_fen=award.amount_fen,
            damages_fen=award.damages_fen,
            steps=lines.written(award),
            worked_out_by=by,
            worked_out_at=now,
        )
        deciding.set_level(proposal, involved={by.pk}, now=now)
        _time_settlement(claim, proposal.payable_fen, now=now)
        try:
            with transaction.atomic():
                proposal.save(force_insert=True)
        except IntegrityError:
            raise Refused(
                _("The compensation of this claim has been decided already."), code="already_decided"
            ) from None
        trail.record(
            "compensation.worked_out",
            by=by,
            obj=proposal,
            after={"amount_fen": proposal.amount_fen, "bad_milli": proposal.bad_milli, "policy": str(policy)},
            at=now,
        )
    return proposal


def permitted_remedies(claim: Claim) -> tuple[Remedy, ...]:
    """What the consumer may choose between in this claim's procedure, in the order of the page.

    Goods whose repair was tried in vain may be exchanged or given back, whatever the procedure knows.
    """
    allowed = {remedy.value for remedy in decisions.procedure_of(claim).remedies}
    if Remedy.REPAIR in allowed and repairs.may_replace(claim.order_line, today=timezone.localdate()):
        allowed |= {Remedy.EXCHANGE, Remedy.RETURN}
    return tuple(remedy for remedy in Remedy if remedy.value in allowed)


def choose(
    *,
    compensation: Compensation,
    remedy: str,
    payout_method: str = "",
    asked_how: str,
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Compensation:
    """Record what the consumer wants, who asked and how; may be changed until it is decided.

    Where the rule decides, it is approved and carried out at once; a refund that the fund cannot pay now
    stays approved and waits. The result's `state` says how far it came.

    Raises Refused("amount_changed") when something else was granted on the line meanwhile: the proposal
    then carries the new amount and waits for a new choice. Further codes: nothing_due, remedy_not_allowed,
    payout_method_missing, asked_how_missing, claim_ended, already_decided, stale, busy.
    """
    try:
        return _choose(
            compensation=compensation,
            remedy=remedy,
            payout_method=payout_method if remedy in PAYS_MONEY else "",
            asked_how=asked_how,
            by=by,
            now=now,
            expected_version=expected_version,
        )
    except AmountChanged:
        propose_again(compensation=compensation, by=by, now=now)
        raise


def approve(
    *, compensation: Compensation, by: User, now: datetime, expected_version: int | None = None
) -> Compensation:
    """Decide in the consumer's favour: the amount is counted against the order line and may be carried out.

    Raises Refused("level_too_low"), Refused("conflict") with the kind of conflict in the details,
    Refused("amount_changed") as `choose` does, Refused("inspection_missing") where the result of an
    inspection has to be there first, Refused("not_chosen"), Refused("already_decided"),
    Refused("claim_ended"), Refused("stale"), Refused("busy").
    """
    try:
        return _approve(compensation=compensation, by=by, now=now, expected_version=expected_version)
    except AmountChanged:
        propose_again(compensation=compensation, by=by, now=now)
        raise


@money_move
def refuse(
    *,
    compensation: Compensation,
    code: str,
    text: str,
    by: User,
    now: datetime,
    expected_version: int | None = None,
) -> Compensation:
    """Decide against it: the claim is refused with a reason code and an explanation to the consumer.

    Only a person may refuse, and nobody who is involved. Raises Refused("level_too_low"),
    Refused("conflict"), Refused("already_decided"), Refused("stale"), and what casework.reject raises.
    """
    current = fresh(compensation, expected_version)
    deciding.check_decider(current, Level.OFFICER, by=by, now=now)
    move(current, undecided.UNDECIDED, state=CompensationState.REFUSED, decided_at=now)
    trail.record(
        "compensation.refused",
        by=by,
        obj=current,
        before={"state": current.state},
        after={"state": CompensationState.REFUSED.value, "code": code},
        at=now,
    )
    casework.reject(claim=current.claim, code=code, text=text, by=by, now=now)
    return read(current)


@money_move
def execute(*, compensation: Compensation, by: User, now: datetime, reference: str = "") -> Compensation:
    """Carry an approved compensation out and resolve the claim: all of it, or nothing.

    A refund is one movement of the ledger, an advance that the liable party owes, and a place in the
    limits of the station's day and the fund's month. A coupon is issued, goods are ordered. A return and an
    exchange need the goods in custody; a return without a reason is paid back by the merchant, under its
    `reference`; a repair needs its outcome.

    Raises Refused("already_executed"), Refused("not_approved"), Refused("conflict") for the person who
    gains from it; for a refund also Refused("fund_missing"), Refused("fund_frozen"), Refused("fund_empty"),
    Refused("daily_limit"), Refused("monthly_limit"): it then stays approved. So it does with
    Refused("goods_not_back"), Refused("goods_not_intact"), Refused("merchant_reference_missing"),
    Refused("repair_not_done"). Refused("busy").
    """
    return remedies.carry_out(fresh(compensation, None), by=by, now=now, reference=reference)


@money_move
def revoke(*, compensation: Compensation, reason: str, by: User, now: datetime) -> Compensation:
    """Take an approval back before it is carried out; the order line gets its room back.

    The claim stays open and a new amount can be worked out. Raises Refused("reason_missing"),
    Refused("level_too_low"), Refused("not_approved"), Refused("stale").
    """
    reason = reason.strip()
    if len(reason) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    current = fresh(compensation, None)
    if current.state != CompensationState.APPROVED:
        raise wrong_state(current)
    deciding.check_level(current, Level.OFFICER, by=by, now=now)
    move(current, (CompensationState.APPROVED,), state=CompensationState.VOIDED)
    lines.release(current)
    trail.record(
        "compensation.revoked",
        by=by,
        obj=current,
        before={"state": current.state, "granted_fen": current.granted_fen},
        after={"state": CompensationState.VOIDED.value},
        reason=reason,
        at=now,
    )
    return read(current)


@money_move
def _choose(*, compensation, remedy, payout_method, asked_how, by, now, expected_version) -> Compensation:
    current = fresh(compensation, expected_version)
    _check_choice(current, remedy, payout_method, asked_how)
    due = _due(current)
    if due.amount_fen != current.amount_fen:
        raise AmountChanged(due.amount_fen)
    if not current.payable_fen:
        raise Refused(
            _("Nothing is due on these figures. An officer explains why to the consumer."),
            code="nothing_due",
        )
    choice = {"remedy": remedy, "payout_method": payout_method, "asked_how": asked_how}
    for name, value in choice.items():
        setattr(current, name, value)
    noticed = deciding.set_level(current, involved={by.pk}, now=now)
    chosen = move(
        current,
        undecided.UNDECIDED,
        state=CompensationState.CHOSEN,
        chosen_at=now,
        asked_by=by,
        needs_level=current.needs_level,
        level_reasons=current.level_reasons,
        **choice,
    )
    trail.record(
        "compensation.chosen",
        by=by,
        obj=current,
        after={**choice, "needs_level": current.needs_level, "flags": list(noticed)},
        at=now,
    )
    if remedy == Remedy.RETURN and (goods := returns.goods_back(chosen.claim).first()):
        returns.note_arrival(chosen.claim, at=goods.received_at, by=by, now=now)
    if chosen.needs_level != Level.RULE:
        return chosen
    approved = deciding.grant(chosen, level=Level.RULE, by=None, now=now)
    try:
        with transaction.atomic():
            return remedies.carry_out(approved, by=by, now=now)
    except Refused as refused:
        if refused.code not in remedies.WAITS:
            raise
        trail.record(
            "compensation.payout_waits", by=by, obj=approved, after={"because": refused.code}, at=now
        )
        return approved


@money_move
def _approve(*, compensation, by, now, expected_version) -> Compensation:
    current = fresh(compensation, expected_version)
    if current.state == CompensationState.PROPOSED:
        raise Refused(_("The consumer has not chosen yet."), code="not_chosen")
    if current.state != CompensationState.CHOSEN:
        raise wrong_state(current)
    check_claim(current)
    inspections.check(current.claim)
    flags.refresh(claim=current.claim, compensation=current, now=now)
    earlier = lines.earlier_payable_fen(current.claim.order_line)
    needed = decisions.requirement(current, earlier_award_fen=earlier).level
    needed = max(needed, Level(current.needs_level), Level.OFFICER, key=approval.LADDER.index)
    own = deciding.check_decider(current, needed, by=by, now=now)
    return deciding.grant(current, level=own, by=by, now=now)


@money_move
def propose_again(*, compensation: Compensation, by: User, now: datetime) -> None:
    """Put the present amount into an undecided proposal and ask the consumer once more.

    What `choose` and `approve` leave behind when they refuse with "amount_changed"; for a door that has
    undone it together with the rest. May run twice.
    """
    current = read(compensation)
    if current.state not in undecided.UNDECIDED:
        return
    award = _due(current)
    move(
        current,
        undecided.UNDECIDED,
        state=CompensationState.PROPOSED,
        amount_fen=award.amount_fen,
        damages_fen=award.damages_fen,
        steps=lines.written(award),
        remedy="",
        payout_method="",
        asked_how="",
        asked_by=None,
        chosen_at=None,
    )
    trail.record(
        "compensation.amount_changed",
        by=system_user(),
        obj=current,
        before={"amount_fen": current.amount_fen},
        after={"amount_fen": award.amount_fen},
        at=now,
    )


def _due(current: Compensation) -> Award:
    claim = current.claim
    return lines.award(claim.order_line, bad_milli=current.bad_milli, policy=current.policy, claim=claim)


def _time_settlement(claim: Claim, amount_fen: int, *, now: datetime) -> None:
    """The damage is confirmed, so the consumer waits for the amount; over nothing nobody waits.

    Locks the claim before the proposal is written, as every other writer of both does.
    """
    claim = clocks.lock(claim)
    if amount_fen:
        clocks.start(claim, Clock.SETTLEMENT, at=now)
    else:
        clocks.stop(claim, Clock.SETTLEMENT, at=now, outcome=ClockOutcome.VOID)


def _policy_of(line: OrderLine, now: datetime) -> CompensationPolicy:
    """The terms in force on the day of the order; an order dated ahead goes by today's."""
    day = timezone.localdate(min(line.order.ordered_at, now))
    return policy_for(line.county_code, day)


def _check_choice(current: Compensation, remedy: str, payout_method: str, asked_how: str) -> None:
    if current.state not in undecided.UNDECIDED:
        raise wrong_state(current)
    check_claim(current)
    if remedy not in permitted_remedies(current.claim) or (current.damages_fen and remedy not in PAYS_MONEY):
        raise Refused(
            _("This remedy is not possible for this claim."), code="remedy_not_allowed", field="remedy"
        )
    methods = (PayoutMethod.ORIGINAL,) if current.claim.is_without_reason else PayoutMethod.values
    if remedy in PAYS_MONEY and payout_method not in methods:
        raise Refused(_("Choose how it is paid."), code="payout_method_missing", field="payout_method")
    if asked_how not in AskedHow.values:
        raise Refused(_("Say how the consumer was asked."), code="asked_how_missing", field="asked_how")
