"""Open data without an account: files of every published quarter, and what their columns mean."""

from __future__ import annotations

import csv
import hashlib
import io

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from aftersales.lib.periods import Period
from aftersales.reports import data_dictionary, open_data, published
from aftersales.reports.edition_words import period_words
from aftersales.reports.public.files import BY_ADDRESS, CONTENT_TYPES
from aftersales.reports.public.quarters import quarter_or_404
from aftersales.reports.public.serving import answer_with_etag

BOM = "\ufeff"


def state_or_404(period: Period) -> str:
    """What is published for a quarter, see open_data.state_of; 404 for nothing."""
    state = open_data.state_of(period)
    if not state:
        raise Http404
    return state


class OpenDataView(TemplateView):
    """The files of one quarter with size and fingerprint, the newest quarter first."""

    template_name = "reports/public/open_data.html"

    def get_context_data(self, **kwargs):
        quarters = published.quarters()
        asked = self.request.GET.get("quarter", "")
        shown = next((each for each in quarters if each.name == asked), quarters[0] if quarters else None)
        files = []
        if shown:
            state = open_data.state_of(shown)
            files = [
                {"dataset": dataset, "made": open_data.made(dataset.name, shown, state)}
                for dataset in open_data.DATASETS
            ]
        return super().get_context_data(
            quarters=[(each.name, period_words(each)) for each in quarters],
            shown=shown,
            title=shown and period_words(shown),
            files=files,
            licence=data_dictionary.LICENCE,
            **kwargs,
        )


class OpenFileView(View):
    """One table of one quarter as CSV."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, period: str, name: str) -> HttpResponse:
        quarter = quarter_or_404(period)
        if name not in open_data.BY_NAME:
            raise Http404
        state = state_or_404(quarter)
        address, now = request.META.get("REMOTE_ADDR", ""), timezone.now()
        if BY_ADDRESS.is_closed(address, now=now):
            return HttpResponse(_("Too many files at once. Wait 15 minutes and try again."), status=429)

        def build() -> bytes:
            before = open_data.made.cache_info().misses
            file = open_data.made(name, quarter, state)
            if open_data.made.cache_info().misses > before:
                BY_ADDRESS.count_failure(address, now=now)
            return file.content

        return answer_with_etag(
            request,
            build,
            etag=f"{state[:32]}-{name}",
            content_type=CONTENT_TYPES["csv"],
            file_name=f"{name}-{period}.csv",
        )


class SumsView(View):
    """The fingerprints of all files of a quarter."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, period: str) -> HttpResponse:
        quarter = quarter_or_404(period)
        state = state_or_404(quarter)
        return answer_with_etag(
            request,
            lambda: open_data.sums(quarter, state).encode(),
            etag=f"{state[:32]}-sums",
            content_type="text/plain; charset=utf-8",
            file_name=f"SHA256SUMS-{period}.txt",
        )


class DictionaryView(TemplateView):
    """What every file, column and code means."""

    template_name = "reports/public/dictionary.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            datasets=open_data.DATASETS,
            codes=list(data_dictionary.codes()),
            licence=data_dictionary.LICENCE,
            **kwargs,
        )


class DictionaryFileView(View):
    """The dictionary as CSV or JSON, in both languages."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, form: str) -> HttpResponse:
        if form not in ("csv", "json"):
            raise Http404
        content = data_dictionary.as_json() if form == "json" else _as_csv()
        return answer_with_etag(
            request,
            lambda: content,
            etag=hashlib.sha256(content).hexdigest(),
            content_type=CONTENT_TYPES[form],
            file_name=f"dictionary.{form}",
        )


def _as_csv() -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(data_dictionary.COLUMNS)
    writer.writerows(data_dictionary.lines())
    return (BOM + text.getvalue()).encode()


class HeadsFileView(View):
    """Day and fingerprint of every day, oldest first."""

    http_method_names = ["get", "head", "options"]

    def get(self, request) -> HttpResponse:
        newest = published.heads().values_list("hash", flat=True).first()
        if newest is None:
            raise Http404
        return answer_with_etag(
            request,
            _heads_as_csv,
            etag=newest,
            content_type=CONTENT_TYPES["csv"],
            file_name="heads.csv",
        )


def _heads_as_csv() -> bytes:
    rows = published.heads().order_by("day").values_list("day", "hash", "previous_hash")
    lines = ["day,hash,previous_hash", *(f"{day},{hash_},{before}" for day, hash_, before in rows)]
    return (BOM + "\r\n".join(lines) + "\r\n").encode()
