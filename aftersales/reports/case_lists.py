"""docs/rules/exports.md: claims of a region and a period as a list, case by case and without persons.

Who may see the claims themselves gets the station and the moments. For everybody else a case is one of many:
the month instead of the day, no station, and nothing that could be counted although the report of the month
hides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.accounts.scoping import Scope, inside
from aftersales.lib.periods import SHANGHAI, Period
from aftersales.reports.case_hiding import Left, Veil
from aftersales.reports.connection import CONNECTION
from aftersales.reports.models import ReportCase, ReportPlace, ReportStation
from aftersales.web.exports import Column
from claims.models.choices import Channel, GoodsTypeChoices, NatureChoices, SeverityChoices, StatusChoices
from claims.models.compensation import ApprovalLevel, Remedy
from claims.models.follow_ups import FollowUpState
from stations.rules.regions import NATION, ancestors, prefix

FETCHED_AT_ONCE = 2000
ORDER = ("county_code", "-filed_at", "-id")
READ = (
    "county_code",
    "filed_at",
    "id",
    "station_id",
    "channel",
    "goods_type",
    "nature",
    "severity",
    "status",
    "round",
    "response_minutes",
    "resolution_minutes",
    "resolved_at",
    "remedy",
    "decided_at_level",
    "amount_fen",
    "stars",
    "follow_up_state",
)

Case = tuple[Any, ...]
Key = tuple[str, datetime, int]


def cases_of(region_code: str, period: Period, *, without: Left = frozenset()):
    """Cases filed in a period in a region, in the scope, on the connection that cannot write; not those of
    a county and month of `without`."""
    cases = ReportCase.objects.using(CONNECTION).filter(
        filed_at__gte=period.starts_at, filed_at__lt=period.ends_at
    )
    for county, name in sorted(without):
        month = Period.named(name)
        cases = cases.exclude(county_code=county, filed_at__gte=month.starts_at, filed_at__lt=month.ends_at)
    if region_code == NATION:
        return cases
    code = prefix(region_code)
    return cases.filter(inside("county_code", code) if len(code) < 6 else Q(county_code=region_code))


def regions_in_reach(scope: Scope) -> list[tuple[str, str]]:
    """Counties with a station that a scope reaches and the regions around them, by code with their names."""
    stations = ReportStation.objects.using(CONNECTION).order_by()
    counties = set(stations.values_list("county_code", flat=True).distinct())
    around = {outer for code in counties for outer in ancestors(code)} - {NATION}
    known = ReportPlace.objects.using(CONNECTION).filter(code__in=counties | around).order_by("code")
    nation = [(NATION, _("Whole country"))] if scope.everywhere else []
    return nation + [
        (place.code, "\u3000" * (place.level - 1) + place.name)
        for place in known
        if scope.everywhere or any(place.code.startswith(region) for region in scope.regions)
    ]


def count(region_code: str, period: Period, *, most: int, without: Left = frozenset()) -> int:
    """How many cases there are; counting stops one above `most`."""
    return cases_of(region_code, period, without=without).order_by()[: most + 1].count()


def read(
    region_code: str, period: Period, *, after: Key | None = None, without: Left = frozenset()
) -> Iterator[Case]:
    """The columns of READ of every case behind a key, county by county, the newest first.

    One statement and a cursor of the database, so that the memory taken does not grow with the rows.
    """
    cases = cases_of(region_code, period, without=without).order_by(*ORDER)
    if after is not None:
        county, filed_at, key = after
        cases = cases.filter(
            Q(county_code__gt=county)
            | Q(county_code=county, filed_at__lt=filed_at)
            | Q(county_code=county, filed_at=filed_at, id__lt=key),
            county_code__gte=county,
        )
    # Inside a transaction the cursor hands rows out while it finds them, instead of keeping them all.
    with transaction.atomic(using=CONNECTION):
        yield from cases.values_list(*READ).iterator(chunk_size=FETCHED_AT_ONCE)


def key_of(case: Case) -> Key:
    return case[:3]


class CaseList:
    """How the cases of one list are shown: the columns, and a case as a row of them."""

    def __init__(self, veil: Veil | None):
        """`veil` says what is hidden from the reader, None that nothing is."""
        self.veil = veil
        self.in_full = in_full = veil is None
        self._places = dict(ReportPlace.objects.using(CONNECTION).values_list("code", "name"))
        self._stations = (
            dict(ReportStation.objects.using(CONNECTION).values_list("id", "name")) if in_full else {}
        )
        self._words = {
            name: {value: str(label) for value, label in choices}
            for name, choices in (
                ("channel", Channel.choices),
                ("goods", GoodsTypeChoices.choices),
                ("nature", NatureChoices.choices),
                ("severity", SeverityChoices.choices),
                ("status", StatusChoices.choices),
                ("remedy", Remedy.choices),
                ("level", ApprovalLevel.choices),
                ("follow_up", FollowUpState.choices),
            )
        }

    @property
    def left_out(self) -> Left:
        """Counties and months of which the list holds nothing."""
        return self.veil.left_out if self.veil else frozenset()

    @property
    def columns(self) -> list[Column]:
        where = [Column(_("County"), width=16)]
        if self.in_full:
            where += [Column(_("Station"), width=26), Column(_("Filed"), "moment", width=18)]
        else:
            where += [Column(_("Month"), width=10)]
        when = [Column(_("Resolved at"), "moment", width=18)] if self.in_full else []
        return [
            *where,
            Column(_("Channel"), width=12),
            Column(_("Goods"), width=16),
            Column(_("Nature"), width=10),
            Column(_("Severity"), width=10),
            Column(_("State"), width=12),
            Column(_("Round"), "integer", width=8),
            Column(_("First response (min)"), "integer", width=14),
            Column(_("Resolution (min)"), "integer", width=14),
            *when,
            Column(_("Remedy"), width=10),
            Column(_("Decided"), width=12),
            Column(_("Amount (yuan)"), "yuan", width=14),
            Column(_("Stars"), "integer", width=8),
            Column(_("Follow-up"), width=14),
        ]

    def rows(self, cases: Iterable[Case]) -> Iterator[list[Any]]:
        """Cases in the order and the words of the columns."""
        return map(self._row, cases)

    def _row(self, case: Case) -> list[Any]:
        county, filed_at, _id, station, channel, goods, nature, severity, status, round_ = case[:10]
        response, resolution, resolved_at, remedy, level, amount, stars, follow_up = case[10:]
        words = self._words
        shown = [self._places.get(county, county)]
        if self.in_full:
            shown += [self._stations.get(station, ""), filed_at]
        else:
            month = f"{filed_at.astimezone(SHANGHAI):%Y-%m}"
            shown.append(month)
        class_ = [words["goods"][goods], words["nature"][nature], words["severity"][severity]]
        if self.veil:
            shows = partial(self.veil.shows, county, month)
            if not self.veil.shows_class(county, month, goods, nature, status):
                class_ = [_("not shown"), "", ""]
            response = response if shows("responded") else None
            resolution = resolution if shows("timed") else None
            stars = stars if shows("answered") else None
            follow_up = follow_up if shows("asked") else None
            if not shows("compensated"):
                remedy = level = amount = None
        when = [resolved_at] if self.in_full else []
        return [
            *shown,
            words["channel"].get(channel, channel),
            *class_,
            words["status"].get(status, status),
            round_,
            response,
            resolution,
            *when,
            words["remedy"].get(remedy, ""),
            words["level"].get(level, ""),
            amount,
            stars,
            words["follow_up"].get(follow_up, ""),
        ]
