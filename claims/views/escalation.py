"""A claim changes hands between the levels: taken over, handed up, sent back, each on a small page."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.forms.escalation import HandUpForm, SendBackForm
from claims.forms.moves import AcceptForm, PlainForm
from claims.models import Claim, ClaimClock
from claims.models.choices import LevelChoices
from claims.queries.clocks import running_clocks
from claims.rules.clocks import RESPONSE_OF, Level
from claims.rules.status import Status
from claims.services import escalation
from claims.services.ladder import level_of
from claims.views import tones
from claims.views.actions import Step
from claims.views.places import CasePage
from stations.access.places import permissions
from stations.access.scope import authority

TAKE_OVER, HAND_UP, SEND_BACK = "take-over", "hand-up", "send-back"
PERMISSIONS = {
    TAKE_OVER: "claims.take_over_claim",
    HAND_UP: "claims.work_on_claim",
    SEND_BACK: "claims.send_back_claim",
}
LABELS = {
    TAKE_OVER: gettext_lazy("Take it over"),
    HAND_UP: gettext_lazy("Hand it up"),
    SEND_BACK: gettext_lazy("Send it back"),
}
TEXTS = {
    TAKE_OVER: gettext_lazy("You work on this claim from now on, and its time at your level begins."),
    HAND_UP: gettext_lazy("The next level gets the claim and has to take it over in time."),
    SEND_BACK: gettext_lazy("A level below gets the claim again and has to take it over in time."),
}
DONE = {
    TAKE_OVER: gettext_lazy("You have taken it over."),
    HAND_UP: gettext_lazy("Handed up."),
    SEND_BACK: gettext_lazy("Sent back."),
}
SERVICES = {
    TAKE_OVER: escalation.take_over,
    HAND_UP: escalation.hand_up,
    SEND_BACK: escalation.send_back,
}
ICONS = {TAKE_OVER: "check", HAND_UP: "up", SEND_BACK: "left"}


def take_over_step(claim: Claim, running: Iterable[ClaimClock], user, may: frozenset[str]) -> Step | None:
    """The step a claim waits for that has come to this person's level and was answered before."""
    if claim.status == Status.SUBMITTED and "claims.accept_claim" in may:
        return None
    if not _is_possible(TAKE_OVER, claim, running, user, may):
        return None
    return _step(TAKE_OVER, claim, "main")


def further_steps(claim: Claim, user, may: frozenset[str]) -> list[Step]:
    """Handing up and sending back, where this person may and there is somebody."""
    return [_step(step, claim) for step in (HAND_UP, SEND_BACK) if _is_possible(step, claim, (), user, may)]


def _step(step: str, claim: Claim, style: str = "") -> Step:
    url = reverse("claims:claim_hand_over", args=[claim.number, step])
    return Step(LABELS[step], url, ICONS[step], style)


def _is_possible(step: str, claim: Claim, running: Iterable[ClaimClock], user, may: frozenset[str]) -> bool:
    works_at = level_of(authority(user), claim)
    if not claim.is_open or PERMISSIONS[step] not in may or works_at is None or works_at < claim.level:
        return False
    if step == TAKE_OVER:
        return any(clock.clock == RESPONSE_OF[Level(claim.level)] for clock in running)
    return claim.level < Level.PLATFORM if step == HAND_UP else claim.level > Level.VILLAGE


class ClaimHandOver(CasePage):
    """Asks for what the step needs, then takes it. A step that is not allowed is not found."""

    permission = "claims.view_claim_page"
    template_name = "claims/claim_move.html"

    def get(self, request, number, step):
        claim = self._find(number, step)
        if not self._is_possible(claim, step):
            messages.info(request, _("This step is not possible in the claim's present state."))
            return redirect("claims:claim_detail", number)
        return self._page(claim, step, self._form(claim, step))

    def post(self, request, number, step):
        claim = self._find(number, step)
        form = self._form(claim, step, request.POST)
        if form.is_valid():
            given = dict(form.cleaned_data)
            version = given.pop("version")
            if form.call(
                SERVICES[step],
                claim=claim,
                by=request.user,
                now=timezone.now(),
                expected_version=version,
                **given,
            ):
                messages.success(request, DONE[step])
                return redirect("claims:claim_detail", number)
            claim = self._find(number, step)
            if form.refused.code == "stale":
                form.renew(claim.version)
        return self._page(claim, step, form)

    def _find(self, number: str, step: str) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line")
        claim = get_object_or_404(claims, number=number)
        if step not in PERMISSIONS or PERMISSIONS[step] not in permissions(self.request.user, claim):
            raise Http404
        return claim

    def _is_possible(self, claim: Claim, step: str) -> bool:
        running = running_clocks([claim.pk]) if step == TAKE_OVER else ()
        user = self.request.user
        return _is_possible(step, claim, running, user, permissions(user, claim))

    def _form(self, claim: Claim, step: str, data=None):
        now = timezone.now()
        initial = {"version": claim.version}
        if step == HAND_UP:
            return HandUpForm(data, initial=initial)
        if step == SEND_BACK:
            levels = [
                (level.value, station or LevelChoices(level).label)
                for level, station in escalation.levels_below(claim, now=now)
            ]
            highest = {"to_level": levels[-1][0]} if levels else {}
            return SendBackForm(data, initial={**initial, **highest}, levels=levels)
        if claim.status != Status.SUBMITTED:
            return PlainForm(data, initial=initial)
        initial["progress"] = _("Taken up, evidence is being looked at.")
        initial["finish_at"] = timezone.localtime(max(claim.handling_due_at, now + timedelta(hours=1)))
        initial["method"] = _("By the published rules; the villager chooses.")
        return AcceptForm(data, initial=initial)

    def _page(self, claim: Claim, step: str, form):
        tones.mark([claim], timezone.now())
        return self.page(
            claim=claim,
            form=form,
            title=LABELS[step],
            text=TEXTS[step],
            is_possible=self._is_possible(claim, step),
            place=claim.station,
            status=409 if form.refused else 200,
        )
