"""Who holds what now: the queue of a station, of a level of a county, and of the platform desk.

Everything keeps to the scope of the person acting and comes with the nearest due time first; page it by
`claims.queries.claims.OPEN_ORDER`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, Func, Q, QuerySet

from aftersales.web.paging import CappedCount, capped_count
from claims.models import Claim, Escalation, Holding
from claims.queries.claims import OPEN_ORDER, listed, still_open
from claims.rules.clocks import Level
from stations.models import Station


class HasClimbed(Func):
    """Whether a level is above the village, with the figure written into the statement.

    SQLite takes a partial index only when it reads the index's own condition there.
    """

    template = "%(expressions)s > 0"
    output_field = BooleanField()


class AtPlatform(Func):
    """Whether a level is the platform desk, with the figure written into the statement as well."""

    template = f"%(expressions)s = {Level.PLATFORM:d}"
    output_field = BooleanField()


def held_at(station: Station) -> QuerySet:
    """Open claims that a station is responsible for now, wherever they were filed."""
    return still_open(listed()).filter(holder=station).order_by(*OPEN_ORDER)


def held_at_level(level: Level, county_code: str = "") -> QuerySet:
    """Open claims of one county that stand at a level, of all counties in the scope where none is given."""
    claims = still_open(listed())
    if county_code:
        claims = claims.filter(level=level, county_code=county_code)
        if level > Level.VILLAGE:
            claims = claims.filter(HasClimbed("level"))
    else:
        claims = claims.filter(AtPlatform("level") if level == Level.PLATFORM else Q(level=level))
    return claims.order_by(*OPEN_ORDER)


def held_below(level: Level, county_code: str = "") -> QuerySet:
    """Open claims that stand below a level and could climb to it."""
    claims = still_open(listed()).filter(level__lt=level)
    if county_code:
        claims = claims.filter(county_code=county_code)
    return claims.order_by(*OPEN_ORDER)


def climbed_above(level: Level, *, station: Station | None = None, county_code: str = "") -> QuerySet:
    """Open claims that are held above a level: those filed at one station, or in one county."""
    claims = still_open(listed()).filter(HasClimbed("level"), level__gt=level)
    if station is not None:
        claims = claims.filter(station=station)
    elif county_code:
        claims = claims.filter(county_code=county_code)
    return claims.order_by(*OPEN_ORDER)


def at_the_platform_desk(county_code: str = "") -> QuerySet:
    """Open claims that have climbed to the last step of the ladder, of one county where given."""
    return held_at_level(Level.PLATFORM, county_code)


def without_handler(claims: QuerySet) -> QuerySet:
    """Those of a queue that nobody has taken over yet."""
    return claims.filter(handler__isnull=True)


def level_counts(county_code: str, levels: Iterable[Level] = Level) -> dict[Level, CappedCount]:
    """How many open claims of a county stand at each level: one capped count a level."""
    return {level: capped_count(held_at_level(level, county_code)) for level in levels}


def holdings_of(claim: Claim) -> list[Holding]:
    """Who held a claim that was let through the scope, from when to when and why, the first holder first."""
    # Past the scope: the claim itself was found through it.
    rows = Holding._base_manager.filter(claim=claim).select_related("station", "handler", "by")
    return list(rows.order_by("from_at", "id"))


def escalations_of(claim: Claim) -> list[Escalation]:
    """Every warning and every time-out of a claim that was let through the scope, the last one first."""
    rows = Escalation._base_manager.filter(claim=claim)
    return list(rows.select_related("from_station", "to_station", "handler").order_by("-due_at", "-id"))
