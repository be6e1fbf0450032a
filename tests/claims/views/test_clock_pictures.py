"""The drawn calendar of a clock: what it writes beside each day."""

import re
from datetime import date, datetime, time

from aftersales.lib.worktime import SHANGHAI, WorkCalendar
from aftersales.web.day_charts import Mark
from claims.views.clock_pictures import hours_drawn

ROUND_THE_CLOCK = (datetime(2026, 11, 20, 16, 27, 8), datetime(2026, 11, 21, 16, 27, 8))


def notes(calendar: WorkCalendar, start: datetime, end: datetime) -> list[str]:
    start, end = start.replace(tzinfo=SHANGHAI), end.replace(tzinfo=SHANGHAI)
    drawn = hours_drawn(
        "Calendar",
        calendar.explain(start, end),
        windows=(),
        days=None,
        marks=[Mark(end, "due")],
        description="",
    )
    return re.findall(r">(\d+:\d\d)<", str(drawn))


def test_the_hours_beside_the_days_add_up_to_what_the_clock_counted():
    natural = WorkCalendar(lambda day: True, ())

    assert notes(natural, *ROUND_THE_CLOCK) == ["7:32", "16:28"]


def test_the_hours_beside_a_day_are_those_of_the_lines_in_words():
    office = WorkCalendar(
        lambda day: day != date(2026, 11, 21), ((time(8, 30), time(12)), (time(14), time(18)))
    )

    assert notes(office, datetime(2026, 11, 20, 16, 27, 8), datetime(2026, 11, 22, 9, 57, 8)) == [
        "1:32",
        "1:28",
    ]
