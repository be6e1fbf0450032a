"""docs/rules/supervision.md, section 6: what an evaluation of a quarter holds, and how it is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from aftersales.lib.figures import Aim, Target, Value

FORMAT = 1
"""Of the content; a newer one would be read beside this one, so that old evaluations stay readable."""


def written(number: int | Fraction | None) -> int | str | None:
    """A number as it stands in the content: exactly, a share as "11/12"."""
    return f"{number.numerator}/{number.denominator}" if isinstance(number, Fraction) else number


def number_of(text: int | str | None) -> int | Fraction | None:
    """The number that `written` wrote."""
    return Fraction(text) if isinstance(text, str) else text


def figure_lines(values: Iterable[Value]) -> list[dict[str, Any]]:
    """What is kept of figures: their numbers, the counts behind them and the targets of the day."""
    return [
        {
            "code": value.figure.code,
            "unit": value.figure.unit.value,
            "number": written(value.number),
            "behind": value.behind,
            "target": _target(value.figure.target),
            "missed": value.misses_target,
        }
        for value in values
    ]


def _target(target: Target | None) -> dict[str, Any] | None:
    return None if target is None else {"aim": target.aim.value, "value": written(target.value)}


@dataclass(frozen=True)
class Line:
    """One figure of an evaluation as it was kept."""

    code: str
    unit: str
    number: int | Fraction | None
    behind: int
    aim: Aim | None
    target: int | Fraction | None
    missed: bool


def read_lines(content: Mapping[str, Any]) -> list[Line]:
    """The figures of a content, in their order."""
    return [
        Line(
            code=line["code"],
            unit=line["unit"],
            number=number_of(line["number"]),
            behind=line["behind"],
            aim=Aim(line["target"]["aim"]) if line["target"] else None,
            target=number_of(line["target"]["value"]) if line["target"] else None,
            missed=line["missed"],
        )
        for line in content["figures"]
    ]
