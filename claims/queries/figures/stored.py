"""How figures are kept in a cell: small JSON, zeros left out, distributions as value and count in turn."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from itertools import chain
from typing import Any

from claims.queries.figures.tally import Counts, Figures
from claims.rules.satisfaction import Satisfaction

COLUMNS = ("content", "responses", "resolutions")


def content_of(figures: Figures) -> dict[str, Any]:
    """Everything but the distributions; the same figures give the same JSON."""
    content = {
        "classes": [[*key, count] for key, count in sorted(figures.by_class_and_status.items()) if count],
        "goods": {goods: _counted(counts) for goods, counts in sorted(figures.by_goods.items())},
        "remedies": {remedy: count for remedy, count in sorted(figures.by_remedy.items()) if count},
        "said": _counted(figures.satisfaction),
        "orders": [figures.orders, figures.orders_claimed] if figures.orders else [],
    }
    return {name: value for name, value in content.items() if value}


def _counted(counts: Counts | Satisfaction) -> dict[str, int]:
    return {name: count for name, count in sorted(asdict(counts).items()) if count}


def times_of(distribution: Counter) -> list[int]:
    """[minutes, claims, minutes, claims, …], the shortest first."""
    return list(chain.from_iterable((each, count) for each, count in sorted(distribution.items()) if count))


def read(
    content: dict[str, Any], responses: list[int] | None = None, resolutions: list[int] | None = None
) -> Figures:
    """Figures from a cell; without distributions they know no median."""
    orders, claimed = content.get("orders") or (0, 0)
    return Figures(
        by_goods={goods: Counts(**counts) for goods, counts in content.get("goods", {}).items()},
        by_class_and_status=Counter(
            {(goods, nature, status): count for goods, nature, status, count in content.get("classes", ())}
        ),
        by_remedy=Counter(content.get("remedies", {})),
        satisfaction=Satisfaction(**content.get("said", {})),
        orders=orders,
        orders_claimed=claimed,
        responses=_distribution(responses or ()),
        resolutions=_distribution(resolutions or ()),
        has_times=responses is not None and resolutions is not None,
    )


def _distribution(times) -> Counter:
    return Counter(dict(zip(times[::2], times[1::2], strict=True)))
