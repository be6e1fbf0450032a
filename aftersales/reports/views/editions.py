"""Frozen reports for those who read them: the tree of regions, one edition, its history, two side by side."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views.generic import TemplateView, View

from aftersales.audit import trail
from aftersales.reports import editions
from aftersales.reports.connection import CONNECTION
from aftersales.reports.models import ReportEdition
from aftersales.reports.reading import Damaged
from aftersales.web.paging import keyset_page
from claims.queries.figures import cells
from stations.access.guards import PermissionMixin, may_throughout

WHOLE = ""


class EditionMixin(PermissionMixin):
    """Pages about one edition in the reader's reach; 404 for any other."""

    permission = "reports.view_reports"
    http_method_names = ["get", "head", "options"]

    @cached_property
    def edition(self) -> ReportEdition:
        found = editions.editions().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def content(self):
        return editions.opened(self.edition)


class EditionView(EditionMixin, TemplateView):
    """An edition as it was frozen; beside its figures what they would be today."""

    template_name = "reports/edition.html"

    def get_context_data(self, **kwargs):
        edition = self.edition
        try:
            content = self.content
        except Damaged:
            return super().get_context_data(edition=edition, is_damaged=True, **kwargs)
        department = self.request.GET.get("department", WHOLE)
        if department not in (WHOLE, *content.departments):
            raise Http404
        now = cells.of_region(edition.region_code, content.period, using=CONNECTION)
        entries = content.departments[department] if department else content.figures.values()
        rows = editions.rows(entries, now)
        below = editions.keys_of(content.period, [row.code for row in content.children])
        return super().get_context_data(
            edition=edition,
            content=content,
            rows=rows,
            moved=sum(bool(row.today) for row in rows),
            counted_at=cells.counted_at(using=CONNECTION),
            department=department,
            forms=("xlsx", "csv", "pdf"),
            policies=editions.policies(content),
            departments=[(code, content.words("department", code)) for code in content.departments],
            classes=[
                {
                    "name": f"{row.goods} · {row.nature}",
                    "counts": editions.shown_counts([*row.counts, row.total]),
                }
                for row in content.class_rows
            ],
            totals=editions.shown_counts([*content.group_totals, content.total]),
            children=[
                {
                    "place": row,
                    "edition": below.get(row.code),
                    "values": [editions.words(entry) for entry in row.values],
                }
                for row in content.children
            ],
            completeness=[
                {
                    "row": row,
                    "counts": editions.shown_counts(
                        (row.filed, row.days_without_filing, row.follow_ups_open, row.unclassified)
                    ),
                }
                for row in content.completeness
            ],
            corrected_by=editions.corrected_by(edition),
            may_correct=may_throughout(self.request.user, "reports.freeze_period"),
            may_publish=may_throughout(self.request.user, "reports.publish_report"),
            **kwargs,
        )


class EditionContentView(EditionMixin, View):
    """The bytes that were frozen, so that anybody can check the fingerprint."""

    def get(self, request, pk):
        edition = self.edition
        trail.record(
            "report.exported",
            by=request.user,
            county_code=edition.region_code,
            after={
                "report": "edition",
                "region": edition.region_code,
                "period": edition.period,
                "number": edition.number,
                "form": "json",
                "sha256": edition.sha256,
            },
        )
        name = f"{edition.region_code}-{edition.period}-{edition.number}.json"
        return HttpResponse(
            edition.content.encode(),
            content_type="application/json; charset=utf-8",
            headers={
                "Content-Disposition": content_disposition_header(True, name),
                "Cache-Control": "private, no-store",
                "X-Content-Type-Options": "nosniff",
            },
        )


class HistoryView(PermissionMixin, TemplateView):
    """Every edition of one region, the newest period first."""

    permission = "reports.view_reports"
    template_name = "reports/history.html"
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs):
        code = self.kwargs["region_code"]
        own = editions.editions().filter(region_code=code).defer("content")
        page = keyset_page(own, cursor=self.request.GET.get("cursor", ""), order=("-period", "-number"))
        if not page.rows:
            raise Http404
        return super().get_context_data(page=page, place=page.rows[0], **kwargs)


class CompareView(EditionMixin, TemplateView):
    """Two editions of one region side by side, the older one first."""

    template_name = "reports/compare.html"

    def get_context_data(self, **kwargs):
        others = list(editions.others_of(self.edition)[:60])
        asked = self.request.GET.get("with", "")
        other = next((each for each in others if str(each.pk) == asked), None)
        if asked and other is None:
            raise Http404
        other = other or next(iter(others), None)
        context = super().get_context_data(edition=self.edition, others=others, other=other, **kwargs)
        if other is None:
            return context
        before, after = sorted((self.edition, other), key=lambda each: (each.period, each.number))
        steps = editions.steps(editions.opened(before), editions.opened(after))
        return {**context, "before": before, "after": after, "steps": steps}
