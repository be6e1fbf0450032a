"""What caught the eye at a claim: the pictures side by side, and what a person makes of it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.flags import VerdictForm
from claims.models import Claim
from claims.models.flags import Verdict
from claims.queries import decisions
from claims.queries.flags import Standing, standing
from claims.services import flag_verdicts
from claims.views.actions import Step
from claims.views.compensation import CONFLICTS
from claims.views.flag_words import reason
from claims.views.places import CasePage

TONES = {"": "warn", Verdict.HARMLESS: "good", Verdict.CONFIRMED: "bad"}


def further_steps(claim: Claim, may: frozenset[str]) -> list[Step]:
    """The way to the flags of a claim that `marked` has read, for those who judge, where there are any."""
    if "claims.judge_flag" not in may or not claim.is_flagged:
        return []
    return [Step(_("What caught the eye"), reverse("claims:claim_flags", args=[claim.number]), "alert")]


class ClaimFlags(CasePage):
    """Every flag of a claim with its reason, its pictures and the verdict."""

    permission = "claims.judge_flag"
    template_name = "claims/claim_flags.html"

    def get(self, request, number):
        return self._page(self._find(number))

    def post(self, request, number):
        claim = self._find(number)
        form = VerdictForm(request.POST)
        is_valid = form.is_valid()
        flags = {each.flag.pk: each.flag for each in standing(claim)}
        flag = flags.get(form.cleaned_data.get("flag"))
        if flag is None and request.POST.get("flag"):
            raise Http404
        if flag is None:
            messages.error(request, _("Choose what you judge from the list."))
        elif is_valid and form.call(
            flag_verdicts.judge,
            flag=flag,
            verdict=form.cleaned_data["verdict"],
            note=form.cleaned_data["note"],
            was=form.cleaned_data["was"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Your verdict is kept."))
            return redirect(f"{reverse('claims:claim_flags', args=[number])}#flag-{flag.pk}")
        return self._page(claim, form)

    def _find(self, number) -> Claim:
        return get_object_or_404(
            Claim.objects.select_related("station", "consumer", "order_line", "filed_by"), number=number
        )

    def _page(self, claim, sent: VerdictForm | None = None):
        conflict = decisions.conflict_of(self.request.user, claim)
        standings = standing(claim)
        open_count = sum(not each.flag.verdict for each in standings)
        return self.page(
            claim=claim,
            place=claim.station,
            cards=[_card(each, sent, is_only_one=open_count == 1) for each in standings],
            open_count=open_count,
            conflict=CONFLICTS[conflict] if conflict else "",
            status=409 if sent is not None and sent.refused else 200,
        )


def _card(each: Standing, sent: VerdictForm | None, *, is_only_one: bool) -> dict:
    flag = each.flag
    is_sent = sent is not None and sent.cleaned_data.get("flag") == flag.pk
    if is_sent and sent.refused is not None and sent.refused.code == "stale":
        sent.renew(flag.verdict)
    initial = {"flag": flag.pk, "was": flag.verdict, "verdict": flag.verdict, "note": flag.note}
    return {
        "flag": flag,
        "reason": reason(each),
        "other": each.other,
        "tone": TONES[flag.verdict],
        "form": sent if is_sent else VerdictForm(initial=initial, auto_id=f"flag-{flag.pk}-%s"),
        "is_open": is_sent or (is_only_one and not flag.verdict),
    }
