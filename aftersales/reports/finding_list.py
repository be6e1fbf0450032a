"""Findings of inspections as regulators read them: what is asked for, and the table to take away."""

from __future__ import annotations

from datetime import date, datetime

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.reports.connection import CONNECTION
from aftersales.reports.models import ReportFinding
from aftersales.web.exports import Column, Export
from aftersales.web.filter_forms import FilterForm, SearchField
from claims.models.supervision import DepartmentChoices, FindingStateChoices, ThemeChoices
from claims.queries import supervision
from claims.queries.supervision import OVERDUE

ORDER = ("-found_at", "-id")


class FindingFilter(FilterForm):
    """Which findings are listed; what is not understood narrows nothing."""

    q = SearchField(label=gettext_lazy("Words of the finding"))
    county = forms.ChoiceField(label=gettext_lazy("County"), required=False)
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        every = ("", _("All"))
        self.fields["county"].choices = [every, *((place.code, place.name) for place in places)]
        self.fields["department"].choices = [every, *DepartmentChoices.choices]
        self.fields["theme"].choices = [every, *ThemeChoices.choices]
        self.fields["state"].choices = [every, (OVERDUE, _("overdue")), *FindingStateChoices.choices]


def findings() -> QuerySet[ReportFinding]:
    """Findings in reach, on the connection that cannot write."""
    return ReportFinding.objects.using(CONNECTION).order_by(*ORDER)


def narrowed(rows: QuerySet[ReportFinding], wanted: dict, today: date) -> QuerySet[ReportFinding]:
    """Those that were asked for."""
    for name, path in (("county", "county_code"), ("department", "department"), ("theme", "theme")):
        if wanted.get(name):
            rows = rows.filter(**{path: wanted[name]})
    if wanted.get("state"):
        rows = supervision.in_state(rows, wanted["state"], today)
    return rows.filter(words__icontains=wanted["q"]) if wanted.get("q") else rows


def standing(rows: QuerySet[ReportFinding], today: date) -> dict[str, int]:
    """How many findings there are, how many are open, overdue, rectified and rectified in time."""
    return supervision.standing(rows, today, repeated=Q(is_repeated=True))


def export_of(
    rows: QuerySet[ReportFinding], *, filters: list[tuple[str, str]], made_by: str, made_at: datetime
) -> Export:
    """The findings as a table."""
    return Export(
        title=_("Findings"),
        columns=[
            Column(_("County"), width=16),
            Column(_("Department"), width=16),
            Column(_("Theme"), width=16),
            Column(_("Period"), width=10),
            Column(_("Station"), width=26),
            Column(_("Finding of a check"), width=50),
            Column(_("Severity"), width=10),
            Column(_("State"), width=16),
            Column(_("Found"), "moment", 18),
            Column(_("To be rectified by"), "day", 14),
            Column(_("Rectified"), "moment", 18),
            Column(_("Found before"), width=12),
            Column(_("What the county did"), width=50),
        ],
        rows=(
            [
                row.county_name,
                row.get_department_display(),
                row.get_theme_display(),
                row.period,
                row.station_name or "",
                row.words,
                row.get_severity_display(),
                row.get_state_display(),
                row.found_at,
                row.due_on,
                row.accepted_at,
                _("yes") if row.is_repeated else "",
                row.done_words or "",
            ]
            for row in rows.iterator(chunk_size=500)
        ),
        made_at=made_at,
        made_by=made_by,
        filters=filters,
    )
