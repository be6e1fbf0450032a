"""The transparency index of the counties with its formula, for everybody. No account."""

from __future__ import annotations

from fractions import Fraction

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from aftersales.lib.periods import Period, PeriodKind
from aftersales.reports import transparency
from aftersales.reports.edition_words import period_words
from claims.rules.transparency import WEIGHTS, Part, mean

QUARTERS_OFFERED = 8
MOST_SHOWN = 60
NAMES = {
    Part.RULES: _("Rules published on time"),
    Part.REPORT: _("Quarterly report on time"),
    Part.COMPLETENESS: _("Stations that reported"),
    Part.FIGURES: _("Figures with data"),
    Part.FINDINGS: _("Findings rectified on time"),
    Part.CONTACTS: _("Stations with a telephone number"),
}
MEANINGS = {
    Part.RULES: _(
        "Versions of the rules that began to count in the quarter and were on the page within three working "
        "days, of all that did."
    ),
    Part.REPORT: _(
        "100 when the county's report was published within 30 days after the quarter, 50 within 60 days, "
        "otherwise 0."
    ),
    Part.COMPLETENESS: _("Stations with a claim in the quarter, of all stations; from the published report."),
    Part.FIGURES: _("Figures of the published report that have data, of all its figures."),
    Part.FINDINGS: _(
        "Findings of inspections that were due in the quarter and were rectified by their day, of all due."
    ),
    Part.CONTACTS: _("Stations in service with a telephone number for the public, of all of them, today."),
}


def points(value: Fraction | None) -> str:
    """0 to 100 with one digit; empty for no data."""
    return "" if value is None else f"{float(value):.1f}"


class TransparencyView(TemplateView):
    """Every county's index for a quarter that is over, with its parts; ?q= looks for a county by name."""

    template_name = "reports/public/transparency.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        last = Period.of(today, PeriodKind.QUARTER).previous
        offered = last.back(QUARTERS_OFFERED)[::-1]
        asked = self.request.GET.get("quarter", "")
        shown = next((each for each in offered if each.name == asked), last)
        found = transparency.indices(shown, today=today)
        text = self.request.GET.get("q", "").strip()[:40]
        wanted = [each for each in found if text in each.name]
        return super().get_context_data(
            quarters=[(each.name, period_words(each)) for each in offered],
            shown=shown,
            title=period_words(shown),
            text=text,
            rows=[_row(each) for each in wanted[:MOST_SHOWN]],
            left_out=max(len(wanted) - MOST_SHOWN, 0),
            has_counties=bool(found),
            mean=points(mean(each.index for each in found)),
            counted=sum(each.index is not None for each in found),
            parts=[
                {"name": NAMES[part], "meaning": MEANINGS[part], "weight": weight}
                for part, weight in WEIGHTS.items()
            ],
            headings=[NAMES[part] for part in WEIGHTS],
            **kwargs,
        )


def _row(county: transparency.CountyIndex) -> dict:
    return {
        "code": county.code,
        "name": county.name,
        "index": points(county.index),
        "points": [points(score.points) for score in county.scores],
    }
