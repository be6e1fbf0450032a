"""docs/rules/exams.md, section 7: the sheet of a practical exam, points, and when it is passed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aftersales.lib.errors import InvalidValue
from training.rules.exams import PERMILLE

MOST_ITEMS = 30
MOST_POINTS = 100
WHAT_SIGNS = 120
CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")


@dataclass(frozen=True)
class Item:
    """What the examiner looks at, and the most points for it."""

    code: str
    what: str
    points: int


@dataclass(frozen=True)
class Scored:
    """What a sheet came to: points reached, points there were, and thousandths rounded down."""

    reached: int
    most: int
    permille: int
    has_passed: bool


def read_items(rows: Iterable[Mapping[str, Any]]) -> tuple[Item, ...]:
    """The items of a sheet in their order.

    Raises InvalidValue "empty", "too_many", "code_invalid", "code_twice", "what_invalid" or
    "points_invalid".
    """
    items = tuple(Item(str(row["code"]), str(row["what"]), row["points"]) for row in rows)
    if not items:
        raise InvalidValue("empty", "a sheet needs at least one item")
    if len(items) > MOST_ITEMS:
        raise InvalidValue("too_many", f"a sheet has at most {MOST_ITEMS} items")
    if not all(CODE.fullmatch(item.code) for item in items):
        raise InvalidValue("code_invalid", "a code is a few small letters, digits and underscores")
    if len({item.code for item in items}) < len(items):
        raise InvalidValue("code_twice", "a code stands once on a sheet")
    if not all(0 < len(item.what.strip()) <= WHAT_SIGNS for item in items):
        raise InvalidValue("what_invalid", f"what is looked at takes 1 to {WHAT_SIGNS} signs")
    if any(type(item.points) is not int or not 1 <= item.points <= MOST_POINTS for item in items):
        raise InvalidValue("points_invalid", f"the most points of an item are 1 to {MOST_POINTS}")
    return items


def item_rows(items: Iterable[Item]) -> list[dict[str, Any]]:
    """Items as they are kept with a sheet."""
    return [{"code": item.code, "what": item.what, "points": item.points} for item in items]


def scored(items: Iterable[Item], points: Mapping[str, int], pass_permille: int) -> Scored:
    """What the points come to; every item has its own, whole and from 0 to its most.

    Rounded down, as the score of a theory exam: nobody passes by rounding. Raises InvalidValue
    "item_missing", "item_unknown" or "points_invalid".
    """
    most = {item.code: item.points for item in items}
    if set(most) - set(points):
        raise InvalidValue("item_missing", "every item needs its points")
    if set(points) - set(most):
        raise InvalidValue("item_unknown", "points for something that is not on the sheet")
    if any(type(given) is not int or not 0 <= given <= most[code] for code, given in points.items()):
        raise InvalidValue("points_invalid", "points are whole, from 0 to the most of the item")
    reached, whole = sum(points.values()), sum(most.values())
    permille = reached * PERMILLE // whole
    return Scored(reached, whole, permille, permille >= pass_permille)
