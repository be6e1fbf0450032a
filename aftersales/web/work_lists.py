"""What waits for somebody, as the start page of the admin shows it: a count, the first rows, a way on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

CAP = 50
SHOWN = 5


@dataclass(frozen=True)
class Item:
    """One row: what it is, where to look at it, and what is worth knowing before that."""

    title: str
    url: str
    text: str = ""


@dataclass(frozen=True)
class WorkList:
    """Rows that wait for the same thing; `count` is a number or "50+", `tone` says how urgent they are."""

    title: str
    url: str
    count: str
    items: tuple[Item, ...] = ()
    tone: str = "neutral"


@dataclass(frozen=True)
class Source:
    """Lists for those who hold a permission. They are read where it counts and nowhere else: whoever asks
    sets the scope."""

    permission: str
    read: Callable[[Any], list[WorkList]]


def work_list(
    title: Any, rows: QuerySet, *, url: str, item: Callable[[Any], Item], tone: str = "info"
) -> WorkList:
    """Read a list in one query: up to the cap for the count, the first ones for the page."""
    found = list(rows[: CAP + 1])
    return WorkList(
        title=str(title),
        url=url,
        count=_("%(number)s+") % {"number": CAP} if len(found) > CAP else str(len(found)),
        items=tuple(item(row) for row in found[:SHOWN]),
        tone=tone if found else "neutral",
    )
