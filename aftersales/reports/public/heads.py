"""The head of each day's audit chain, for anybody to keep a copy of."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views import View
from django.views.generic import TemplateView

from aftersales.audit.heads import text_of_head
from aftersales.reports import published
from aftersales.reports.public.serving import answer_with_etag
from aftersales.web.paging import keyset_page

PAGE_SIZE = 31


class HeadsView(TemplateView):
    """The hashes of the days, newest first, and how to check them."""

    template_name = "reports/public/heads.html"

    def get_context_data(self, **kwargs):
        page = keyset_page(
            published.heads(), cursor=self.request.GET.get("cursor", ""), order=("-day",), size=PAGE_SIZE
        )
        return super().get_context_data(list_page=page, today=timezone.localdate(), **kwargs)


class HeadTextView(View):
    """The text of a day, whose SHA-256 is that day's hash."""

    http_method_names = ["get", "head", "options"]

    def get(self, request, day: str) -> HttpResponse:
        try:
            asked = date.fromisoformat(day)
        except ValueError:
            raise Http404 from None
        head = published.heads().filter(day=asked).first()
        if head is None:
            raise Http404
        return answer_with_etag(
            request,
            lambda: text_of_head(head).encode(),
            etag=head.hash,
            content_type="text/plain; charset=utf-8",
            file_name=f"{asked}.txt",
        )
