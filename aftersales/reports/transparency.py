"""docs/rules/transparency.md: the index of every county for a quarter, from what anybody may read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from django.db.models import Count, Min, Sum
from django.utils import timezone

from aftersales.lib.periods import Period
from aftersales.reports import open_data, published
from aftersales.reports.connection import CONNECTION
from aftersales.reports.edition_words import known
from aftersales.reports.models import FindingDue, PublishedEdition, ReportPlace, StationContact
from claims.queries import rule_log
from claims.rules import transparency as rules
from claims.rules.statistics import share
from claims.rules.transparency import Part, PartScore
from stations.rules.regions import Level


@dataclass(frozen=True)
class CountyIndex:
    """A county's index with its parts, in the order of the rule."""

    code: str
    name: str
    scores: tuple[PartScore, ...]

    @property
    def index(self) -> Fraction | None:
        return rules.index(self.scores)


@dataclass(frozen=True)
class Told:
    """What the published report of a county tells about itself."""

    completeness: PartScore
    figures: PartScore


def indices(quarter: Period, *, today: date) -> list[CountyIndex]:
    """Every county with an operating station, the highest index first, then those without one.

    Seven statements, whatever the number of counties, and one for reports that were not read before.
    """
    contacts = _contacts()
    names = dict(
        ReportPlace.objects.using(CONNECTION).filter(code__in=list(contacts)).values_list("code", "name")
    )
    first_published = _first_published(quarter)
    told = _told(quarter, open_data.state_of(quarter))
    on_time, due = rule_log.on_time_between(quarter.first, quarter.last), _findings(quarter, today)
    found = []
    for code, contact in contacts.items():
        report = rules.report_share(quarter.last, first_published.get(code), today)
        found.append(
            CountyIndex(
                code,
                names.get(code, code),
                (
                    _rules(on_time, code),
                    PartScore(Part.REPORT, report, int(code in first_published)),
                    *_by_report(told.get(code), report),
                    due.get(code, PartScore(Part.FINDINGS, None)),
                    contact,
                ),
            )
        )
    return sorted(found, key=lambda each: (each.index is None, -(each.index or 0), each.code))


def _contacts() -> dict[str, PartScore]:
    rows = StationContact.objects.using(CONNECTION).order_by().values("county_code")
    counted = rows.annotate(stations=Count("pk"), reachable=Sum("has_phone"))
    return {
        row["county_code"]: PartScore(
            Part.CONTACTS, share(row["reachable"], row["stations"]), row["stations"]
        )
        for row in counted
    }


def _first_published(quarter: Period) -> dict[str, date]:
    """The day on which the first edition of each county's report was published."""
    rows = PublishedEdition.objects.using(CONNECTION).filter(period=quarter.name, level=Level.COUNTY)
    first = rows.order_by().values("region_code").annotate(first=Min("published_at"))
    return {row["region_code"]: timezone.localdate(row["first"]) for row in first}


def _findings(quarter: Period, today: date) -> dict[str, PartScore]:
    """Findings that were due in the quarter, and how many of them were rectified by their day."""
    due = FindingDue.objects.using(CONNECTION).filter(
        due_on__range=(quarter.first, quarter.last), due_on__lt=today
    )
    counts: Counter[str] = Counter()
    in_time: Counter[str] = Counter()
    for county_code, due_on, accepted_at in due.values_list("county_code", "due_on", "accepted_at"):
        counts[county_code] += 1
        in_time[county_code] += accepted_at is not None and timezone.localdate(accepted_at) <= due_on
    return {
        code: PartScore(Part.FINDINGS, share(in_time[code], count), count) for code, count in counts.items()
    }


def _rules(on_time: Mapping[str, tuple[int, int]], code: str) -> PartScore:
    own, programme = on_time.get(code, (0, 0)), on_time.get("", (0, 0))
    count = own[1] + programme[1]
    return PartScore(Part.RULES, share(own[0] + programme[0], count), count)


def _by_report(told: Told | None, report: Fraction | None) -> tuple[PartScore, PartScore]:
    if told is None:
        nothing = rules.told_by_report(None, report, is_published=False)
        return PartScore(Part.COMPLETENESS, nothing), PartScore(Part.FIGURES, nothing)
    return told.completeness, told.figures


@lru_cache(maxsize=8)
def _told(quarter: Period, state: str) -> dict[str, Told]:
    """What the newest published reports of counties tell; `state` as in open_data."""
    rows = published.regions_of(quarter).filter(level=Level.COUNTY).defer(None) if state else ()
    return {row.region_code: _told_by(published.content_of(row), row.region_code) for row in rows}


def _told_by(content: Mapping, code: str) -> Told:
    own = next((row for row in content["completeness"] if row["code"] == code), None)
    stations = known(own["stations"]) if own else None
    reporting = known(own["stations_reporting"]) if own else None
    complete = share(reporting, stations) if stations and reporting is not None else None
    figures = content["figures"]
    with_data = sum(each["number"] is not None for each in figures)
    return Told(
        PartScore(Part.COMPLETENESS, complete, stations or 0),
        PartScore(Part.FIGURES, share(with_data, len(figures)), len(figures)),
    )
