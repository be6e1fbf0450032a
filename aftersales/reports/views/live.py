"""What was counted up to now, and what is frozen of it: GET only, on the connection that cannot write."""

from __future__ import annotations

from datetime import date

from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.generic import TemplateView

from aftersales.lib.periods import Period, PeriodKind
from aftersales.reports import county_month, editions, exporting, live_export, live_hiding
from aftersales.reports.connection import CONNECTION
from aftersales.reports.exporting import CASE_BY_CASE
from aftersales.reports.renderers import RENDERERS
from aftersales.web.period_choices import MONTHS_OFFERED, period_asked
from claims.queries.figures import Figures, cells, months_back
from stations.access.guards import PermissionMixin, may_throughout
from stations.models.regions import LevelChoices

COLUMNS = (
    "filed",
    "resolution_rate",
    "response_median",
    "resolution_mean",
    "satisfaction",
    "compensated_amount",
)
EARLIEST = date(2020, 1, 1)


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
    if not EARLIEST <= month <= today:
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


class IndexView(PermissionMixin, TemplateView):
    """Every region in reach with its month or quarter: as frozen, else the counties as counted up to now."""

    permission = "reports.view_reports"
    http_method_names = ["get", "head", "options"]
    template_name = "reports/index.html"

    def get_context_data(self, **kwargs):
        asked = self.request.GET.get("period") or self.request.GET.get("month", "")
        choice = period_asked(asked, timezone.localdate())
        period = choice.period
        frozen = editions.newest_of(period)
        context = super().get_context_data(
            period=period,
            months=[each.name for each in choice.months],
            quarters=[each.name for each in choice.quarters],
            frozen=[self._frozen_row(each) for each in frozen],
            counted_at=cells.counted_at(using=CONNECTION),
            is_over=not choice.is_running,
            may_freeze=may_throughout(self.request.user, "reports.freeze_period"),
            **kwargs,
        )
        if frozen:
            return context
        figures = county_month.overview(period)
        places = county_month.places_in_reach()
        marks = live_hiding.hidden_counties(figures, [code for code in figures if self._sees_all_of(code)])
        rows = [
            {
                "place": place,
                "words": county_month.overview_words(figures[place.code], marks[place.code])
                if place.code in figures
                else [],
            }
            for place in places
        ]
        return {**context, "rows": rows}

    def _sees_all_of(self, code: str) -> bool:
        return may_throughout(self.request.user, CASE_BY_CASE, code)

    def _frozen_row(self, edition):
        content = editions.opened(edition)
        shown = {row.code: row for row in editions.rows(content.figures.values())}
        return {
            "edition": edition,
            "level": LevelChoices(edition.level).label if edition.level else "",
            "figures": [shown[code] for code in COLUMNS if code in shown],
        }


class CountyMonthView(ReportView):
    """One county, one month: figures with their definitions, claims by class and state; XLSX and CSV."""

    template_name = "reports/county_month.html"

    def get(self, request, *args, **kwargs):
        context = self.get_context_data(**kwargs)
        if context["edition"] and context["hide_small"]:
            return redirect("reports:edition", context["edition"].pk)
        form = request.GET.get("format", "")
        if not form:
            return self.render_to_response(context)
        if form not in RENDERERS:
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
        period = Period.of(context["month"], PeriodKind.MONTH)
        hide_small = not may_throughout(self.request.user, CASE_BY_CASE, place.code)
        edition = editions.newest(place.code, period)
        if hide_small:
            counties = county_month.overview(period)
            figures = counties.get(place.code) or Figures()
            marks = live_hiding.hidden_counties(counties).get(place.code, live_hiding.Marks())
        else:
            figures, marks = cells.of_region(place.code, period, using=CONNECTION), None
        return {
            **context,
            "place": place,
            "figures": figures,
            "hide_small": hide_small,
            "marks": marks,
            "period": period,
            "edition": edition,
            "counted_at": cells.counted_at(using=CONNECTION),
            "figure_rows": county_month.figure_rows(
                figures, marks, editions.values_of(edition) if edition else None
            ),
            "class_headings": county_month.class_headings(),
            "is_hidden": bool(marks and marks.filed),
            "class_rows": []
            if marks and marks.filed
            else county_month.class_rows(figures, hide_small=hide_small),
        }

    def _export(self, context, form: str):
        place, now = context["place"], timezone.now()
        report = live_export.report_of(
            code=place.code,
            name=place.name,
            period=context["period"],
            figures=context["figures"],
            marks=context["marks"],
            counted_at=context["counted_at"],
            made_by=str(self.request.user),
            made_at=now,
            language=translation.get_language(),
        )
        written = RENDERERS[form](report)
        exporting.note(
            written=written,
            what="county_month",
            form=form,
            region_code=place.code,
            asked={"county": place.code, "period": context["period"].name},
            by=self.request.user,
            now=now,
        )
        return written.response()
