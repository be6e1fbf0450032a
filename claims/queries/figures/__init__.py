"""Every number on boards and in reports, defined once. Definitions in words: docs/rules/figures.md.

`cases` are the claims one by one, `cells` reads what was counted, `definitions` says what each figure is.
"""

from aftersales.lib.periods import SHANGHAI
from claims.queries.figures.calendar import month_bounds, months_back
from claims.queries.figures.cases import cases, filed_between
from claims.queries.figures.definitions import DEFINITIONS_VERSION, FIGURES
from claims.queries.figures.tally import (
    MEAN_RESOLUTION_TARGET_MINUTES,
    RESPONSE_TARGET_MINUTES,
    SETTLED,
    Counts,
    Figures,
    TimesNotRead,
)
from claims.queries.figures.workloads import Workload, filed_by_day, open_loads, workloads

__all__ = [
    "DEFINITIONS_VERSION",
    "FIGURES",
    "MEAN_RESOLUTION_TARGET_MINUTES",
    "RESPONSE_TARGET_MINUTES",
    "SETTLED",
    "SHANGHAI",
    "Counts",
    "Figures",
    "TimesNotRead",
    "Workload",
    "cases",
    "filed_between",
    "filed_by_day",
    "month_bounds",
    "months_back",
    "open_loads",
    "workloads",
]
