"""A calendar for other programs to read: iCalendar (RFC 5545), all times in Asia/Shanghai.

Only what a published calendar of appointments needs is written; nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from aftersales.lib.worktime import SHANGHAI

LINE_OCTETS = 75
"""The longest line, without its end (RFC 5545, section 3.1)."""

ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19910915T020000",
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


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
    """The calendar as it goes over the line: UTF-8, folded lines that end in CR LF.

    `product` names the program that wrote it. Readers are asked to come again after an hour.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_text(product)}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        *ZONE,
    ]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line)).encode()


def fold(line: str) -> list[str]:
    """The line in pieces of at most 75 octets, a blank before every further one, no character cut apart."""
    pieces, piece, octets = [], "", 0
    for character in line:
        width = len(character.encode())
        if octets + width > LINE_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += character
        octets += width
    return [*pieces, piece]


def _event(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{event.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"LAST-MODIFIED:{event.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;TZID=Asia/Shanghai:{event.starts_at.astimezone(SHANGHAI):%Y%m%dT%H%M%S}"
    yield f"DTEND;TZID=Asia/Shanghai:{event.ends_at.astimezone(SHANGHAI):%Y%m%dT%H%M%S}"
    yield f"SUMMARY:{_text(event.summary)}"
    if event.location:
        yield f"LOCATION:{_text(event.location)}"
    if event.point:
        yield "GEO:{:.6f};{:.6f}".format(*event.point)
    if event.description:
        yield f"DESCRIPTION:{_text(event.description)}"
    if event.url:
        yield f"URL:{_plain(event.url)}"
    yield "STATUS:CANCELLED" if event.is_cancelled else "STATUS:CONFIRMED"
    yield "TRANSP:TRANSPARENT" if event.is_cancelled else "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A value of type TEXT (section 3.3.11): line ends, commas, semicolons and backslashes are escaped."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    value = value.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return _plain(value)


def _plain(value: str) -> str:
    """Without control characters: one of them could end the line and begin another one."""
    return "".join(each for each in value if each.isprintable())
