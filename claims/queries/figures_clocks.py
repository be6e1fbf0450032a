"""Figures of clocks and climbs, each defined once. In words: docs/rules/figures.md, "Clocks and climbs".

Everything keeps to the scope of the person acting, inside one county.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Count, F, Q, QuerySet

from claims.models import Claim, ClaimClock, Escalation
from claims.models.clocks import ClockOutcome
from claims.queries.claims import listed, still_open
from claims.rules.clocks import Clock, Family, Level
from claims.rules.statistics import share

RUNNING = Q(clocks__outcome=ClockOutcome.RUNNING)
OUTCOMES_KNOWN = (ClockOutcome.MET, ClockOutcome.LATE, ClockOutcome.RUNNING)


@dataclass(frozen=True)
class Rung:
    """What stands on one level now: open claims, those warned about, those of which a clock has run out."""

    level: Level
    held: int = 0
    warned: int = 0
    over: int = 0


@dataclass(frozen=True)
class Climb:
    """How often claims left a level because a clock ran out: since the week began, and since today did."""

    level: Level
    clock: Clock
    week: int
    today: int


@dataclass(frozen=True)
class Kept:
    """Promises of the claims filed at one station: how many are decided, how many were kept; its climbs."""

    station_id: int
    decided: int = 0
    met: int = 0
    climbs: int = 0

    @property
    def rate(self) -> Fraction | None:
        return share(self.met, self.decided)


def rungs(county_code: str, now: datetime) -> list[Rung]:
    """The ladder of a county from the village up; one query."""
    over = RUNNING & Q(clocks__due_at__lt=now)
    warned = RUNNING & Q(clocks__warned_at__isnull=False, clocks__due_at__gte=now)
    rows = (
        still_open(Claim.objects.filter(county_code=county_code))
        .order_by()
        .values("level")
        .annotate(
            held=Count("id", distinct=True),
            over=Count("id", filter=over, distinct=True),
            warned=Count("id", filter=warned, distinct=True),
        )
    )
    known = {row["level"]: Rung(**row) for row in rows}
    return [known.get(level.value, Rung(level)) for level in Level]


def climbs_since(county_code: str, week: datetime, today: datetime) -> list[Climb]:
    """Climbs since the start of a week, by level and by the clock that ran out, the most first; one query."""
    rows = (
        climbed(county_code)
        .filter(at__gte=week)
        .order_by()
        .values("level", "clock")
        .annotate(week=Count("id"), today=Count("id", filter=Q(at__gte=today)))
        .order_by("-week", "level", "clock")
    )
    return [Climb(Level(row["level"]), Clock(row["clock"]), row["week"], row["today"]) for row in rows]


def climbed(county_code: str) -> QuerySet:
    """Time-outs by which a claim went up, the last first, with the claim and the stations."""
    rows = Escalation.objects.filter(county_code=county_code, climbed_to__isnull=False)
    return rows.select_related("claim", "from_station", "to_station").order_by("-at", "-id")


def kept_by_station(county_code: str, since: datetime, now: datetime) -> dict[int, Kept]:
    """How well the promises of claims filed since a moment were kept, by the station of filing; two queries.

    Decided are promises that were met, met too late, or have run out and still run. A climb is counted at
    the station that lost the claim by it.
    """
    decided = (
        ClaimClock.objects.filter(
            claim__county_code=county_code,
            claim__filed_at__gte=since,
            family=Family.PROMISE,
            outcome__in=OUTCOMES_KNOWN,
        )
        .exclude(outcome=ClockOutcome.RUNNING, due_at__gte=now)
        .order_by()
        .values(station_id=F("claim__station_id"))
        .annotate(decided=Count("id"), met=Count("id", filter=Q(outcome=ClockOutcome.MET)))
    )
    found = {row["station_id"]: row for row in decided}
    lost = (
        climbed(county_code)
        .filter(at__gte=since, from_station__isnull=False)
        .order_by()
        .values("from_station_id")
        .annotate(climbs=Count("id"))
    )
    climbs = {row["from_station_id"]: row["climbs"] for row in lost}
    return {
        station: Kept(station_id=station, climbs=climbs.get(station, 0), **_without_key(found.get(station)))
        for station in found.keys() | climbs.keys()
    }


def longest_silent(county_code: str) -> QuerySet:
    """Open claims that nobody has taken over since they came to their holder, the longest wait first.

    `silent_since` is the moment at which they came there.
    """
    return (
        still_open(listed(Claim.objects.filter(county_code=county_code)))
        .filter(holdings__until_at__isnull=True, holdings__taken_over_at__isnull=True, holdings__isnull=False)
        .annotate(silent_since=F("holdings__from_at"))
        .order_by("silent_since", "id")
    )


def _without_key(row: dict | None) -> dict:
    return {name: row[name] for name in ("decided", "met")} if row else {}
