"""What a frozen edition says, in the words it was frozen with. docs/rules/reports.md names the keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aftersales.lib.periods import Period, PeriodKind
from aftersales.web.formats import money, permille, span
from claims.rules.statistics import SHOWN_AS, Hidden

SMALL, WITHHELD = Hidden.SMALL.value, Hidden.WITHHELD.value
HIDDEN_AS = {hidden.value: words for hidden, words in SHOWN_AS.items()}
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True)
class Told:
    """One value in words; `number` is None where there is no data or it is hidden."""

    code: str
    name: str
    formula: str
    value: str
    number: int | None
    behind: str
    target: str
    misses_target: bool


class Words:
    """The words of an edition in the reader's language."""

    def __init__(self, content: Mapping[str, Any]):
        language = get_language() or LANGUAGES[0]
        known = content["words"]
        self._words = known.get(language) or known[LANGUAGES[0]]

    def __call__(self, kind: str, code: str) -> str:
        return self._words.get(f"{kind}:{code}", code)

    def told(self, value: Mapping[str, Any]) -> Told:
        """A value of the edition as people read it."""
        code, unit, target = value["code"], value["unit"], value.get("target")
        number = known(value["number"])
        behind = count_words(value["behind"])
        return Told(
            code=code,
            name=self("figure", code),
            formula=self("formula", code),
            value=value_words(value["number"], unit),
            number=number,
            behind=self("behind", code).replace("%(count)s", behind),
            target=target_words(target, unit),
            misses_target=number is not None and misses(target, number),
        )


def known(number: Any) -> int | None:
    """The number of a value or count; None where it is hidden or there is no data."""
    return number if isinstance(number, int) else None


def misses(target: Mapping[str, Any] | None, number: int) -> bool:
    """Whether a number does not reach its target."""
    if not target:
        return False
    return number > target["value"] if target["aim"] == "at_most" else number < target["value"]


def value_words(number: Any, unit: str) -> str:
    """A value in its unit: 12, 2 h 5 min, ¥12.50, 92%; "no data", "<5" or a dash."""
    if number is None:
        return _("no data")
    if number in HIDDEN_AS:
        return HIDDEN_AS[number]
    return {"minutes": span, "fen": money, "permille": permille}.get(unit, str)(number)


def count_words(count: Any) -> str:
    """A count as it may be shown; empty where there is none."""
    return "" if count is None else HIDDEN_AS.get(count, str(count))


def target_words(target: Mapping[str, Any] | None, unit: str) -> str:
    """at most 2 h, at least 92%; empty without a target."""
    if not target:
        return ""
    said = {"value": value_words(target["value"], unit)}
    return _("at most %(value)s") % said if target["aim"] == "at_most" else _("at least %(value)s") % said


def period_words(period: Period) -> str:
    """A quarter or month as people say it."""
    year, month = period.first.year, period.first.month
    if period.kind == PeriodKind.QUARTER:
        return _("quarter %(quarter)s of %(year)s") % {"quarter": (month + 2) // 3, "year": year}
    if period.kind == PeriodKind.MONTH:
        return _("month %(month)s of %(year)s") % {"month": month, "year": year}
    return period.name
