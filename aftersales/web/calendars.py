"""A calendar for other programs to read: iCalendar (RFC 5545), all times in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

import icalendar

from aftersales.lib.worktime import SHANGHAI

ASK_AGAIN = timedelta(hours=1)
"""How soon readers are asked to come again."""


@dataclass(frozen=True)
class Event:
    """One appointment. `uid` stays the same for ever, `sequence` grows with every change of it.

    `stamp` is when it was last changed. `point` is latitude and longitude in degrees. Times are aware.
    """

    uid: str
    stamp: datetime
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    point: tuple[float, float] | None = None
    is_cancelled: bool = False


def calendar(*, name: str, product: str, events: Iterable[Event]) -> bytes:
    """The calendar as it goes over the line. `product` names the program that wrote it.

    The same appointments give the same bytes. Control characters in texts are left out.
    """
    written = icalendar.Calendar()
    for key, value in (
        ("version", "2.0"),
        ("prodid", product),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
        ("name", _printable(name)),
        ("x-wr-calname", _printable(name)),
        ("x-wr-timezone", SHANGHAI.key),
    ):
        written.add(key, value)
    written.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    written.add("x-published-ttl", icalendar.vDuration(ASK_AGAIN).to_ical().decode())
    written.add_component(_zone())
    for event in events:
        written.add_component(_component(event))
    return written.to_ical(sorted=False)


@cache
def _zone() -> icalendar.Timezone:
    """Shanghai keeps one time all year round, so one rule says it for good."""
    return icalendar.Timezone.from_tzid(SHANGHAI.key, first_date=date(2020, 1, 1), last_date=date(2100, 1, 1))


def _component(event: Event) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("dtstamp", event.stamp.astimezone(UTC))
    component.add("last-modified", event.stamp.astimezone(UTC))
    component.add("sequence", event.sequence)
    component.add("dtstart", event.starts_at.astimezone(SHANGHAI))
    component.add("dtend", event.ends_at.astimezone(SHANGHAI))
    component.add("summary", _printable(event.summary))
    if event.location:
        component.add("location", _printable(event.location))
    if event.point:
        component.add("geo", event.point)
    if event.description:
        component.add("description", _printable(event.description))
    if event.url:
        component.add("url", event.url)
    component.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if event.is_cancelled else "OPAQUE")
    return component


def _printable(text: str) -> str:
    """Line ends stay, in one form; other control characters could end a line for some readers."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(each for each in line if each.isprintable()) for line in lines)
