"""Published reports: every edition as it was frozen, with its fingerprint."""

import django_filters
from django.http import Http404
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.reports import published
from aftersales.reports.api.figures import period_or_404
from aftersales.web.api.fields import Output
from aftersales.web.api.filters import WordFilter
from aftersales.web.api.reference import ReferenceView

LEVELS = {0: "nation", 1: "province", 2: "city", 3: "county"}


class ReportFilter(django_filters.FilterSet):
    region = WordFilter(field_name="region_code", label="12-digit code; 000000000000 is the whole country.")
    period = WordFilter(field_name="period", label="A quarter, such as 2026-Q3.")


class ReportOut(Output):
    region = serializers.CharField(source="region_code")
    region_name = serializers.CharField()
    level = serializers.SerializerMethodField()
    period = serializers.CharField()
    number = serializers.IntegerField(help_text="Number of the edition; above 1 it is a correction.")
    reason = serializers.CharField(help_text="Why it was corrected; empty for the first.")
    sha256 = serializers.CharField(help_text="Fingerprint of the content as canonical JSON.")
    frozen_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField()

    def get_level(self, edition) -> str:
        return LEVELS[edition.level]


class OneReportOut(ReportOut):
    foreword = serializers.CharField()
    content = serializers.SerializerMethodField(
        help_text="All it says. Written with sorted keys, no blanks and in UTF-8 it has the fingerprint."
    )

    def get_content(self, edition) -> dict:
        return published.content_of(edition)


class ReportsView(ReferenceView):
    """Published quarterly reports of regions, the newest first; known to everybody."""

    scopes = {"GET": ApiScope.FIGURES_READ}
    for_consumers = False
    serializer_class = ReportOut
    filterset_class = ReportFilter
    order = ("-id",)
    is_list = True

    def get(self, request):
        """List published reports"""
        return self.page(published.every_edition())


class ReportView(ReferenceView):
    """One edition of a published report, word by word."""

    scopes = {"GET": ApiScope.FIGURES_READ}
    for_consumers = False
    serializer_class = OneReportOut

    def get(self, request, code, period, number):
        """Show a published report"""
        edition = published.edition(code, period_or_404(period), number)
        if edition is None:
            raise Http404
        return self.one(edition)
