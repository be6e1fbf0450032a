"""Every number on boards and in reports, defined once. Definitions in words: docs/rules/figures.md.

The functions take any rows with the columns of the view report_case, already narrowed to a scope.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from claims.rules.clocks import FIRST_RESPONSE
from claims.rules.statistics import percentile, share
from claims.rules.status import OPEN

SHANGHAI = ZoneInfo("Asia/Shanghai")
RESPONSE_TARGET_MINUTES = int(FIRST_RESPONSE.total_seconds() // 60)
MEAN_RESOLUTION_TARGET_MINUTES = 48 * 60
COLUMNS = (
    "goods_type",
    "nature",
    "status",
    "round",
    "response_minutes",
    "resolution_minutes",
    "remedy",
    "level",
    "amount_fen",
)


@dataclass
class Figures:
    """The figures of the claims filed in one period: minutes, fen, shares from 0 to 1; None is "no data"."""

    filed: int = 0
    open: int = 0
    resolved: int = 0
    rejected: int = 0
    withdrawn: int = 0
    merged: int = 0
    reopened: int = 0
    by_class_and_status: Counter = field(default_factory=Counter)
    by_status: Counter = field(default_factory=Counter)
    by_remedy: Counter = field(default_factory=Counter)
    compensated: int = 0
    compensated_fen: int = 0
    by_rule: int = 0
    response_count: int = 0
    response_median: int | None = None
    response_p90: int | None = None
    response_in_time: Fraction | None = None
    resolution_count: int = 0
    resolution_median: int | None = None
    resolution_p90: int | None = None
    resolution_mean: int | None = None
    resolution_rate: Fraction | None = None
    satisfaction: Fraction | None = None

    @property
    def mean_compensation_fen(self) -> int | None:
        return round(Fraction(self.compensated_fen, self.compensated)) if self.compensated else None


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """First instant of a month and of the next one, Shanghai time."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return (
        datetime(first.year, first.month, 1, tzinfo=SHANGHAI),
        datetime(following.year, following.month, 1, tzinfo=SHANGHAI),
    )


def filed_between(cases, start: datetime, end: datetime):
    """Cases filed from `start` up to but not including `end`."""
    return cases.filter(filed_at__gte=start, filed_at__lt=end)


def figures_of(cases) -> Figures:
    """Work out the figures of these cases in one query."""
    return _add_up(cases.values_list(*COLUMNS))


def figures_by_county(cases) -> dict[str, Figures]:
    """The figures of each county in these cases, one query in all."""
    grouped: dict[str, list[tuple]] = {}
    for county, *row in cases.values_list("county_code", *COLUMNS):
        grouped.setdefault(county, []).append(tuple(row))
    return {county: _add_up(rows) for county, rows in sorted(grouped.items())}


def _add_up(rows) -> Figures:
    figures = Figures()
    responses: list[int] = []
    resolutions: list[int] = []
    for goods, nature, status, round_, response, resolution, remedy, level, amount in rows:
        figures.filed += 1
        figures.by_status[status] += 1
        figures.by_class_and_status[goods, nature, status] += 1
        figures.reopened += round_ > 1
        if response is not None:
            responses.append(response)
        if resolution is not None:
            resolutions.append(resolution)
        if amount is not None:
            figures.compensated += 1
            figures.compensated_fen += amount
            figures.by_remedy[remedy] += 1
            figures.by_rule += level == "rule"
    _count_states(figures)
    _measure_times(figures, sorted(responses), sorted(resolutions))
    return figures


def _count_states(figures: Figures) -> None:
    states = figures.by_status
    figures.open = sum(states[status] for status in OPEN)
    figures.resolved = states["resolved"] + states["closed"]
    figures.rejected = states["rejected"]
    figures.withdrawn = states["withdrawn"]
    figures.merged = states["merged"]
    ended = figures.resolved + figures.rejected
    figures.resolution_rate = share(figures.resolved, ended)


def _measure_times(figures: Figures, responses: list[int], resolutions: list[int]) -> None:
    figures.response_count, figures.resolution_count = len(responses), len(resolutions)
    figures.response_median, figures.response_p90 = percentile(responses, 50), percentile(responses, 90)
    figures.resolution_median, figures.resolution_p90 = (
        percentile(resolutions, 50),
        percentile(resolutions, 90),
    )
    in_time = sum(minutes <= RESPONSE_TARGET_MINUTES for minutes in responses)
    figures.response_in_time = share(in_time, len(responses))
    if resolutions:
        figures.resolution_mean = round(Fraction(sum(resolutions), len(resolutions)))


def months_back(month: date, count: int) -> list[date]:
    """The first days of `count` months that end with this one, oldest first."""
    months = [month.replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months[::-1]
