"""Second looks at what the rule approved: what waits, the figures of the months, one of them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import keyset_page
from claims.forms.appeals import VerdictForm
from claims.models import Photo, ReviewSample
from claims.models.reviews import Verdict
from claims.queries import reviews as reading
from claims.services import reviews as service
from claims.views.formula import formula
from claims.views.places import CasePage

ROWS = 30
TONES = {Verdict.WAITING: "wait", Verdict.FINE: "good", Verdict.OBJECTION: "bad"}


class ReviewList(CasePage):
    """What the reader may look at, the oldest first; or all, the last drawn first."""

    permission = "claims.review_payouts"
    template_name = "claims/review_list.html"

    def get(self, request):
        shows_all = request.GET.get("show") == "all"
        rows, order = (
            (ReviewSample.objects.all(), ("-drawn_at", "-id"))
            if shows_all
            else (reading.waiting_for(request.user), ("drawn_at", "id"))
        )
        rows = rows.select_related("claim__order_line", "compensation", "station", "filed_by")
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=order, size=ROWS)
        for sample in page:
            sample.tone = TONES[Verdict(sample.verdict)]
        return self.page(list_page=page, shows_all=shows_all, months=reading.months(timezone.now()))


class ReviewDetail(CasePage):
    """One payout of the rule with its evidence, and what a second person finds."""

    permission = "claims.review_payouts"
    template_name = "claims/review_detail.html"

    def get(self, request, pk):
        return self._page(self._sample(pk), VerdictForm())

    def post(self, request, pk):
        form = VerdictForm(request.POST)
        sample = self._sample(pk)
        if form.is_valid() and form.call(
            service.judge, sample=sample, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Noted."))
            return redirect("claims:review_list")
        return self._page(self._sample(pk), form)

    def _sample(self, pk) -> ReviewSample:
        rows = ReviewSample.objects.select_related(
            "compensation__policy",
            "compensation__asked_by",
            "claim__order_line__order__merchant",
            "claim__consumer",
            "claim__station",
            "filed_by",
            "judged_by",
        )
        return get_object_or_404(rows, pk=pk)

    def _page(self, sample, form):
        claim = sample.claim
        return self.page(
            sample=sample,
            claim=claim,
            compensation=sample.compensation,
            line=claim.order_line,
            formula=formula(sample.compensation, claim.order_line.unit),
            photos=list(Photo.objects.filter(claim=claim).order_by("id")),
            tone=TONES[Verdict(sample.verdict)],
            is_involved=self.request.user.pk in reading.involved(sample),
            form=form,
            place=claim.station,
            status=409 if form.refused else 200,
        )
