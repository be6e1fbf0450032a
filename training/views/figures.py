"""Figures of learning: counties, the townships of one, the stations of one, and the same as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.months import months_from
from aftersales.web import charts, exports
from aftersales.web.admin_filters import key_of
from aftersales.web.formats import percent
from stations.access.places import PlacePage, own_station
from stations.models import Region, Station
from stations.models.network import TierChoices
from stations.queries import counties_in_reach
from training.queries import figures as reading
from training.queries.figures import Training
from training.rules import skills
from training.rules.figures import CLASSES_TARGET, COVERAGE_TARGET, PASS_TARGET, Share
from training.views.skills_checks import quarter_asked, quarter_words, quarters_offered

QUARTERS_SHOWN, FEWEST_QUARTERS = 8, 4
MONTHS_OFFERED = 12


@dataclass(frozen=True)
class Row:
    """One line of the table: a place with its figures, and where it leads."""

    name: str
    said: Training
    query: str = ""


@dataclass(frozen=True)
class Stand:
    """One figure on top: its share, and how it stands to its target ("" where there is none)."""

    label: str
    share: Share
    behind: str
    tone: str = ""


@dataclass(frozen=True)
class Asked:
    """What the page is asked for: the quarter of the checks, the month of the classes, and when."""

    quarter: date
    month: date
    now: datetime

    @property
    def when(self) -> dict:
        return {
            "quarter": self.quarter,
            "month": self.month,
            "now": self.now,
            "today": timezone.localdate(self.now),
        }


class Figures(PlacePage):
    """All counties in reach; with ?county= its townships, with ?station= what hangs on one of these."""

    permission = "training.view_training"
    template_name = "training/figures.html"

    def get(self, request):
        now = timezone.now()
        today = timezone.localdate(now)
        asked = Asked(
            quarter_asked(request.GET.get("quarter", ""), today),
            _month(request.GET.get("month", ""), today),
            now,
        )
        counties = list(counties_in_reach())
        county = self._county(counties)
        township = self._township(county)
        rows = self._rows(counties, county, township, asked)
        whole = sum((row.said for row in rows), Training())
        place = township or county
        if form := request.GET.get("format", ""):
            return self._export(form, place, rows, whole, asked)
        return self.page(
            county=county,
            township=township,
            about=place,
            is_everywhere=county is None,
            has_counties=len(counties) > 1,
            rows=rows,
            stands=stands(whole, has_hours=county is not None),
            chart=None if township else _chart(_quarters(asked, county)),
            quarter_name=skills.name_of(asked.quarter),
            quarter_words=quarter_words(asked.quarter),
            quarters=quarters_offered(today),
            month=asked.month,
            months=_months(today),
            place=own_station(request.user),
        )

    def _county(self, counties: list[Region]) -> Region | None:
        """The county asked for, or the only one; None for all of several. Raises Http404 for others."""
        asked = self.request.GET.get("county", "")
        if not asked:
            return counties[0] if len(counties) == 1 else None
        found = next((each for each in counties if each.code == asked), None)
        if found is None:
            raise Http404
        return found

    def _township(self, county: Region | None) -> Station | None:
        wanted = self.request.GET.get("station", "")
        if not wanted:
            return None
        if county is None:
            raise Http404
        return get_object_or_404(
            Station, pk=key_of(wanted), tier=TierChoices.TOWNSHIP, county_code=county.code
        )

    def _rows(self, counties: list[Region], county: Region | None, township: Station | None, asked: Asked):
        if county is None:
            named = {each.code: str(each) for each in counties}
            found = reading.by_county(named, **asked.when)
            return _in_order(Row(named[code], said, f"county={code}") for code, said in found.items())
        found = reading.by_station(county.code, **asked.when)
        stations = reading.stations_named(found)
        if township is None:
            return _in_order(_townships(county, found, stations))
        inside = (pk for pk in found if township.pk in (pk, stations[pk].parent_id))
        return _in_order(Row(stations[pk].name, found[pk]) for pk in inside)

    def _export(self, form: str, place, rows: list[Row], whole: Training, asked: Asked):
        if form != "xlsx":
            raise Http404
        written = exports.write(
            exports.Export(
                title=_("Figures of learning"),
                columns=_columns(),
                rows=[_line(row) for row in (*rows, Row(_("Whole"), whole))],
                made_at=asked.now,
                made_by=str(self.request.user),
                filters=[
                    (_("Place"), str(place) if place else _("all")),
                    (_("Quarter"), quarter_words(asked.quarter)),
                    (_("Month"), f"{asked.month:%Y-%m}"),
                ],
            ),
            form,
        )
        trail.record(
            "report.exported",
            by=self.request.user,
            county_code=getattr(place, "county_code", "") or getattr(place, "code", ""),
            after={"report": "training_figures", **written.facts},
        )
        return written.response()


def stands(whole: Training, *, has_hours: bool) -> list[Stand]:
    """The figures on top of the page, each with what it is a share of and its target."""
    found = [
        Stand(
            _("People certified"),
            whole.certified,
            _("of %(n)s people · target 92 %%") % {"n": whole.certified.whole},
            _tone(whole.certified, COVERAGE_TARGET),
        ),
        Stand(
            _("Skills checks passed"),
            whole.passed,
            _("of %(n)s checked · target 95 %%") % {"n": whole.passed.whole},
            _tone(whole.passed, PASS_TARGET),
        ),
        Stand(_("Skills checked"), whole.checked, _("of %(n)s due") % {"n": whole.checked.whole}),
        Stand(
            _("Classes held"),
            whole.classes,
            _("of %(n)s village points") % {"n": whole.classes.whole},
            _tone(whole.classes, CLASSES_TARGET),
        ),
    ]
    if has_hours:
        hint = _("of %(n)s people") % {"n": whole.on_pace.whole}
        found.append(Stand(_("On pace with hours"), whole.on_pace, hint))
    return found


def _tone(share: Share, target) -> str:
    if share.rate is None:
        return ""
    return "warn" if share.is_below(target) else "good"


def _townships(
    county: Region, found: Mapping[int, Training], stations: Mapping[int, Station]
) -> Iterable[Row]:
    """Township by township; what hangs on the county centre itself stands in a row of the county."""
    groups: dict[Station | None, Training] = defaultdict(Training)
    for pk, said in found.items():
        groups[_above(stations[pk])] += said
    for township, said in groups.items():
        if township is None:
            yield Row(_("directly under the county centre"), said)
        else:
            yield Row(str(township.region), said, f"county={county.code}&station={township.pk}")


def _above(station: Station) -> Station | None:
    """The township standby point that a station belongs to: itself, the one above it, or none."""
    each = station if station.tier == TierChoices.TOWNSHIP else station.parent
    return each if each is not None and each.tier == TierChoices.TOWNSHIP else None


def _in_order(rows: Iterable[Row]) -> list[Row]:
    """Those furthest from being certified first, so that the page begins with where to help."""
    return sorted(
        rows, key=lambda row: (row.said.certified.rate is None, row.said.certified.rate or 0, row.name)
    )


def _month(text: str, today: date) -> date:
    """The month asked for, else the last whole one: of the running one most classes are still to come."""
    months = _months(today)
    if not text:
        return months[1]
    found = next((month for month in months if f"{month:%Y-%m}" == text), None)
    if found is None:
        raise Http404
    return found


def _months(today: date) -> list[date]:
    """The first days of the last months, the running one first."""
    return [months_from(today, -back) for back in range(MONTHS_OFFERED + 1)]


def _quarters(asked: Asked, county: Region | None) -> Mapping[date, Share]:
    """Checks passed in the quarter asked for and those before it."""
    quarters = skills.quarters_back(asked.quarter, QUARTERS_SHOWN)
    return reading.passed_by_quarter(quarters, county_code=county.code if county else "")


def _chart(by_quarter: Mapping[date, Share]) -> charts.Chart | None:
    """Checks passed by quarter in percent from the first that has any, with the target; None without one."""
    known = [number for number, share in enumerate(by_quarter.values()) if share.whole]
    if not known:
        return None
    first = min(known[0], len(by_quarter) - FEWEST_QUARTERS)
    points = [
        charts.Point(
            skills.name_of(quarter)[2:].replace("-", ""),
            None if share.rate is None else float(share.rate * 100),
            _("no data")
            if share.rate is None
            else _("%(rate)s, checked: %(n)s") % {"rate": percent(share.rate), "n": share.whole},
        )
        for quarter, share in list(by_quarter.items())[first:]
    ]
    return charts.line_chart(
        _("Skills checks passed by quarter in percent"),
        [charts.Line(_("passed"), points)],
        width=charts.NARROW,
        target=charts.Point(_("target"), float(PASS_TARGET * 100), percent(PASS_TARGET)),
    )


def _columns() -> list[exports.Column]:
    Column = exports.Column
    return [
        Column(_("Place"), width=28),
        Column(_("People"), "integer", 10),
        Column(_("Certified"), "integer", 10),
        Column(_("Certified, share"), "percent", 12),
        Column(_("Checks due"), "integer", 12),
        Column(_("Checked"), "integer", 10),
        Column(_("Checks passed"), "integer", 12),
        Column(_("Pass rate"), "percent", 12),
        Column(_("On pace with hours"), "integer", 16),
        Column(_("Classes owed"), "integer", 12),
        Column(_("Classes held"), "integer", 12),
    ]


def _line(row: Row) -> tuple:
    said = row.said
    return (
        row.name,
        said.certified.whole,
        said.certified.good,
        _number(said.certified),
        said.checked.whole,
        said.checked.good,
        said.passed.good,
        _number(said.passed),
        said.on_pace.good if said.on_pace.whole else None,
        said.classes.whole,
        said.classes.good,
    )


def _number(share: Share) -> float | None:
    return None if share.rate is None else float(share.rate)
