"""The month of a county as a file while it is not frozen: what the page shows, written as a frozen one is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aftersales.lib.periods import Period
from aftersales.reports.county_month import class_table
from aftersales.reports.hiding import GROUPS
from aftersales.reports.live_hiding import Marks
from aftersales.reports.renderers import Report
from aftersales.reports.values import Count, number_in, unit_in
from aftersales.reports.words import definitions_fingerprint, words_of
from claims.queries.figures import FIGURES, Figures
from claims.rules.statistics import Hidden, published
from stations.rules.regions import Level


def report_of(
    *,
    code: str,
    name: str,
    period: Period,
    figures: Figures,
    marks: Marks | None,
    counted_at: datetime | None,
    made_by: str,
    made_at: datetime,
    language: str,
) -> Report:
    """What the page of a county and a month shows, ready to be written in any form; not frozen.

    `marks` says what is hidden from a reader outside the county, None that nothing is.
    """
    content = {
        "region": {"code": code, "name": name, "level": int(Level.COUNTY)},
        "period": {
            "kind": period.kind.value,
            "name": period.name,
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
        },
        "counted_at": counted_at and counted_at.isoformat(),
        "figures": [_entry(figure, figures, marks) for figure in FIGURES.values()],
        "classes": _classes(figures, marks),
        "children": {"columns": [], "rows": []},
        "completeness": [],
        "departments": {},
        "rules": {
            "figures": definitions_fingerprint(),
            "clock_policies": [],
            "compensation_policies": [],
        },
    }
    return Report(
        content={**content, "words": words_of(content)},
        made_at=made_at,
        made_by=made_by,
        language=language,
    )


def _entry(figure, figures: Figures, marks: Marks | None) -> dict[str, Any]:
    value, target = figure.of(figures), figure.target
    hidden = marks.of(value) if marks else None
    return {
        "code": figure.code,
        "unit": unit_in(figure.unit),
        "number": hidden.value if hidden else number_in(figure.unit, value.number),
        "behind": hidden.value if hidden else value.behind,
        "target": target and {"aim": target.aim.value, "value": number_in(figure.unit, target.value)},
    }


def _classes(figures: Figures, marks: Marks | None) -> dict[str, Any]:
    groups = list(GROUPS)
    if marks and marks.filed:
        return {"groups": groups, "rows": [], "totals": [], "total": marks.filed.value}
    hide_small = marks is not None
    counted = class_table(figures, hide_small=False)
    shown = class_table(figures, hide_small=hide_small)
    totals = [sum(counts) for counts in zip(*(row[:-1] for _class, row in counted), strict=True)]
    # The totals of the columns are a table of one line, whose own total is the number of claims filed.
    last = published([totals])[0] if hide_small else [*totals, sum(totals)]
    return {
        "groups": groups,
        "rows": [
            {"goods": goods, "nature": nature, "counts": _marked(row[:-1]), "total": _marked(row)[-1]}
            for (goods, nature), row in shown
        ],
        "totals": _marked(last[:-1]),
        "total": _marked(last)[-1],
    }


def _marked(counts: Sequence[int | Hidden]) -> list[Count]:
    return [count.value if isinstance(count, Hidden) else count for count in counts]
