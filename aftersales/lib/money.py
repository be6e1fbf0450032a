"""Money in whole fen and quantities in whole thousandths: parsing, printing, splitting.

There is one way in (`yuan_to_fen`, `parse_milli`) and it takes exact values only, so nothing
has to be rounded later. No function of this module accepts or returns a float.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from aftersales.lib.errors import InvalidValue

MAX_FEN = 10**12
"""Largest amount that is accepted: ten thousand million yuan."""

MAX_MILLI = 10**15
"""Largest quantity that is accepted, in thousandths of a unit."""

_NUMBER = re.compile(r"([0-9]{1,20})(?:\.([0-9]{1,20}))?", re.ASCII)


class MoneyError(InvalidValue):
    """An amount or a quantity that is not exact, not plain or out of range.

    Codes: wrong_type, empty, not_a_number, negative, too_many_decimals, too_large.
    """


def yuan_to_fen(value: str | Decimal) -> int:
    """Read an amount in yuan as whole fen: "12", "12.3", "12.34" or a finite Decimal.

    Refused with MoneyError: whole numbers (yuan and fen look alike), floats, booleans, None,
    signs, exponents, thousands separators, blanks, digits that are not ASCII, a third
    decimal, and anything above MAX_FEN.
    """
    return parse_exact(value, places=2, maximum=MAX_FEN)


def parse_milli(value: str | Decimal) -> int:
    """Read a quantity (pieces, kilograms) as whole thousandths: "2.5" is 2500.

    The same strictness as `yuan_to_fen`, with up to three decimals and up to MAX_MILLI.
    """
    return parse_exact(value, places=3, maximum=MAX_MILLI)


def parse_exact(value: str | Decimal, *, places: int, maximum: int) -> int:
    """Read a number that is not negative as a whole number of 10**-places.

    Raises MoneyError where digits would be lost or the result would exceed `maximum`.
    """
    if isinstance(value, str):
        return _in_range(_text_to_units(value, places), maximum)
    if isinstance(value, Decimal):
        return _in_range(_decimal_to_units(value, places, maximum), maximum)
    raise MoneyError("wrong_type", f"expected text or Decimal, not {type(value).__name__}")


def fen_to_yuan(fen: int) -> Decimal:
    """Whole fen as yuan with exactly two decimals: 1234 is Decimal("12.34")."""
    return Decimal(_plain(fen, 2))


def format_yuan(fen: int) -> str:
    """Whole fen for people: 1234 is "¥12.34", 123456 is "¥1,234.56", -5 is "-¥0.05"."""
    yuan, decimals = _plain(abs(fen), 2).split(".")
    text = f"{int(yuan):,}.{decimals}"
    return f"-¥{text}" if fen < 0 else f"¥{text}"


def format_milli(milli: int) -> str:
    """Thousandths for people, without zeros at the end: 2500 is "2.5", 3000 is "3"."""
    return _plain(milli, 3).rstrip("0").rstrip(".")


def split(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Share a sum out by whole weights so that the parts add up to it exactly.

    Each part is its exact share rounded down or up by less than one fen (largest remainder;
    on a tie the earlier part gets the fen). A negative sum is shared as its opposite.

    Raises ValueError when there is no positive weight or one is negative.
    """
    _check_whole(total_fen)
    for weight in weights:
        _check_whole(weight)
        if weight < 0:
            raise MoneyError("negative", "weights must not be negative")
    whole = sum(weights)
    if whole == 0:
        raise MoneyError("empty", "at least one weight must be positive")
    if total_fen < 0:
        return [-part for part in split(-total_fen, weights)]
    parts = [total_fen * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total_fen * weights[i] % whole), i))
    for i in by_remainder[: total_fen - sum(parts)]:
        parts[i] += 1
    return parts


def _text_to_units(text: str, places: int) -> int:
    if not text:
        raise MoneyError("empty", "the text is empty")
    match = _NUMBER.fullmatch(text)
    if match is None:
        if text[0] == "-" and _NUMBER.fullmatch(text[1:]):
            raise MoneyError("negative", "the number is negative")
        raise MoneyError("not_a_number", "the text is not a plain decimal number")
    whole, decimals = match[1], match[2] or ""
    if len(decimals) > places:
        raise MoneyError("too_many_decimals", f"more than {places} decimals")
    return int(whole + decimals.ljust(places, "0"))


def _decimal_to_units(value: Decimal, places: int, maximum: int) -> int:
    if not value.is_finite():
        raise MoneyError("not_a_number", "the number is not finite")
    if value.is_zero():
        return 0
    if value < 0:
        raise MoneyError("negative", "the number is negative")
    if value > maximum:
        raise MoneyError("too_large", "the number is too large")
    # Digit by digit: arithmetic on Decimal rounds to the context's precision, and a power of
    # ten taken from a hostile exponent would fill the memory.
    _sign, digits, exponent = value.as_tuple()
    shift = int(exponent) + places
    written = "".join(map(str, digits))
    if shift >= 0:
        return int(written + "0" * shift)
    if written[shift:].strip("0") or len(written) <= -shift:
        raise MoneyError("too_many_decimals", f"more than {places} decimals")
    return int(written[:shift])


def _in_range(units: int, maximum: int) -> int:
    if units > maximum:
        raise MoneyError("too_large", "the number is too large")
    return units


def _plain(units: int, places: int) -> str:
    _check_whole(units)
    whole, rest = divmod(abs(units), 10**places)
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{places}d}"


def _check_whole(number: int) -> None:
    if type(number) is not int:
        raise MoneyError("wrong_type", f"expected a whole number, not {type(number).__name__}")
