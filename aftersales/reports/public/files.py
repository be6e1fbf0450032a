"""A published edition as a file: the frozen text itself, or made of it."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views import View

from aftersales.reports import published
from aftersales.reports.edition_words import LANGUAGES
from aftersales.reports.public.quarters import FORMS, quarter_or_404
from aftersales.reports.public.serving import answer_with_etag
from aftersales.reports.renderers import RENDERERS, of_edition
from aftersales.web.throttle import Throttle

CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
}
BY_ADDRESS = Throttle("public-files", 60, timedelta(minutes=15))
"""Files that have to be made cost more than a page; who has one already is not counted."""


class EditionFileView(View):
    """One edition as xlsx, csv, pdf or json; its address and bytes never change."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, region_code: str, period: str, number: int, form: str) -> HttpResponse:
        quarter = quarter_or_404(period)
        if form not in FORMS:
            raise Http404
        row = published.edition(region_code, quarter, number)
        if row is None:
            raise Http404
        address, now = request.META.get("REMOTE_ADDR", ""), timezone.now()
        if form != "json" and BY_ADDRESS.is_closed(address, now=now):
            return HttpResponse(_("Too many files at once. Wait 15 minutes and try again."), status=429)

        def build() -> bytes:
            if form == "json":
                return row.content.encode()
            BY_ADDRESS.count_failure(address, now=now)
            with translation.override(LANGUAGES[0]):
                return RENDERERS[form](of_edition(row, LANGUAGES[0])).file.read()

        return answer_with_etag(
            request,
            build,
            etag=f"{row.sha256[:32]}-{form}",
            content_type=CONTENT_TYPES[form],
            file_name=f"{region_code}-{period}-{number}.{form}",
        )
