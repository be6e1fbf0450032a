"""The page without an account that shows how a claim stands."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from aftersales.audit.trail import system_scope
from aftersales.web.formats import moment
from aftersales.web.throttle import Throttle
from claims.forms.progress import ProgressForm
from claims.models import Fund
from claims.models.compensation import CompensationState
from claims.queries.progress import current_compensation, find_for_consumer, promises
from claims.rules.classification import Remedy
from claims.rules.clocks import Clock
from claims.rules.numbering import normalise_number
from claims.rules.status import Node, NodeState, Status, progress_nodes
from claims.views import public_refusals, scores
from claims.views.formula import formula, with_unit
from claims.views.remedy_steps import waits_for
from stations.models import Region

# A village shares one address, so an address may fail more often than one claim number.
BY_ADDRESS = Throttle("progress by address", limit=30, window=timedelta(minutes=15))
BY_NUMBER = Throttle("progress by number", limit=5, window=timedelta(minutes=15))

NODE_WORDS = {
    Node.UNDER_REVIEW: gettext_lazy("Under review"),
    Node.PICKUP: gettext_lazy("Goods are collected"),
    Node.INSPECTION: gettext_lazy("Goods are inspected"),
    Node.REPAIRING: gettext_lazy("Repair"),
    Node.REFUNDING: gettext_lazy("Refund"),
    Node.SENDING: gettext_lazy("On its way to you"),
    Node.DONE: gettext_lazy("Done"),
    Node.REJECTED: gettext_lazy("Refused"),
    Node.WITHDRAWN: gettext_lazy("Withdrawn"),
    Node.MERGED: gettext_lazy("Continued under another number"),
}
STEP_STATES = {NodeState.PASSED: "done", NodeState.CURRENT: "now", NodeState.AHEAD: ""}


class TrackView(FormView):
    """Progress of one claim. Wrong digits and an unknown number get the same answer in the same way."""

    template_name = "claims/public_track.html"
    form_class = ProgressForm

    def get_initial(self):
        return {"number": self.request.GET.get("number", "")[:24]}

    def form_valid(self, form):
        now = timezone.now()
        number = normalise_number(form.cleaned_data["number"])
        address = self.request.META.get("REMOTE_ADDR", "")
        if BY_ADDRESS.is_closed(address, now=now) or BY_NUMBER.is_closed(number, now=now):
            form.add_error(None, _("Too many tries. Wait 15 minutes, or ask your village station."))
            return self.render_to_response(self.get_context_data(form=form), status=429)
        claim = find_for_consumer(number, form.cleaned_data["last_four"])
        if claim is None:
            BY_ADDRESS.count_failure(address, now=now)
            BY_NUMBER.count_failure(number, now=now)
            form.add_error(
                None,
                _("Number and digits do not fit together. Look at your receipt or ask your station."),
            )
            return self.form_invalid(form)
        told = {
            **progress_of(claim),
            **scores.offered(claim, user=self.request.user, now=now),
            **public_refusals.offered(claim),
        }
        return self.render_to_response(self.get_context_data(form=form, **told))


def progress_of(claim) -> dict:
    """What a consumer is shown of their claim: no name, no phone, no address, no photo."""
    compensation, running = current_compensation(claim), promises(claim)
    state = compensation.state if compensation else ""
    remedy = Remedy(compensation.remedy) if compensation and compensation.remedy else None
    executed = state == CompensationState.EXECUTED
    is_approved = state == CompensationState.APPROVED
    waits = waits_for(compensation)
    is_here = is_approved and waits != "goods"
    nodes = progress_nodes(
        Status(claim.status),
        remedy,
        executed,
        approved=is_approved or executed,
        picked_up=is_here,
        inspected=is_here,
    )
    return {
        "claim": claim,
        "compensation": compensation,
        "formula": formula(compensation, claim.order_line.unit) if compensation else None,
        "bad": with_unit(claim.bad_milli, claim.order_line.unit) if claim.bad_milli else "",
        "steps": [
            {
                "code": node.node,
                "stands": node.state,
                "label": NODE_WORDS[node.node],
                "state": STEP_STATES[node.state],
            }
            for node in nodes
        ],
        "promise": running.get(Clock.HANDLING),
        "said": said_to_consumer(claim, compensation, running),
    }


def said_to_consumer(claim, compensation, running) -> str:
    """One sentence about where the claim stands and what comes next."""
    if claim.status == Status.MERGED:
        return _("This claim is continued under number %(number)s.") % {"number": claim.merged_into.number}
    if claim.status == Status.WITHDRAWN:
        return _("This claim was withdrawn. You can file again at your village station.")
    if claim.status == Status.REJECTED:
        return _("This claim was refused for the reason below. You can object at your station or call 12315.")
    words = {
        CompensationState.PROPOSED: _("The amount is worked out. Tell your village station what you choose."),
        CompensationState.CHOSEN: _("Your choice is recorded. A claims officer decides."),
        CompensationState.APPROVED: _("Approved. It will be carried out as soon as possible."),
        CompensationState.EXECUTED: _("Carried out. If something is still wrong, come back within 7 days."),
    }
    if compensation and compensation.state == CompensationState.CHOSEN and Clock.SETTLEMENT in running:
        return _("Your choice is recorded. A claims officer decides by %(moment)s.") % {
            "moment": moment(running[Clock.SETTLEMENT].due_at)
        }
    if waits_for(compensation) == "goods":
        return _("Approved. Bring the goods to your village station; then it is carried out.")
    if compensation and compensation.state in words:
        return words[compensation.state]
    if claim.status == Status.SUBMITTED and Clock.FIRST_RESPONSE in running:
        return _("We have received your claim and will answer by %(moment)s.") % {
            "moment": moment(running[Clock.FIRST_RESPONSE].due_at)
        }
    if claim.status in (Status.RESOLVED, Status.CLOSED):
        return _("This claim is settled. If something is still wrong, come back within 7 days.")
    return _("We are working on your claim.")


def counties_with_a_fund() -> list[Region]:
    """Counties that may have rules of their own, for somebody without an account to choose from."""
    with system_scope("public rules", quiet=True):
        codes = list(Fund.objects.values_list("county_code", flat=True))
    return list(Region.objects.filter(code__in=codes))
