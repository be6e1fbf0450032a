"""How a value of a figure is said, on every board and in every report and export. docs/rules/figures.md."""

from __future__ import annotations

from django.utils.translation import gettext as _

from aftersales.lib.figures import Aim, Figure, Unit, Value
from aftersales.web.formats import money, percent, span


def shown(value: Value) -> str:
    """The value in words: 12, 2 h 5 min, ¥12.34, 92.0%, or that there is no data."""
    return _("no data") if value.number is None else number_words(value.figure, value.number)


def number_words(figure: Figure, number) -> str:
    """A number of a figure in the figure's unit."""
    if figure.unit == Unit.SHARE:
        return percent(number)
    if figure.unit == Unit.MINUTES:
        return span(round(number))
    if figure.unit == Unit.FEN:
        return money(round(number))
    return f"{number:,}"


def behind(value: Value) -> str:
    """The count a value rests on, in words; empty where the value is the count."""
    return str(value.figure.behind) % {"count": f"{value.behind:,}"} if value.figure.behind else ""


def target_words(figure: Figure) -> str:
    """The target in words, as "at most 2 h"; empty where there is none."""
    target = figure.target
    if target is None:
        return ""
    words = _("at most %(value)s") if target.aim == Aim.AT_MOST else _("at least %(value)s")
    return words % {"value": _target_number(figure, target.value)}


def _target_number(figure: Figure, number) -> str:
    """As people set a target: 92 %, 2 h, 48 h."""
    if figure.unit == Unit.SHARE:
        return percent(number, 0 if number * 100 % 1 == 0 else 1)
    if figure.unit == Unit.MINUTES and number % 60 == 0:
        return _("%(hours)s h") % {"hours": number // 60}
    return number_words(figure, number)
