"""Findings of inspections and what was done about them, for regulators: GET only, without persons."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from django.views.generic import TemplateView

from aftersales.audit import trail
from aftersales.reports import county_month, finding_list
from aftersales.web import exports
from aftersales.web.paging import keyset_page
from claims.models.supervision import FINDING_TONES
from claims.rules.supervision import REMINDED_STATES
from stations.access.guards import PermissionMixin

PAGE_SIZE = 30


class FindingsView(PermissionMixin, TemplateView):
    """All findings in reach, the last found first; `?format=xlsx` or `csv` gives them as a table."""

    permission = "reports.view_reports"
    http_method_names = ["get", "head", "options"]
    template_name = "reports/findings.html"

    def get(self, request, *args, **kwargs):
        asked = request.GET.get("format", "")
        if not asked:
            return self.render_to_response(self.get_context_data(**kwargs))
        if asked not in ("xlsx", "csv"):
            raise Http404
        return self._table(asked)

    def get_context_data(self, **kwargs):
        today, form, rows = self._asked()
        page = keyset_page(
            rows, cursor=self.request.GET.get("cursor", ""), order=finding_list.ORDER, size=PAGE_SIZE
        )
        for finding in page.rows:
            finding.tone = FINDING_TONES[finding.state]
            finding.is_overdue = finding.state in REMINDED_STATES and finding.due_on < today
        return super().get_context_data(
            form=form,
            list_page=page,
            is_narrowed=any(form.wanted.values()),
            standing=finding_list.standing(finding_list.findings(), today),
            **kwargs,
        )

    def _asked(self):
        """Today, the filters and the findings they leave."""
        today = timezone.localdate()
        form = finding_list.FindingFilter(self.request.GET, places=county_month.places_in_reach())
        return today, form, finding_list.narrowed(finding_list.findings(), form.wanted, today)

    def _table(self, asked):
        _today, form, rows = self._asked()
        now = timezone.now()
        export = finding_list.export_of(
            rows, filters=form.in_words(), made_by=str(self.request.user), made_at=now
        )
        written = exports.write(export, asked)
        trail.record(
            "report.exported",
            by=self.request.user,
            after={
                "report": "findings",
                "filters": len(form.in_words()),
                "form": asked,
                "rows": written.rows,
                "sha256": written.sha256,
            },
            at=now,
        )
        return written.response()
