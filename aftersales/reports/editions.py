"""Which editions there are, for whoever reads: in their reach, on the connection that cannot write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.periods import Period
from aftersales.reports import reading
from aftersales.reports.connection import CONNECTION
from aftersales.reports.edition_words import count_words, target_words, value_words
from aftersales.reports.models import ReportEdition
from aftersales.reports.reading import Content, Entry
from aftersales.reports.values import PERMILLE, number_in
from claims.queries.comparisons import Change, compare
from claims.queries.figures import FIGURES, Figures
from claims.rules.suppression import rests_on_few

PARTS_OF_ONE = 1000
POLICY_WORDS = {
    "compensation": gettext_lazy("Rules of compensation"),
    "service": gettext_lazy("Promises and hand-overs"),
    "law": gettext_lazy("Limits set by law"),
}


@dataclass(frozen=True)
class Row:
    """One value of an edition in words; `today` is what it would be now, where that is something else."""

    code: str
    name: str
    value: str
    behind: str
    target: str
    formula: str
    misses_target: bool
    today: str = ""


@dataclass(frozen=True)
class Step:
    """One figure in two editions and how it moved."""

    name: str
    before: str
    after: str
    change: Change | None

    @property
    def is_same(self) -> bool:
        return self.before == self.after


def editions() -> QuerySet[ReportEdition]:
    return ReportEdition.objects.using(CONNECTION)


def newest_of(period: Period) -> list[ReportEdition]:
    """The newest edition of every region in reach for a period, the highest level first."""
    rows = editions().filter(period=period.name).order_by("number")
    found = {row.region_code: row for row in rows}
    return sorted(found.values(), key=lambda row: row.region_code)


def newest(region_code: str, period: Period) -> ReportEdition | None:
    """The newest edition of one region and period in reach."""
    return editions().filter(region_code=region_code, period=period.name).order_by("-number").first()


def corrected_by(edition: ReportEdition) -> ReportEdition | None:
    """The edition that corrects this one."""
    return editions().filter(corrects_id=edition.pk).defer("content").first()


def others_of(edition: ReportEdition) -> QuerySet[ReportEdition]:
    """The other editions of the same region, to be compared with: newest period first, without contents."""
    return (
        editions()
        .filter(region_code=edition.region_code)
        .exclude(pk=edition.pk)
        .order_by("-period", "-number")
        .defer("content")
    )


def rows(entries: Iterable[Entry], now: Figures | None = None) -> list[Row]:
    """Values in words, beside what they would be if they were worked out from the figures of now."""
    return [_row(entry, now) for entry in entries]


def values_of(edition: ReportEdition) -> dict[str, str]:
    """Every figure of an edition in words, by code."""
    return {row.code: row.value for row in rows(opened(edition).figures.values())}


def words(entry: Entry) -> str:
    """A value as people read it."""
    return value_words(entry.mark or _raw(entry.unit, entry.number), entry.unit)


def _row(entry: Entry, now: Figures | None) -> Row:
    aim = {"aim": entry.aim, "value": _raw(entry.unit, entry.target)} if entry.aim else None
    return Row(
        code=entry.code,
        name=entry.name,
        value=words(entry),
        behind=_behind(entry),
        target=target_words(aim, entry.unit),
        formula=entry.formula,
        misses_target=entry.misses_target,
        today=_today(entry, now) if now else "",
    )


def _behind(entry: Entry) -> str:
    """The count a value rests on, in words; nothing where the value is that count or is hidden."""
    if entry.behind is None or not entry.behind_words:
        return ""
    return entry.behind_words % {"count": count_words(entry.behind)}


def _today(entry: Entry, now: Figures) -> str:
    """What a value would be today, as far as it may be shown; nothing where it would be the same."""
    figure = FIGURES.get(entry.code)
    if figure is None or entry.mark:
        return ""
    value = figure.of(now)
    if rests_on_few(value):
        return value_words("small", entry.unit)
    number = number_in(figure.unit, value.number)
    return "" if number == _raw(entry.unit, entry.number) else value_words(number, entry.unit)


def _raw(unit: str, number: Any) -> int | None:
    return None if number is None else int(number * PARTS_OF_ONE) if unit == PERMILLE else number


def steps(before: Content, after: Content) -> list[Step]:
    """Every figure of two editions side by side; a figure that one of them lacks is left out."""
    return [
        Step(
            name=entry.name,
            before=words(before.figures[code]),
            after=words(entry),
            change=_change(code, before.figures[code], entry),
        )
        for code, entry in after.figures.items()
        if code in before.figures
    ]


def _change(code: str, before: Entry, after: Entry) -> Change | None:
    if code not in FIGURES or before.number is None or after.number is None:
        return None
    return compare(FIGURES[code], after.number, before.number)


def opened(edition: ReportEdition) -> Content:
    """What an edition says, in the reader's language."""
    return reading.read(edition)


def shown_counts(counts: Iterable[Any]) -> list[str]:
    """Counts of a table as they may be shown."""
    return [count_words(count) for count in counts]


def keys_of(period: Period, region_codes: list[str]) -> dict[str, int]:
    """The key of the newest edition of each of these regions that is in reach."""
    own = editions().filter(period=period.name, region_code__in=region_codes).order_by("number")
    return dict(own.values_list("region_code", "pk"))


def policies(content: Content) -> list[dict[str, str]]:
    """The versions of rules that counted, in words, the programme's first."""
    names = {row["code"]: row["name"] for row in content.data["completeness"]}
    programme = _("the whole programme")
    told = [("compensation", each) for each in content.rules["compensation_policies"]]
    told += [(each["kind"], each) for each in content.rules["clock_policies"]]
    return [
        {
            "name": str(POLICY_WORDS[kind]),
            "place": names.get(each["county_code"], each["county_code"]) or programme,
            "version": each["version"],
            "valid_from": each["valid_from"],
        }
        for kind, each in told
    ]
