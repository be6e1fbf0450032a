"""What a person can do with a claim right now: the table of moves, narrowed to what they may."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from claims.models import Claim, Compensation
from claims.models.compensation import CompensationState, PayoutMethod, Remedy
from claims.rules.status import Action, Status, actions_from, may_reopen
from claims.services.undecided import is_dispensable

PERMISSIONS: dict[Action, str] = {
    Action.ACCEPT: "claims.accept_claim",
    Action.START: "claims.work_on_claim",
    Action.WAIT: "claims.work_on_claim",
    Action.RESUME: "claims.work_on_claim",
    Action.RESOLVE: "claims.work_on_claim",
    Action.CLOSE: "claims.work_on_claim",
    Action.REJECT: "claims.refuse_claim",
    Action.WITHDRAW: "claims.withdraw_claim",
    Action.REOPEN: "claims.reopen_claim",
    Action.MERGE: "claims.merge_claim",
}
LABELS = {
    Action.ACCEPT: _("Accept and reply"),
    Action.START: _("Start working on it"),
    Action.WAIT: _("Put on hold"),
    Action.RESUME: _("Go on"),
    Action.RESOLVE: _("It is settled"),
    Action.CLOSE: _("Close the file"),
    Action.REJECT: _("Refuse the claim"),
    Action.WITHDRAW: _("Villager withdraws"),
    Action.REOPEN: _("Reopen"),
    Action.MERGE: _("Merge a duplicate"),
}
ICONS = {
    Action.ACCEPT: "check",
    Action.START: "tools",
    Action.WAIT: "pause",
    Action.RESUME: "right",
    Action.RESOLVE: "check-circle",
    Action.CLOSE: "box",
    Action.REJECT: "stop",
    Action.WITHDRAW: "cross",
    Action.REOPEN: "up",
    Action.MERGE: "list",
}
ENDING = frozenset({Action.REJECT, Action.WITHDRAW, Action.MERGE})
UNDECIDED = (CompensationState.PROPOSED, CompensationState.CHOSEN)


@dataclass(frozen=True)
class Step:
    """One thing to tap: its words, where it leads, its icon and how loud it is ("main", "bad" or "")."""

    label: str
    url: str
    icon: str
    style: str = ""


def next_step(claim: Claim, compensation: Compensation | None, may: frozenset[str]) -> Step | None:
    """The one step the claim waits for, if this person may take it."""
    if compensation is not None and claim.is_open and claim.status != Status.SUBMITTED:
        step = _money_step(claim, compensation, may)
        if step is not None:
            return step
    for action in (Action.ACCEPT, Action.START, Action.RESUME):
        if action in actions_from(claim.status) and PERMISSIONS[action] in may:
            return _step(claim, action, "main")
    return None


def further_steps(
    claim: Claim, compensation: Compensation | None, may: frozenset[str], now: datetime
) -> list[Step]:
    """Everything else the table allows and the person may do, in the order of the table."""
    first = next_step(claim, compensation, may)
    steps = [
        _step(claim, action, "bad" if action in (Action.REJECT, Action.WITHDRAW) else "")
        for action in actions_from(claim.status)
        if PERMISSIONS[action] in may and _makes_sense(action, claim, compensation, now)
    ]
    if "claims.work_on_claim" in may and claim.status not in (Status.WITHDRAWN, Status.MERGED):
        steps.append(Step(_("Record what happened"), _url("claim_record", claim), "pencil"))
        if claim.is_open and (compensation is None or compensation.state in UNDECIDED):
            steps.append(Step(_("Change the class"), _url("claim_class", claim), "list"))
    return [step for step in steps if first is None or step.url != first.url]


def allowed(
    action: Action, claim: Claim, compensation: Compensation | None, may: frozenset[str], now: datetime
) -> bool:
    """Whether the person may take this step now; the service has the last word."""
    return (
        action in actions_from(claim.status)
        and PERMISSIONS[action] in may
        and _makes_sense(action, claim, compensation, now)
    )


def _makes_sense(action: Action, claim: Claim, compensation: Compensation | None, now: datetime) -> bool:
    if action == Action.REOPEN:
        ended_at = claim.resolved_at or claim.closed_at
        return ended_at is not None and may_reopen(ended_at, now)
    if compensation is None:
        return True
    if action in ENDING:
        # A chosen amount is refused on the page that decides about it, where the figures are.
        chosen = compensation.state == CompensationState.CHOSEN and action == Action.REJECT
        return compensation.state != CompensationState.APPROVED and not chosen
    if action == Action.RESOLVE:
        is_over = compensation.state not in (*UNDECIDED, CompensationState.APPROVED)
        return is_over or is_dispensable(compensation, claim)
    return True


def _money_step(claim: Claim, compensation: Compensation, may: frozenset[str]) -> Step | None:
    state = compensation.state
    if state == CompensationState.PROPOSED and "claims.record_choice" in may:
        return Step(_("Record the villager's choice"), _url("claim_choice", claim), "users", "main")
    if state == CompensationState.CHOSEN and "claims.approve_compensation" in may:
        return Step(_("Look at it and decide"), _url("claim_decide", claim), "shield", "main")
    if state == CompensationState.APPROVED and "claims.execute_payout" in may:
        return Step(payout_words(compensation), _url("claim_payout", claim), "yuan", "main")
    return None


def payout_words(compensation: Compensation) -> str:
    """What carrying it out means, by remedy and way of payment."""
    if compensation.remedy == Remedy.RETURN and compensation.claim.is_without_reason:
        return _("Note the merchant's refund")
    if compensation.remedy == Remedy.EXCHANGE:
        return _("Order the exchange")
    if compensation.remedy == Remedy.REPAIR:
        return _("Repaired and handed back")
    if compensation.remedy == Remedy.COUPON:
        return _("Issue the coupon")
    if compensation.remedy == Remedy.RESHIP:
        return _("Order the goods again")
    if compensation.payout_method == PayoutMethod.CASH:
        return _("Hand out the cash")
    return _("Pay out")


def _step(claim: Claim, action: Action, style: str) -> Step:
    if action == Action.MERGE:
        return Step(LABELS[action], _url("claim_merge", claim), ICONS[action], style)
    url = reverse("claims:claim_move", args=[claim.number, action.value])
    return Step(LABELS[action], url, ICONS[action], style)


def _url(name: str, claim: Claim) -> str:
    return reverse(f"claims:{name}", args=[claim.number])
