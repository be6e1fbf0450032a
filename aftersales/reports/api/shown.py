"""How a number of a report is told to programs: what it is, or why it is not shown."""

from aftersales.reports.edition_words import SMALL, WITHHELD
from aftersales.reports.values import Count

KNOWN, NONE = "known", "none"
SHOWN = (KNOWN, NONE, SMALL, WITHHELD)
"""known; none: no data; small: a count from 1 to 4; withheld: it would give another count away."""


def shown_as(count: Count) -> dict[str, int | str | None]:
    """A number of a content as `value` and `shown`."""
    if isinstance(count, int):
        return {"value": count, "shown": KNOWN}
    return {"value": None, "shown": count or NONE}
