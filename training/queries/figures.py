"""Figures of learning by place, within the caller's scope. Definitions: docs/rules/figures.md, "Training".

Whoever is counted works at a village or township station: they are asked for a certificate, for the quarterly
check of skills and for hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from stations.models import Agent, Station
from training.models import SkillsCheck
from training.queries import village_classes
from training.queries.hours import standings
from training.queries.learners import at_work
from training.queries.skills_checks import TIERS, due_in, with_state
from training.rules.classes import Standing as ClassStanding
from training.rules.figures import Share, is_on_pace


@dataclass
class Training:
    """The figures of one place: shares of people, of checks and of village classes.

    `certified` of people; `checked` of those due in the quarter; `passed` of the checks of the quarter;
    `on_pace` of people with their hours; `classes` of village points that owe one in the month.
    """

    certified: Share = field(default_factory=Share)
    checked: Share = field(default_factory=Share)
    passed: Share = field(default_factory=Share)
    on_pace: Share = field(default_factory=Share)
    classes: Share = field(default_factory=Share)

    def __add__(self, other: Training) -> Training:
        return Training(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__}
        )


def people() -> QuerySet[Agent]:
    """Everybody who works at a village or township station today."""
    return at_work().filter(station__tier__in=TIERS)


def by_county(
    county_codes: Iterable[str], *, quarter: date, month: date, now: datetime, today: date
) -> Mapping[str, Training]:
    """The figures of several counties, without hours; six statements however many there are."""
    codes = set(county_codes)
    found: dict[str, Training] = {code: Training() for code in codes}
    place = Q(county_code__in=codes)
    for code, share in _certified(place, "county_code", today).items():
        found[code].certified = share
    for code, share in _checked(place, "county_code", quarter, today).items():
        found[code].checked = share
    for code, share in _passed(place, "county_code", quarter).items():
        found[code].passed = share
    complete = village_classes.completeness(month, county_codes=codes, now=now)
    for code, month_of_county in complete.items():
        found[code].classes = Share(month_of_county.held, month_of_county.owed)
    return found


def by_station(
    county_code: str, *, quarter: date, month: date, now: datetime, today: date
) -> Mapping[int, Training]:
    """The figures of every station of a county that has people or a class, by its key."""
    found: dict[int, Training] = defaultdict(Training)
    place = Q(county_code=county_code)
    for station, share in _certified(place, "station_id", today).items():
        found[station].certified = share
    for station, share in _checked(place, "station_id", quarter, today).items():
        found[station].checked = share
    for station, share in _passed(place, "station_id", quarter).items():
        found[station].passed = share
    for station, share in _on_pace(place, today).items():
        found[station].on_pace = share
    for point in village_classes.points_of(month, county_code=county_code, now=now):
        found[point.station.pk].classes = Share(int(point.standing == ClassStanding.HELD), 1)
    return dict(found)


def passed_by_quarter(quarters: Iterable[date], *, county_code: str = "") -> dict[date, Share]:
    """Checks passed of those recorded, by quarter, the oldest first; one statement."""
    wanted = list(quarters)
    rows = SkillsCheck.objects.filter(quarter__in=wanted)
    if county_code:
        rows = rows.filter(county_code=county_code)
    counts = {
        quarter: Share(passed, checked)
        for quarter, passed, checked in rows.order_by()
        .values_list("quarter")
        .annotate(passed=Count("id", filter=Q(has_passed=True)), checked=Count("id"))
    }
    return {quarter: counts.get(quarter, Share()) for quarter in wanted}


def coverage(county_code: str, *, today: date) -> Share:
    """Certified people of a county, of all who are asked for a certificate."""
    return _certified(Q(county_code=county_code), "county_code", today).get(county_code, Share())


def stations_named(keys: Iterable[int]) -> dict[int, Station]:
    """These stations with their places and the township standby point above them."""
    return Station.objects.select_related("region", "parent__region").in_bulk(list(keys))


def _certified(place: Q, axis: str, today: date) -> dict:
    rows = people().filter(place).order_by().values_list(axis)
    counted = rows.annotate(good=Count("id", filter=Q(certified_until__gte=today)), whole=Count("id"))
    return {where: Share(good, whole) for where, good, whole in counted}


def _checked(place: Q, axis: str, quarter: date, today: date) -> dict:
    rows = with_state(due_in(quarter, today), quarter).filter(place).order_by().values_list(axis)
    counted = rows.annotate(good=Count("id", filter=Q(is_recorded=True)), whole=Count("id"))
    return {where: Share(good, whole) for where, good, whole in counted}


def _passed(place: Q, axis: str, quarter: date) -> dict:
    rows = SkillsCheck.objects.filter(place, quarter=quarter).order_by().values_list(axis)
    counted = rows.annotate(good=Count("id", filter=Q(has_passed=True)), whole=Count("id"))
    return {where: Share(good, whole) for where, good, whole in counted}


def _on_pace(place: Q, today: date) -> dict[int, Share]:
    posted = {
        user: (station, joined)
        for user, station, joined in people().filter(place).values_list("user_id", "station_id", "joined_on")
    }
    stands = standings({user: joined for user, (_station, joined) in posted.items()}, today)
    found: dict[int, Share] = defaultdict(Share)
    for user, (station, _joined) in posted.items():
        found[station] += Share(int(is_on_pace(stands[user], today)), 1)
    return dict(found)
