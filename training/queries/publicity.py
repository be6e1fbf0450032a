"""Reading the log of publicity: lines that count, and how many people were reached month by month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from aftersales.lib.months import months_from
from training.models import Publicity
from training.models.choices import PublicityKindChoices

ORDER = ("-day", "-id")


@dataclass(frozen=True)
class MonthTotal:
    """What was done in one month: lines by kind, and the people reached as far as somebody counted."""

    month: date
    by_kind: dict[str, int]
    reached: int

    @property
    def lines(self) -> int:
        return sum(self.by_kind.values())

    @property
    def in_order(self) -> list[int]:
        """How many lines of each kind, in the order of the kinds."""
        return [self.by_kind.get(kind, 0) for kind in PublicityKindChoices.values]


def listed(lines: QuerySet[Publicity]) -> QuerySet[Publicity]:
    """Lines with what a list shows of each."""
    return lines.select_related("station", "by").prefetch_related("photos")


def narrowed(
    lines: QuerySet[Publicity], *, county_code: str = "", kind: str = "", month: date | None = None
) -> QuerySet[Publicity]:
    """Those of a county, of a kind, of a month."""
    if county_code:
        lines = lines.filter(county_code=county_code)
    if kind:
        lines = lines.filter(kind=kind)
    return lines.filter(day__gte=month, day__lt=months_from(month, 1)) if month else lines


def totals(months: Iterable[date], *, county_code: str = "") -> list[MonthTotal]:
    """The months in the order given, over the lines in the caller's scope that count; one query."""
    wanted = list(months)
    rows = (
        narrowed(Publicity.objects.filter(withdrawn_at__isnull=True), county_code=county_code)
        .filter(day__gte=min(wanted), day__lt=months_from(max(wanted), 1))
        .order_by()
        .annotate(month=TruncMonth("day"))
        .values_list("month", "kind")
        .annotate(lines=Count("pk"), people=Sum("reached"))
    )
    found: dict[date, MonthTotal] = {}
    for month, kind, lines, people in rows:
        before = found.get(month, MonthTotal(month, {}, 0))
        found[month] = MonthTotal(month, before.by_kind | {kind: lines}, before.reached + (people or 0))
    return [found.get(month, MonthTotal(month, {}, 0)) for month in wanted]
