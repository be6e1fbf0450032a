"""The plan of the programme, the phases of counties, and how the network grew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from stations.models import Agent, CountyPhase, ProgrammePlan, Station
from stations.models.network import StationState, TierChoices
from stations.rules.programme import Phase

EARLIEST = date.min
"""When a place opened whose day nobody wrote down: before every other day."""


def plan_on(day: date) -> ProgrammePlan:
    """The plan that counts on a day; the first one for the days before it."""
    plans = ProgrammePlan.objects.order_by("-valid_from")
    return plans.filter(valid_from__lte=day).first() or plans.last()


def phases_on(day: date) -> dict[str, CountyPhase]:
    """The phase each county in the caller's scope is in on a day; none for counties without one."""
    rows = CountyPhase.objects.filter(starts_on__lte=day).order_by("county_code", "starts_on")
    return {row.county_code: row for row in rows}


def phase_of(county_code: str, day: date) -> CountyPhase | None:
    """The phase one county is in on a day, whoever asks about a county in their scope."""
    rows = CountyPhase.objects.filter(county_code=county_code, starts_on__lte=day)
    return rows.order_by("-starts_on").first()


def newest_phase(county_code: str) -> CountyPhase | None:
    """The last phase that was set for a county, also one that has not begun."""
    return CountyPhase.objects.filter(county_code=county_code).order_by("-starts_on").first()


def phase_history(county_code: str) -> list[CountyPhase]:
    """Every phase that was set for a county, the newest first."""
    rows = CountyPhase.objects.filter(county_code=county_code).select_related("set_by")
    return list(rows.order_by("-starts_on"))


@dataclass
class Growth:
    """How one county's part of the network grew: by the day on which something opened or somebody came.

    `left` counts the people who have gone since, by their last day; `certified` those with a certificate.
    """

    centres_and_points: Counter[date] = field(default_factory=Counter)
    village_points: Counter[date] = field(default_factory=Counter)
    joined: Counter[date] = field(default_factory=Counter)
    left: Counter[date] = field(default_factory=Counter)
    certified: int = 0

    def has_begun(self, day: date) -> bool:
        return any(opened <= day for opened in self.centres_and_points)

    def points(self, day: date) -> int:
        """Village points that operate today and had opened by a day."""
        return sum(count for opened, count in self.village_points.items() if opened <= day)

    def people(self, day: date) -> int:
        """People at village points who had come by a day and not left by it."""
        came = sum(count for joined, count in self.joined.items() if joined <= day)
        return came - sum(count for left, count in self.left.items() if left <= day)


def growth(day: date) -> dict[str, Growth]:
    """The growth of every county in the caller's scope, in two statements; certificates as of a day.

    Stations count that operate now, by the day on which they opened; people of village points who came and
    went, by their days. A day that nobody wrote down lies before all others.
    """
    counties: dict[str, Growth] = {}
    operating = Station.objects.filter(state=StationState.OPERATING).order_by()
    for row in operating.values("county_code", "tier", "opened_on").annotate(n=Count("pk")):
        grown = counties.setdefault(row["county_code"], Growth())
        opened = row["opened_on"] or EARLIEST
        grown.centres_and_points[opened] += row["n"]
        if row["tier"] == TierChoices.VILLAGE:
            grown.village_points[opened] += row["n"]
    certified = Count("pk", filter=Q(certified_until__gte=day, left_on__isnull=True))
    known = Q(user__is_active=True) | Q(left_on__isnull=False)
    people = Agent.objects.filter(known, station__tier=TierChoices.VILLAGE).order_by()
    days = people.values("county_code", "joined_on", "left_on")
    for row in days.annotate(n=Count("pk"), certified=certified):
        grown = counties.setdefault(row["county_code"], Growth())
        grown.joined[row["joined_on"] or EARLIEST] += row["n"]
        grown.certified += row["certified"]
        if row["left_on"]:
            grown.left[row["left_on"]] += row["n"]
    return counties


def phase_counts(phases: dict[str, CountyPhase]) -> dict[Phase, int]:
    """How many counties are in each phase, in the order of the phases."""
    counted = Counter(row.phase for row in phases.values())
    return {phase: counted[phase] for phase in Phase}
