"""Repairs of a claim's goods: the attempts so far, a new one, and its outcome."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.forms.repairs import RepairBeginForm, RepairFinishForm
from claims.models import Claim, Repair
from claims.queries import repairs as reading
from claims.rules import repairs as rule
from claims.rules.repairs import Because, RepairOutcome
from claims.services import repairs as service
from claims.views.places import CasePage
from stations.rules.parties import PartyKind
from stations.services import parties

BECAUSE = {
    Because.FAILED_TWICE: gettext_lazy("Two repairs did not help."),
    Because.TOOK_TOO_LONG: gettext_lazy("The goods were away for repair for more than 35 days in all."),
    Because.NOT_WORTH_IT: gettext_lazy("A repair is not worth it."),
}
OUTCOME_TONES = {
    "": "wait",
    RepairOutcome.FIXED: "good",
    RepairOutcome.FAILED: "bad",
    RepairOutcome.NOT_WORTH_IT: "bad",
}


class ClaimRepairs(CasePage):
    """One form at a time: hand in, or note the outcome of what is away."""

    permission = "claims.work_on_claim"
    template_name = "claims/claim_repairs.html"

    def get(self, request, number):
        claim = self._claim(number)
        return self._page(claim, None)

    def post(self, request, number):
        claim = self._claim(number)
        running = self._running(reading.attempts_of(claim.order_line))
        form = (RepairFinishForm if running else RepairBeginForm)(request.POST)
        if form.is_valid():
            given = {"by": request.user, "now": timezone.now(), **form.cleaned_data}
            if running and form.call(service.finish, repair=running, **given):
                messages.success(request, _("The outcome is noted."))
                return redirect("claims:claim_repairs", number)
            if not running and form.call(self._begin, claim=claim, **given):
                messages.success(request, _("Handed in for repair."))
                return redirect("claims:claim_repairs", number)
        return self._page(claim, form)

    def _begin(self, *, provider: str, by, now, **given) -> Repair:
        """A workshop that nobody has named before joins the list of parties."""
        with transaction.atomic():
            party = None
            if provider:
                party = parties.find_or_create(kind=PartyKind.PROVIDER, name=provider, by=by, now=now)
            return service.begin(provider=party, by=by, now=now, **given)

    def _claim(self, number) -> Claim:
        claims = Claim.objects.select_related("station", "consumer", "order_line__order")
        return get_object_or_404(claims, number=number)

    def _running(self, attempts: list[Repair]) -> Repair | None:
        return next((each for each in attempts if not each.outcome), None)

    def _page(self, claim, form):
        attempts, today = reading.attempts_of(claim.order_line), timezone.localdate()
        facts = reading.facts(attempts)
        for each in attempts:
            each.tone = OUTCOME_TONES[each.outcome]
        running = self._running(attempts)
        if form is None and claim.is_open:
            form = RepairFinishForm(initial={"ended_on": today}) if running else None
            form = form or RepairBeginForm(initial={"began_on": today})
        return self.page(
            claim=claim,
            line=claim.order_line,
            attempts=attempts,
            running=running,
            days=rule.days_in_repair(facts, today),
            most_days=rule.MOST_DAYS,
            failures=sum(each.outcome == RepairOutcome.FAILED for each in attempts),
            most_failures=rule.MOST_FAILURES,
            because=[BECAUSE[each] for each in rule.may_replace(facts, today)],
            form=form,
            place=claim.station,
            status=409 if form is not None and form.refused else 200,
        )
