"""Figures of months and a year from cells, in turns with the same medians by SQL over the claims."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from aftersales.audit.trail import system_scope
from aftersales.lib.periods import Period, PeriodKind
from bench.measures import Measure
from claims.queries.figures import cells
from claims.services import figures as keeping
from stations.rules.regions import NATION, Level

REPEATS = 5
RAW = """
    SELECT {group}, COUNT(*), COUNT(*) FILTER (WHERE status IN ('resolved', 'closed')),
           PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY response_minutes),
           PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY response_minutes),
           PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY resolution_minutes),
           PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY resolution_minutes),
           AVG(resolution_minutes), SUM(amount_fen), COUNT(amount_fen)
    FROM claims_claim AS claim
    LEFT JOIN claims_compensation AS paid
           ON paid.claim_id = claim.id AND paid.round = claim.round AND paid.state = 'executed'
    WHERE filed_at >= %s AND filed_at < %s {inside}
    GROUP BY 1
"""
BY_MONTH = "date_trunc('month', filed_at AT TIME ZONE 'Asia/Shanghai')"


def measure(county_code: str) -> list[Measure]:
    """Milliseconds of a county's twelve months and of a year of all counties; seconds to count one month."""
    today = timezone.localdate()
    months = Period.of(today, PeriodKind.MONTH).back(12)
    whole, last = Period.of(today, PeriodKind.YEAR), months[-2]
    span = [months[0].starts_at, months[-1].ends_at]
    year = Measure("county board, 12 months with medians", "ms", 1, 0.25)
    nation = Measure("national report, a year by county", "ms", 0.5, 0.067)
    one = Measure("national report, one month by county", "ms", 0.5, 0.067)
    counting = Measure("one county's month counted again", "s", 5, 1)
    with system_scope("measure the figures"):
        for _repeat in range(REPEATS):
            year.ours.append(_timed(lambda: _medians(cells.trend(county_code, months, with_times=True))))
            year.floor.append(_timed(lambda: _raw(BY_MONTH, [*span, county_code])))
            nation.ours.append(_timed(lambda: _medians(cells.by_level(NATION, Level.COUNTY, whole))))
            nation.floor.append(_timed(lambda: _raw("claim.county_code", [whole.starts_at, whole.ends_at])))
            one.ours.append(_timed(lambda: _medians(cells.by_level(NATION, Level.COUNTY, last))))
            one.floor.append(_timed(lambda: _raw("claim.county_code", [last.starts_at, last.ends_at])))
            started = time.perf_counter()
            keeping.rebuild(county_code, {last}, now=timezone.now())
            counting.ours.append(time.perf_counter() - started)
    return [year, nation, one, counting]


def _medians(found: dict) -> None:
    for figures in found.values():
        _said = (
            figures.response_median,
            figures.response_p90,
            figures.resolution_median,
            figures.resolution_p90,
        )


def _raw(group: str, given: list) -> None:
    inside = "AND claim.county_code = %s" if len(given) > len(("from", "until")) else ""
    with connection.cursor() as cursor:
        cursor.execute(RAW.format(group=group, inside=inside), given)
        cursor.fetchall()


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
