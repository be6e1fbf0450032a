"""How numbers are written in the content of a report: whole ones, shares in permille."""

from fractions import Fraction

from aftersales.lib.figures import Unit

Count = int | str | None
"""A number, None for "no data", or "small" or "withheld"."""
PERMILLE = "permille"


def number_in(unit: Unit, number: int | Fraction | None) -> int | None:
    """A number as a content holds it: shares in whole permille, half to even."""
    if number is None:
        return None
    return round(number * 1000) if unit == Unit.SHARE else int(number)


def unit_in(unit: Unit) -> str:
    return PERMILLE if unit == Unit.SHARE else unit.value
