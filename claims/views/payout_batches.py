"""Files for the bank: made, downloaded, and their results entered."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.formats import money
from aftersales.web.paging import keyset_page
from claims.forms.payouts import BatchForm, ResultsForm
from claims.models import Payout, PayoutBatch
from claims.queries import payouts as reading
from claims.rules.payouts import PayoutState
from claims.services import payout_batches as service
from claims.views.fund import FundPage
from claims.views.payout_words import mark
from claims.views.payouts import RECORD

PAGE_SIZE = 50


class PayoutBatchNew(FundPage):
    """All transfers that wait go into one file."""

    permission = RECORD
    here = "payouts"
    template_name = "claims/payout_batch_new.html"

    def get(self, request, county_code):
        return self._page(self.fund(county_code), BatchForm(initial={"until": timezone.localdate()}))

    def post(self, request, county_code):
        fund, form = self.fund(county_code), BatchForm(request.POST)
        if form.is_valid() and form.call(
            service.make, fund=fund, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            return redirect("claims:payout_batch", form.result.pk)
        return self._page(fund, form)

    def _page(self, fund, form):
        number, total = reading.counts(fund).get("to_send", (0, 0))
        return self.page(
            fund=fund, form=form, number=number, total=total, status=409 if form.refused else 200
        )


class PayoutBatchDetail(FundPage):
    """One file: its transfers with their results; results read from the bank's file, or all at once."""

    permission = RECORD
    here = "payouts"
    template_name = "claims/payout_batch.html"

    def get(self, request, pk):
        return self._page(self._batch(pk), ResultsForm())

    def post(self, request, pk):
        batch = self._batch(pk)
        if "rest" in request.POST:
            return self._confirm_rest(batch)
        form = ResultsForm(request.POST, request.FILES)
        results = None
        if form.is_valid():
            with tempfile.NamedTemporaryFile() as kept:
                for part in form.cleaned_data["file"].chunks():
                    kept.write(part)
                kept.flush()
                results = service.read_results(
                    batch=batch,
                    path=Path(kept.name),
                    form=form.form_of_file,
                    by=request.user,
                    now=timezone.now(),
                )
        return self._page(batch, form, results)

    def _confirm_rest(self, batch):
        try:
            number = service.confirm_rest(batch=batch, by=self.request.user, now=timezone.now())
        except Refused as refused:
            messages.error(self.request, refused.message)
        else:
            messages.success(self.request, _("Arrived: %(number)s.") % {"number": number})
        return redirect("claims:payout_batch", batch.pk)

    def _batch(self, pk) -> PayoutBatch:
        return get_object_or_404(PayoutBatch.objects.select_related("fund", "made_by"), pk=pk)

    def _page(self, batch, form, results=None):
        rows = Payout.objects.filter(batch=batch).select_related("claim__consumer", "account")
        page = keyset_page(
            rows, cursor=self.request.GET.get("cursor", ""), order=reading.OLDEST_ORDER, size=PAGE_SIZE
        )
        now = timezone.now()
        for payout in page.rows:
            mark(payout, now)
        waiting = Payout.objects.filter(batch=batch, state=PayoutState.IN_FILE)
        return self.page(
            fund=batch.fund,
            batch=batch,
            form=form,
            results=results,
            list_page=page,
            open_count=waiting.count(),
            total=money(batch.total_fen),
        )


class PayoutBatchFile(FundPage):
    """The download; it opens sealed accounts and is kept in history, so it is sent for, not linked."""

    permission = RECORD
    http_method_names = ["post"]

    def post(self, request, pk, form):
        batch = get_object_or_404(PayoutBatch.objects.select_related("fund", "made_by"), pk=pk)
        try:
            written = service.download(batch=batch, form=form, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("claims:payout_batch", batch.pk)
        return written.response()
