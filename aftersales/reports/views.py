"""Reports: GET only, on the connection that cannot write."""

from __future__ import annotations

from datetime import date

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from aftersales.audit import trail
from aftersales.reports import county_month
from aftersales.web import exports
from claims.queries.figures import months_back
from stations.access.guards import PermissionMixin, may_throughout

MONTHS_OFFERED = 24


def month_asked(request) -> date:
    """The month in ?month=2026-11, else the present one in Shanghai; 404 for anything else."""
    asked = request.GET.get("month", "")
    today = timezone.localdate()
    if not asked:
        return today.replace(day=1)
    try:
        month = date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise Http404 from None
    if not date(2020, 1, 1) <= month <= today:
        raise Http404
    return month


class ReportView(PermissionMixin, TemplateView):
    permission = "reports.view_reports"
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **kwargs):
        month = month_asked(self.request)
        return super().get_context_data(
            month=month,
            months=months_back(timezone.localdate(), MONTHS_OFFERED)[::-1],
            places=county_month.places_in_reach(),
            **kwargs,
        )


class IndexView(ReportView):
    """Every county in reach with its month at a glance."""

    template_name = "reports/index.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        figures = county_month.overview(context["month"])
        rows = [{"place": place, "figures": figures.get(place.code)} for place in context["places"]]
        return {**context, "rows": rows}


class CountyMonthView(ReportView):
    """One county, one month: figures with their definitions, claims by class and state; XLSX and CSV."""

    template_name = "reports/county_month.html"

    def get(self, request, *args, **kwargs):
        context = self.get_context_data(**kwargs)
        form = request.GET.get("format", "")
        if not form:
            return self.render_to_response(context)
        if form not in ("xlsx", "csv"):
            raise Http404
        return self._export(context, form)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        code = self.request.GET.get("county", "")
        place = next((place for place in context["places"] if place.code == code), None)
        if place is None and not code and context["places"]:
            place = context["places"][0]
        if place is None:
            raise Http404
        figures = county_month.month_figures(context["month"], place.code)
        hide_small = not may_throughout(self.request.user, "claims.view_claim", place.code)
        return {
            **context,
            "place": place,
            "figures": figures,
            "hide_small": hide_small,
            "figure_rows": county_month.figure_rows(figures),
            "class_headings": county_month.class_headings(),
            "class_rows": county_month.class_rows(figures, hide_small=hide_small),
        }

    def _export(self, context, form: str):
        place, month = context["place"], f"{context['month']:%Y-%m}"
        written = exports.write(
            county_month.export_of(
                title=_("County month %(place)s %(month)s") % {"place": place.name, "month": month},
                figures=context["figures"],
                hide_small=context["hide_small"],
                made_by=str(self.request.user),
                made_at=timezone.now(),
                filters=[(_("County"), place.name), (_("Month"), month)],
            ),
            form,
        )
        trail.record(
            "report.exported",
            by=self.request.user,
            county_code=place.code,
            after={
                "report": "county_month",
                "month": month,
                "form": form,
                "rows": written.rows,
                "sha256": written.sha256,
            },
        )
        return written.response()
