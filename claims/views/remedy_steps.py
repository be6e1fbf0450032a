"""What an approved remedy waits for, and the pages a claim has because of its remedy."""

from django.urls import reverse
from django.utils.translation import gettext as _

from claims.models import Claim, Compensation
from claims.models.compensation import GOES_BACK, CompensationState, Remedy
from claims.queries import repairs
from claims.rules.classification import PROCEDURES
from claims.rules.classification import Remedy as Permitted
from claims.services import inspections, losses, returns
from claims.services.taking_back import CAN_BE_TAKEN_BACK
from claims.views.actions import Step


def waits_for(compensation: Compensation | None) -> str:
    """A code for what has to be there before an approved remedy is carried out; "" when nothing has."""
    if compensation is None or compensation.state != CompensationState.APPROVED:
        return ""
    if compensation.remedy in GOES_BACK and not returns.goods_back(compensation.claim).exists():
        return "goods"
    if compensation.remedy == Remedy.REPAIR and not repairs.is_done(compensation):
        return "repair"
    return ""


def waiting_words(waits: str) -> str:
    """The same in a sentence."""
    words = {
        "goods": _("Approved. It waits for the goods: take them into custody when the villager brings them."),
        "repair": _("Approved. It waits for the repair: note its outcome."),
    }
    return words.get(waits, "")


def waiting_step(claim: Claim, waits: str, may: frozenset[str]) -> Step | None:
    """The step that ends the waiting, if this person may take it."""
    if waits == "goods" and "claims.keep_goods" in may:
        return Step(_("Take goods in"), _url("goods_receive", claim), "box", "main")
    if waits == "repair" and "claims.work_on_claim" in may:
        return Step(_("Repairs"), _url("claim_repairs", claim), "tools", "main")
    return None


def further_steps(claim: Claim, compensation: Compensation | None, may: frozenset[str]) -> list[Step]:
    """The pages around this claim's remedies, those that the person may open."""
    steps = []
    if "claims.work_on_claim" in may:
        if Permitted.REPAIR in PROCEDURES[claim.procedure].remedies:
            steps.append(Step(_("Repairs"), _url("claim_repairs", claim), "tools"))
        if losses.are_listed(claim):
            steps.append(Step(_("Losses"), _url("claim_losses", claim), "yuan"))
        if inspections.is_needed(claim):
            steps.append(Step(_("Inspections"), _url("claim_inspections", claim), "search"))
    is_done = compensation is not None and compensation.state == CompensationState.EXECUTED
    if is_done and compensation.remedy in CAN_BE_TAKEN_BACK and "claims.approve_compensation" in may:
        steps.append(Step(_("Take it back"), _url("claim_take_back", claim), "left", "bad"))
    return steps


def _url(name: str, claim: Claim) -> str:
    return reverse(f"claims:{name}", args=[claim.number])
