from datetime import UTC, datetime, timedelta

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from aftersales.web.calendars import Event, calendar
from tests.property import cases

STARTS = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
EVENT = Event(
    uid="visit-7@aftersales",
    stamp=datetime(2026, 11, 20, 2, 30, 5, tzinfo=UTC),
    sequence=3,
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=2),
    summary="上门维修 广城村 SH2611208K3M9QXA",
)


def unfolded(written: bytes) -> list[str]:
    """As a reader does it: section 3.1 of the RFC."""
    return written.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_a_calendar_of_one_appointment_word_for_word():
    event = Event(
        uid="visit-7@aftersales",
        stamp=EVENT.stamp,
        sequence=3,
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=2),
        summary="Repair, 广城村; SH26",
        location="六广镇 广城村",
        description="14:00–16:00\nC:\\temp",
        url="https://county.example/claims/visits/7/",
        point=(26.9, 106.6),
    )

    assert unfolded(calendar(name="My visits", product="-//Aftersales//Visits//ZH", events=[event])) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Aftersales//Visits//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "NAME:My visits",
        "X-WR-CALNAME:My visits",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Shanghai",
        "COMMENT:This timezone only works from 2020-01-01 to 2100-01-01.",
        "BEGIN:STANDARD",
        "TZOFFSETFROM:+0800",
        "TZOFFSETTO:+0800",
        "TZNAME:CST",
        "DTSTART:20200101T000000",
        "END:STANDARD",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:visit-7@aftersales",
        "DTSTAMP:20261120T023005Z",
        "LAST-MODIFIED:20261120T023005Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Asia/Shanghai:20261123T140000",
        "DTEND;TZID=Asia/Shanghai:20261123T160000",
        "SUMMARY:Repair\\, 广城村\\; SH26",
        "LOCATION:六广镇 广城村",
        "GEO:26.9;106.6",
        "DESCRIPTION:14:00–16:00\\nC:\\\\temp",
        "URL:https://county.example/claims/visits/7/",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_cancelled_appointment_leaves_the_time_free():
    cancelled = Event(**{**vars(EVENT), "is_cancelled": True})

    lines = unfolded(calendar(name="x", product="x", events=[cancelled]))

    assert lines[-4:] == ["STATUS:CANCELLED", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR"]


def test_an_empty_calendar_is_a_whole_one():
    lines = unfolded(calendar(name="x", product="x", events=[]))

    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VTIMEZONE", "END:VCALENDAR"])


def test_no_value_begins_a_line_of_its_own():
    hostile = Event(
        **{
            **vars(EVENT),
            "summary": "a\r\nEND:VEVENT\nATTENDEE:mailto:x@example.com\x00\x0b\u2028b",
        }
    )

    lines = unfolded(calendar(name="x", product="x", events=[hostile]))

    assert "SUMMARY:a\\nEND:VEVENT\\nATTENDEE:mailto:x@example.comb" in lines
    assert not [line for line in lines if line.startswith("ATTENDEE")]


@cases
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_a_folded_text_comes_back_whole_and_no_line_is_too_long(text):
    event = Event(**{**vars(EVENT), "summary": text})

    written = calendar(name="x", product="x", events=[event])

    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"")
    (read,) = icalendar.Calendar.from_ical(written).events
    # To icalendar a backslash with a capital N is a line break, as in a text that is escaped already.
    lines = text.replace("\\N", "\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert read["summary"] == "\n".join("".join(filter(str.isprintable, line)) for line in lines)
