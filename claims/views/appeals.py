"""Appeals against refusals: taken down at a station, listed, answered one level higher."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import capped_count, keyset_page
from claims.forms.appeals import UPHOLD, AnswerForm, AppealForm
from claims.models import Appeal, Photo
from claims.models.appeals import AppealState
from claims.models.compensation import ApprovalLevel
from claims.queries import decisions
from claims.queries import refusals as reading
from claims.rules.approval import Level, may_decide
from claims.services import appeals as service
from claims.views.compensation import CONFLICTS
from claims.views.places import CasePage
from claims.views.refusal_words import letter
from stations.access.guards import require
from stations.access.places import permissions

ROWS = 30
TONES = {AppealState.OPEN: "wait", AppealState.UPHELD: "good", AppealState.DISMISSED: "neutral"}


class ClaimAppeal(CasePage):
    """What the villager says against a refusal, taken down by the station."""

    permission = "claims.file_appeal"
    template_name = "claims/claim_appeal.html"

    def get(self, request, number):
        return self._page(self._refusal(number), AppealForm())

    def post(self, request, number):
        refusal = self._refusal(number)
        form = AppealForm(request.POST)
        if form.is_valid() and form.call(
            service.file, claim=refusal.claim, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The appeal is filed. Somebody at a higher level answers it."))
            return redirect("claims:appeal_detail", form.result.pk)
        return self._page(refusal, form)

    def _refusal(self, number):
        refusal = reading.letters().filter(claim__number=number).first()
        if refusal is None:
            raise Http404
        return refusal

    def _page(self, refusal, form):
        known = letter(refusal, today=timezone.localdate())
        if known["appeal"] is not None and form.refused is None:
            return redirect("claims:appeal_detail", known["appeal"].pk)
        return self.page(
            claim=refusal.claim,
            form=form,
            place=refusal.claim.station,
            status=409 if form.refused else 200,
            **known,
        )


class AppealList(CasePage):
    """Appeals: those that wait for the reader's answer, or all, the last filed first."""

    permission = "claims.view_claim_page"
    template_name = "claims/appeal_list.html"

    def get(self, request):
        waiting = reading.appeals_for(request.user, timezone.now())
        answers = "claims.decide_appeal" in permissions(request.user)
        shows_all = not answers or request.GET.get("show") == "all"
        rows, order = (
            (reading.appeals(), ("-filed_at", "-id")) if shows_all else (waiting, ("answer_by", "id"))
        )
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=order, size=ROWS)
        today = timezone.localdate()
        for appeal in page:
            appeal.tone = TONES[AppealState(appeal.state)]
            appeal.is_late = appeal.state == AppealState.OPEN and appeal.answer_by < today
        return self.page(
            list_page=page,
            answers=answers,
            shows_all=shows_all,
            waiting_count=capped_count(waiting) if answers else None,
        )


class AppealDetail(CasePage):
    """One appeal beside the refusal, and the answer of whoever may give it."""

    permission = "claims.view_claim_page"
    template_name = "claims/appeal_detail.html"

    def get(self, request, pk):
        return self._page(self._appeal(pk), AnswerForm())

    def post(self, request, pk):
        require(request.user, "claims.decide_appeal")
        appeal = self._appeal(pk)
        form = AnswerForm(request.POST)
        if form.is_valid():
            act = service.uphold if form.cleaned_data["decision"] == UPHOLD else service.dismiss
            if form.call(
                act,
                appeal=appeal,
                answer=form.cleaned_data["answer"],
                by=request.user,
                now=timezone.now(),
            ):
                return redirect("claims:appeal_detail", pk)
            appeal = self._appeal(pk)
        return self._page(appeal, form)

    def _appeal(self, pk) -> Appeal:
        appeals = Appeal.objects.select_related("filed_by", "answered_by")
        appeal = get_object_or_404(appeals, pk=pk)
        appeal.refusal = get_object_or_404(reading.letters(), pk=appeal.refusal_id)
        appeal.claim = appeal.refusal.claim
        return appeal

    def _page(self, appeal, form):
        claim, user = appeal.claim, self.request.user
        own = decisions.level_of(user, claim, now=timezone.now())
        conflict = decisions.conflict_of(user, claim)
        is_involved = user.pk in (appeal.refused_by_id, appeal.filed_by_id)
        return self.page(
            appeal=appeal,
            claim=claim,
            refusal=appeal.refusal,
            rule=letter(appeal.refusal, today=timezone.localdate())["rule"],
            photos=list(Photo.objects.filter(claim=claim).order_by("id")),
            tone=TONES[AppealState(appeal.state)],
            level=ApprovalLevel(appeal.needs_level).label,
            conflict=_("You refused the claim or filed the appeal, so somebody else answers.")
            if is_involved
            else CONFLICTS.get(conflict, ""),
            is_too_low=own is None or not may_decide(own, Level(appeal.needs_level)),
            is_late=appeal.state == AppealState.OPEN and appeal.answer_by < timezone.localdate(),
            form=form,
            letter_url=f"{reverse('claims:claim_refusal', args=[claim.number])}?round={appeal.refusal.round}",
            place=claim.station,
            status=409 if form.refused else 200,
        )
