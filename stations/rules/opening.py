"""docs/rules/tiers.md, "Opening hours": when a station is open."""

from datetime import time
from itertools import pairwise

from aftersales.lib.errors import Refused

Slot = tuple[time, time]


def opening_slots(
    opens_at: time | None, noon_closes_at: time | None, noon_opens_at: time | None, closes_at: time | None
) -> tuple[Slot, ...]:
    """One slot a day, or two around a noon break; none when the hours are not known yet.

    Raises Refused("half_hours") when one end of a slot is missing, Refused("hours_order") when the
    times do not follow one another.
    """
    given = (opens_at, noon_closes_at, noon_opens_at, closes_at)
    if not any(each is not None for each in given):
        return ()
    if opens_at is None or closes_at is None or (noon_closes_at is None) != (noon_opens_at is None):
        raise Refused("Opening hours need both ends.", code="half_hours")
    times = [each for each in given if each is not None]
    if any(earlier >= later for earlier, later in pairwise(times)):
        raise Refused("Opening hours must follow one another.", code="hours_order")
    if noon_closes_at is None:
        return ((opens_at, closes_at),)
    return ((opens_at, noon_closes_at), (noon_opens_at, closes_at))
