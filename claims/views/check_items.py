"""One drawn claim, without anybody's personal data, beside the checklist."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.forms.supervision import ItemForm
from claims.models import Check, CheckItem, Claim, Compensation, Photo, Refusal, Score, VisitCost
from claims.queries import claims as claim_reading
from claims.queries import supervision as reading
from claims.rules.supervision import without_numbers
from claims.services import checks as service
from claims.views import supervision_words as words
from claims.views.checks import SUPERVISE, CheckPage
from claims.views.formula import formula
from claims.views.timeline import entries
from stations.access.guards import require


class CheckedClaim(CheckPage):
    """What happened with the claim, and the answers; others read them when the check is closed."""

    template_name = "claims/check_item.html"

    def get(self, request, pk, position):
        check, item = self._find(pk, position)
        checklist = reading.checklist_of(check)
        return self._page(check, item, ItemForm(checklist=checklist, item=item))

    def post(self, request, pk, position):
        require(request.user, SUPERVISE)
        check, item = self._find(pk, position)
        form = ItemForm(request.POST, checklist=reading.checklist_of(check), item=item)
        if form.is_valid() and form.call(
            service.answer_item,
            item=item,
            answers=form.answers,
            remark=form.cleaned_data["remark"],
            seen=form.cleaned_data["seen"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Noted."))
            return self._go_on(check, position)
        return self._page(check, item, form)

    def _find(self, pk, position) -> tuple[Check, CheckItem]:
        check = self.find(pk)
        if not self.shows_claims(check):
            raise Http404
        rows = CheckItem.objects.select_related("checked_by")
        return check, get_object_or_404(rows, check_round=check, position=position)

    def _go_on(self, check, position):
        """To the next claim that is not gone through, or back to the check."""
        left = CheckItem.objects.filter(check_round=check, checked_at__isnull=True)
        following = left.filter(position__gt=position).order_by("position").first()
        following = following or left.order_by("position").first()
        if following is None:
            return redirect("supervision:check_detail", check.pk)
        return redirect("supervision:check_item", check.pk, following.position)

    def _page(self, check, item, form):
        findings = list(reading.findings().filter(item=item))
        words.mark_findings(findings, timezone.localdate())
        claim = Claim.objects.select_related("order_line__order", "station", "consumer", "liable_party").get(
            pk=item.claim_id
        )
        return self.page(
            status=409 if form.refused else 200,
            **self.about(check),
            **_shown(claim),
            item=item,
            form=form,
            findings=findings,
            is_involved=self.request.user.pk in reading.involved(claim),
            answers=_answers(reading.checklist_of(check), item),
        )


def _shown(claim: Claim) -> dict:
    """What who checks a claim sees of it: masked names, texts without numbers, sums, times and history."""
    compensation = (
        Compensation.objects.filter(claim=claim, round=claim.round)
        .select_related("policy", "approved_by")
        .order_by("-id")
        .first()
    )
    scores = Score.objects.filter(claim=claim, round=claim.round).order_by("stars")
    history = entries(claim_reading.timeline(claim), is_decider=True)
    return {
        "subject": claim,
        "line": claim.order_line,
        "description": without_numbers(claim.description),
        "compensation": compensation,
        "formula": formula(compensation, claim.order_line.unit) if compensation else None,
        "refusal": Refusal.objects.filter(claim=claim).order_by("-id").first(),
        "photos": Photo.objects.filter(claim=claim).count(),
        "costs": list(VisitCost.objects.filter(visit__claim=claim, withdrawn_at__isnull=True).order_by("id")),
        "stars": next(iter(scores.values_list("stars", flat=True)), None),
        "events": [
            {
                "at": each.at,
                "title": each.title,
                "who": each.who,
                "tone": each.tone,
                "text": without_numbers(each.text),
            }
            for each in history
        ],
    }


def _answers(checklist, item) -> list[tuple[str, str]]:
    labels = {"yes": _("Yes"), "no": _("No"), "na": _("n/a")}
    return [
        (question.ask, labels[item.answers[question.key]])
        for question in checklist.questions
        if question.key in item.answers
    ]
