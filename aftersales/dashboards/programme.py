"""How far the programme is: what was reached of the plan, over time, county by county."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from aftersales.lib.months import last_day_of, month_of, months_from
from aftersales.web import charts
from claims.models import FigureCell
from claims.models.figures import CellKind
from stations.models import CountyPhase, ProgrammePlan, Region
from stations.models.programme import PHASE_TONES, PhaseChoices
from stations.queries import programme as queries
from stations.queries.network import reaches
from stations.queries.programme import Growth
from stations.rules.programme import Goals, Phase, days_late, expected, planned_end
from stations.rules.regions import NATION, Level

MOST_MONTHS = 36


@dataclass(frozen=True)
class Progress:
    """One goal: what is planned, expected by now and reached, as the page shows it."""

    label: str
    goal: int
    expected: int
    reached: int
    note: str
    chart: charts.Chart

    @property
    def percent(self) -> int:
        """How much of the goal is reached, 0 to 100 for the bar."""
        return min(self.reached * 100 // self.goal, 100) if self.goal else 0

    @property
    def pace(self) -> int:
        """Where the bar should stand by now, 0 to 100."""
        return min(self.expected * 100 // self.goal, 100) if self.goal else 0

    @property
    def tone(self) -> str:
        return "good" if self.reached >= self.expected else "warn"


@dataclass(frozen=True)
class CountyLine:
    """One county: its phase, and what is reached there of its even part of the plan."""

    county: Region
    phase: CountyPhase | None
    until: date | None
    late: int
    points: int
    people: int
    certified: int
    claims: int


def programme_board(today: date) -> dict[str, Any]:
    """Everything on the page, for the counties that the caller reaches; seven statements."""
    plan = queries.plan_on(today)
    grown = queries.growth(today)
    phases = queries.phases_on(today)
    codes = sorted(grown.keys() | phases.keys())
    filed = _filed(codes, plan.starts_on)
    is_whole = reaches(NATION)
    goals = plan.goals if is_whole else plan.goals.part(len(codes))
    named = {region.code: region for region in Region.objects.filter(code__in=codes).select_related("parent")}
    lines = [_line(named[code], phases.get(code), grown, filed, today) for code in codes if code in named]
    return {
        "plan": plan,
        "is_whole": is_whole,
        "goals": goals,
        "part": plan.goals.part(1),
        "progress": _progress(plan, goals, grown, filed, today, is_whole=is_whole),
        "days_over": min(max((today - plan.starts_on).days, 0), (plan.ends_on - plan.starts_on).days + 1),
        "days": (plan.ends_on - plan.starts_on).days + 1,
        "phases": [
            (PhaseChoices(phase).label, count, PHASE_TONES[phase])
            for phase, count in queries.phase_counts(phases).items()
        ],
        "without_phase": sum(code not in phases for code in codes),
        "lines": sorted(lines, key=lambda line: (-line.late, line.county.code)),
        "today": today,
    }


def _filed(codes: Sequence[str], since: date) -> dict[str, dict[date, int]]:
    """Claims filed in each month since the programme began, by county."""
    cells = FigureCell.objects.filter(
        kind=CellKind.MONTH,
        level=Level.COUNTY,
        region_code__in=codes,
        station_id=0,
        first_day__gte=month_of(since),
    )
    filed: dict[str, dict[date, int]] = {}
    rows = cells.order_by().values_list("region_code", "first_day").annotate(n=Sum("filed"))
    for code, month, count in rows:
        filed.setdefault(code, {})[month] = count
    return filed


def _line(county: Region, phase: CountyPhase | None, grown, filed, today: date) -> CountyLine:
    own = grown.get(county.code, Growth())
    which = Phase(phase.phase) if phase else None
    return CountyLine(
        county=county,
        phase=phase,
        until=planned_end(which, phase.starts_on) if phase else None,
        late=days_late(which, phase.starts_on, today) if phase else 0,
        points=own.points(today),
        people=own.people(today),
        certified=own.certified,
        claims=sum(filed.get(county.code, {}).values()),
    )


def _progress(
    plan: ProgrammePlan, goals: Goals, grown: dict[str, Growth], filed, today: date, *, is_whole: bool
) -> list[Progress]:
    by_month: dict[date, int] = {}
    for months in filed.values():
        for month, count in months.items():
            by_month[month] = by_month.get(month, 0) + count
    certified = sum(each.certified for each in grown.values())

    def claims(day: date) -> int:
        return sum(count for month, count in by_month.items() if month <= day)

    def counties(day: date) -> int:
        return sum(each.has_begun(day) for each in grown.values())

    def points(day: date) -> int:
        return sum(each.points(day) for each in grown.values())

    def people(day: date) -> int:
        return sum(each.people(day) for each in grown.values())

    certificates = _("with a certificate: %(n)s") % {"n": certified}
    measured: list[tuple[str, int, Callable[[date], int], str]] = [
        (_("Counties"), goals.counties, counties, _("with a station that operates")),
        (_("Village stations"), goals.stations, points, _("operating")),
        (_("Agents"), goals.agents, people, certificates),
        (_("Claims"), goals.claims, claims, _("filed since the programme began")),
    ]
    # Of one county there is nothing to count to: it takes part or it does not.
    shown = measured if is_whole or goals.counties > 1 else measured[1:]
    return [_goal(plan, label, goal, reached, note, today) for label, goal, reached, note in shown]


def _goal(
    plan: ProgrammePlan, label: str, goal: int, reached: Callable[[date], int], note: str, today: date
) -> Progress:
    def due(day: date) -> int:
        return expected(goal, starts_on=plan.starts_on, ends_on=plan.ends_on, day=day)

    names, planned, actual = [], [], []
    for month in _months(plan, today):
        end = last_day_of(month)
        names.append(f"{month:%y-%m}")
        planned.append(charts.Point(names[-1], due(end + timedelta(days=1))))
        known = month <= today
        actual.append(charts.Point(names[-1], reached(min(end, today)) if known else None))
    chart = charts.line_chart(
        _("%(what)s, by the end of each month") % {"what": label},
        [charts.Line(_("so far reached"), actual), charts.Line(_("expected"), planned)],
        target=charts.Point(_("plan"), goal),
    )
    return Progress(label, goal, due(today), reached(today), note, chart)


def _months(plan: ProgrammePlan, today: date) -> list[date]:
    """The months of the programme and those after it up to now, the last 36 of them."""
    month, last = month_of(plan.starts_on), month_of(max(plan.ends_on, today))
    months = [month]
    while months[-1] < last:
        months.append(months_from(months[-1], 1))
    return months[-MOST_MONTHS:]
