"""The approver's page: the evidence, the money, the limits and the past on one page, and the decision."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.forms.compensation import ApproveForm, RefuseForm, VersionedForm
from claims.models import Compensation
from claims.models.fund import LimitKind
from claims.queries.dossiers import dossiers
from claims.queries.limits import left_for
from claims.services import compensation as service
from claims.views.compensation import CONFLICTS, REASONS, UNDECIDED, CompensationPage
from claims.views.flag_words import reason

LIMITS = {
    LimitKind.STATION_DAY: gettext_lazy("The station today"),
    LimitKind.PERSON_DAY: gettext_lazy("You today"),
    LimitKind.FUND_MONTH: gettext_lazy("The fund this month"),
    LimitKind.CLAIM: gettext_lazy("This claim"),
}


class ClaimDecide(CompensationPage):
    """A claims officer or manager looks at the evidence and approves or refuses."""

    permission = "claims.approve_compensation"

    def get(self, request, number):
        claim, compensation = self.find(number)
        return self._page(claim, compensation)

    def post(self, request, number):
        claim, compensation = self.find(number)
        if "refuse" in request.POST:
            return self._refuse(claim, compensation)
        form = ApproveForm(request.POST)
        if form.is_valid() and form.call(
            service.approve,
            compensation=compensation,
            by=request.user,
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        ):
            messages.success(request, _("Approved. It can be carried out now."))
            return redirect("claims:claim_detail", number)
        return self._page(*self.find(number), approve=form)

    def _refuse(self, claim, compensation):
        form = RefuseForm(self.request.POST)
        if form.is_valid() and form.call(
            service.refuse,
            compensation=compensation,
            code=form.cleaned_data["code"],
            text=form.cleaned_data["text"],
            by=self.request.user,
            now=timezone.now(),
            expected_version=form.cleaned_data["version"],
        ):
            messages.success(
                self.request,
                _("Refused. The villager reads your explanation on the progress page. Print the letter."),
            )
            return redirect("claims:claim_refusal", claim.number)
        return self._page(*self.find(claim.number), refuse=form)

    def _page(
        self, claim, compensation, approve: VersionedForm | None = None, refuse: VersionedForm | None = None
    ):
        if compensation.state not in UNDECIDED:
            return redirect("claims:claim_detail", claim.number)
        for form in filter(None, (approve, refuse)):
            form.renew(compensation.version)
        now = timezone.now()
        [dossier] = dossiers([compensation], reader=self.request.user, now=now)
        initial = {"version": compensation.version}
        return self.show(
            "claim_decide",
            claim,
            compensation,
            dossier=dossier,
            photos=dossier.photos,
            limits=self._limits(dossier, compensation, now),
            flags=[(each.flag, reason(each)) for each in dossier.flags],
            reasons=[REASONS[code] for code in compensation.level_reasons if code in REASONS],
            conflict=CONFLICTS[dossier.conflict] if dossier.conflict else "",
            is_too_low=dossier.level_is_too_low,
            approve=approve or ApproveForm(initial=initial),
            refuse=refuse or RefuseForm(initial=initial),
            status=409 if (approve and approve.refused) or (refuse and refuse.refused) else 200,
        )

    def _limits(self, dossier, compensation: Compensation, now) -> list[dict]:
        """What is left of each limit, and whether this refund fits into it."""
        if dossier.fund is None:
            return []
        claim = compensation.claim
        found = left_for(fund=dossier.fund.fund, claim=claim, person_id=self.request.user.pk, now=now)
        needed = compensation.payable_fen if compensation.draws_on_fund else 0
        return [
            {
                "label": LIMITS[left.kind],
                "left_fen": left.left_fen,
                "limit_fen": left.limit_fen,
                "is_short": left.left_fen < needed,
            }
            for left in found
        ]
