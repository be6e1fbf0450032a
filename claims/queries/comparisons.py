"""How a figure moved between two periods: docs/rules/league.md, "Compared with before"."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from aftersales.lib.figures import Figure, Unit, Value

PER_CENT, POINTS = "per_cent", "points"
Number = int | Fraction | None


@dataclass(frozen=True)
class Change:
    """How a figure moved.

    `kind` says what `number` counts: "points" is a difference of two shares (0.05 are five percentage
    points), "per_cent" a difference in parts of the earlier value (0.05 are five per cent of it). Both are
    None where one of the values is not known, and where the earlier one is zero, of which nothing is a part.
    `is_better` is None where neither direction is, and for what rounds to 0.0 and is called unchanged.
    """

    kind: str | None
    number: Fraction | None
    words: str
    is_better: bool | None = None


def compare(figure: Figure, now_value: Value | Number, before_value: Value | Number) -> Change:
    """How a figure moved from one value to a later one: shares in percentage points, all else in per cent.

    Takes values of the figure or their numbers. No data stays "no data": it is neither a rise nor a fall.
    """
    now, before = _number(now_value), _number(before_value)
    if now is None or before is None:
        return Change(None, None, _("no data"))
    if figure.unit == Unit.SHARE:
        kind, number = POINTS, Fraction(now) - Fraction(before)
    elif before:
        kind, number = PER_CENT, (Fraction(now) - Fraction(before)) / Fraction(before)
    else:
        return Change(None, None, _("was 0") if now else _("unchanged"), _is_better(figure, Fraction(now)))
    tenths = round(number * 1000)
    if not tenths:
        return Change(kind, number, _("unchanged"))
    return Change(kind, number, _words(kind, tenths), _is_better(figure, number))


def _number(value: Value | Number) -> Number:
    return value.number if isinstance(value, Value) else value


def _words(kind: str, tenths: int) -> str:
    size = f"{'+' if tenths > 0 else '−'}{abs(tenths) // 10}.{abs(tenths) % 10}"
    if kind == POINTS:
        return _("%(size)s percentage points") % {"size": size}
    return f"{size}%"


def _is_better(figure: Figure, number: Fraction) -> bool | None:
    if figure.more_is_better is None or not number:
        return None
    return (number > 0) == figure.more_is_better
