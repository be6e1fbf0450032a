"""docs/rules/regions.md: official statistical codes of places, and which place lies in which.

A code has 12 digits: 2 province, 2 city, 2 county, 3 township, 3 village; the rest is zeros.
"""

from collections.abc import Container
from enum import IntEnum

from aftersales.lib.errors import InvalidValue

CODE_LENGTH = 12
NATION = "0" * CODE_LENGTH

COUNTYLESS_CITIES = frozenset({"4419", "4420", "4604"})
"""东莞, 中山 and 儋州 have no counties: their towns carry 00 as county digits and the city
itself stands in for the county."""


class Level(IntEnum):
    """How deep in the tree a place lies."""

    NATION = 0
    PROVINCE = 1
    CITY = 2
    COUNTY = 3
    TOWNSHIP = 4
    VILLAGE = 5


DIGITS: dict[Level, int] = {
    Level.NATION: 0,
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
}
"""How many leading digits a place of each level shares with everything inside it."""

_PARTS = (
    (Level.PROVINCE, 0, 2),
    (Level.CITY, 2, 4),
    (Level.COUNTY, 4, 6),
    (Level.TOWNSHIP, 6, 9),
    (Level.VILLAGE, 9, 12),
)


class RegionCodeError(InvalidValue):
    """A code that cannot be an official one. Codes: wrong_length, not_digits, gap."""


def level_of(code: str) -> Level:
    """The level of the place a code stands for.

    Raises RegionCodeError: "not_digits", "wrong_length", or "gap" when a lower level is given
    below an empty one (320300102000: a township of no county).
    """
    if not (code.isascii() and code.isdigit()):
        raise RegionCodeError("not_digits", "a region code has digits only")
    if len(code) != CODE_LENGTH:
        raise RegionCodeError("wrong_length", f"a region code has {CODE_LENGTH} digits")
    given = [level for level, start, end in _PARTS if code[start:end].strip("0")]
    if not given:
        return Level.NATION
    missing = set(range(1, given[-1])) - set(given)
    if missing - ({Level.COUNTY} if code[:4] in COUNTYLESS_CITIES else set()):
        raise RegionCodeError("gap", "a level above the last one is empty")
    return given[-1]


def prefix(code: str) -> str:
    """The leading digits shared with everything inside the place; "" for the nation."""
    return code[: DIGITS[level_of(code)]]


def code_range(prefix: str) -> tuple[str, str]:
    """First and last code inside a prefix, both included: one index range in the database."""
    if prefix and not (prefix.isascii() and prefix.isdigit()):
        raise RegionCodeError("not_digits", "a prefix has digits only")
    if len(prefix) not in DIGITS.values():
        raise RegionCodeError("wrong_length", "a prefix has 0, 2, 4, 6, 9 or 12 digits")
    return prefix.ljust(CODE_LENGTH, "0"), prefix.ljust(CODE_LENGTH, "9")


def contains(outer: str, inner: str) -> bool:
    """Whether one place lies inside another; every place contains itself."""
    level_of(inner)
    return inner.startswith(prefix(outer))


def ancestors(code: str) -> tuple[str, ...]:
    """Codes of the places above, nearest first, by digits alone; the nation is left out.

    Whether each of them exists is for `nearest_ancestor` to say.
    """
    level = level_of(code)
    above = [code[: DIGITS[higher]].ljust(CODE_LENGTH, "0") for higher in range(level - 1, 0, -1)]
    return tuple(dict.fromkeys(above))


def parent_code(code: str) -> str | None:
    """The place directly above by digits; None for a province and for the nation."""
    return next(iter(ancestors(code)), None)


def nearest_ancestor(code: str, existing: Container[str]) -> str | None:
    """The nearest place above that exists; None when there is none."""
    return next((above for above in ancestors(code) if above in existing), None)


def parent_among(code: str, existing: Container[str]) -> str | None:
    """The existing place under which a list enters a place; None when what it lies in is unknown.

    That is the place directly above. A city alone may be left out, because some counties lie directly
    in their province: a township of an unknown county is refused, not hung on the city.
    """
    above = ancestors(code)
    candidates = above if level_of(code) == Level.COUNTY else above[:1]
    return next((each for each in candidates if each in existing), None)


def county_code(code: str) -> str:
    """The county a place lies in or is; "" above the counties.

    For 东莞, 中山, 儋州 and their towns it is the city, which stands in for the county.
    """
    if code[:4] in COUNTYLESS_CITIES and level_of(code) >= Level.CITY:
        return code[:4].ljust(CODE_LENGTH, "0")
    return code[:6].ljust(CODE_LENGTH, "0") if level_of(code) >= Level.COUNTY else ""


def is_county_like(code: str) -> bool:
    """Whether a place is a county or a city that stands in for one."""
    return county_code(code) == code
