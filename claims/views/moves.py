"""The steps of a claim, each on a small page of its own that asks once more."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.forms.moves import FORMS
from claims.models import Claim
from claims.queries import claims as reading
from claims.rules.status import Action
from claims.services import casework
from claims.views import tones
from claims.views.actions import LABELS, PERMISSIONS, allowed
from claims.views.compensation import current_compensation
from claims.views.places import CasePage
from claims.views.timeline import entries
from stations.access.places import permissions

TEXTS = {
    Action.ACCEPT: gettext_lazy(
        "The villager gets this as the first reply: how far it is, until when, and how."
    ),
    Action.START: gettext_lazy("You take the claim on and begin to work on it."),
    Action.WAIT: gettext_lazy(
        "Somebody outside has to do something first. The promised times stand still meanwhile; after the "
        "longest time allowed the claim goes on by itself."
    ),
    Action.RESUME: gettext_lazy("The claim goes on."),
    Action.RESOLVE: gettext_lazy("The villager has got what was due, or an explanation."),
    Action.CLOSE: gettext_lazy("Nothing is left to do. It can be reopened within seven days of its end."),
    Action.REJECT: gettext_lazy("The villager reads the rule and your explanation on the progress page."),
    Action.WITHDRAW: gettext_lazy("The villager no longer wants anything. Write down what they said."),
    Action.REOPEN: gettext_lazy("The claim starts a new round with a new due time."),
}
DONE = {
    Action.ACCEPT: gettext_lazy("Accepted."),
    Action.START: gettext_lazy("You are working on it now."),
    Action.WAIT: gettext_lazy("Put on hold."),
    Action.RESUME: gettext_lazy("The claim goes on."),
    Action.RESOLVE: gettext_lazy("Settled."),
    Action.CLOSE: gettext_lazy("Closed."),
    Action.REJECT: gettext_lazy("Refused. The villager reads your explanation on the progress page."),
    Action.WITHDRAW: gettext_lazy("Withdrawn."),
    Action.REOPEN: gettext_lazy("Reopened."),
}
SERVICES = {
    Action.ACCEPT: casework.accept,
    Action.START: casework.start,
    Action.WAIT: casework.wait,
    Action.RESUME: casework.resume,
    Action.RESOLVE: casework.resolve,
    Action.CLOSE: casework.close,
    Action.REJECT: casework.reject,
    Action.WITHDRAW: casework.withdraw,
    Action.REOPEN: casework.reopen,
}
EVENTS_SHOWN = 3


class ClaimMove(CasePage):
    """Asks for what a step needs, then takes it. A step that is not possible or not allowed is not found."""

    permission = "claims.view_claim_page"
    template_name = "claims/claim_move.html"

    def get(self, request, number, action):
        claim, action = self._find(number, action)
        if not self._is_possible(claim, action):
            messages.info(request, _("This step is not possible in the claim's present state."))
            return redirect("claims:claim_detail", number)
        return self._page(claim, action, FORMS[action](initial=self._initial(claim, action)))

    def post(self, request, number, action):
        claim, action = self._find(number, action)
        form = FORMS[action](request.POST)
        if form.is_valid():
            given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
            if form.call(
                SERVICES[action],
                claim=claim,
                by=request.user,
                now=timezone.now(),
                expected_version=form.cleaned_data["version"],
                **given,
            ):
                messages.success(request, DONE[action])
                return redirect("claims:claim_detail", number)
        return self._page(claim, action, form)

    def _find(self, number, action) -> tuple[Claim, Action]:
        claims = Claim.objects.select_related("station", "consumer", "order_line")
        claim = get_object_or_404(claims, number=number)
        if action not in FORMS or PERMISSIONS[Action(action)] not in permissions(self.request.user, claim):
            raise Http404
        return claim, Action(action)

    def _is_possible(self, claim: Claim, action: Action) -> bool:
        may = permissions(self.request.user, claim)
        return allowed(action, claim, current_compensation(claim), may, timezone.now())

    def _initial(self, claim: Claim, action: Action) -> dict[str, Any]:
        initial: dict[str, Any] = {"version": claim.version}
        if action == Action.ACCEPT:
            now = timezone.now()
            initial["progress"] = _("Taken up, evidence is being looked at.")
            initial["finish_at"] = timezone.localtime(max(claim.handling_due_at, now + timedelta(hours=1)))
            initial["method"] = _("By the published rules; the villager chooses.")
        return initial

    def _page(self, claim: Claim, action: Action, form):
        meanwhile = []
        is_stale = form.refused is not None and form.refused.code == "stale"
        if is_stale:
            seen_version = form.cleaned_data["version"]
            happened = min(EVENTS_SHOWN, max(1, claim.version - seen_version))
            meanwhile = entries(reading.timeline(claim), is_decider=False)[:happened]
            form.renew(claim.version)
        tones.mark([claim], timezone.now())
        return self.page(
            claim=claim,
            action=action,
            form=form,
            title=LABELS[action],
            text=TEXTS[action],
            is_danger=action in (Action.REJECT, Action.WITHDRAW),
            is_stale=is_stale,
            is_possible=self._is_possible(claim, action),
            seen_version=seen_version if is_stale else None,
            meanwhile=meanwhile,
            place=claim.station,
            status=409 if form.refused else 200,
        )
