"""The calendar of a clock, drawn: days with their opening hours, or the weeks of a clock counted in days."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.lib.worktime import SHANGHAI, Stretch, Window
from aftersales.web.day_charts import DayCell, DayRow, Mark, Shape, Span, hour_chart, week_chart
from aftersales.web.formats import WEEKDAYS, named_day
from claims.views.explaining import Days, Group, local

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def hours_drawn(
    title: str,
    stretches: Sequence[Stretch],
    *,
    windows: Sequence[Window],
    days: Days | None,
    marks: Sequence[Mark],
    description: str,
) -> SafeString:
    """What each hour was from the start of a clock to its end. Without `days` every day is worked."""
    first, last = local(stretches[0].start).date(), max(mark.at for mark in marks).date()
    counted = _counted(stretches)
    rows, spans = [], []
    for day in _days(first, last):
        is_off = days is not None and not days.is_working_day(day)
        note = _off_note(day, days) if is_off else counted.get(day, "")
        rows.append(DayRow(day, named_day(day), note, is_off))
        if not is_off:
            spans += [Span(opens, closes, "open") for opens, closes in _open_on(day, windows)]
    spans += [
        Span(local(each.start), local(each.end), "paused" if each.why == "paused" else "counted")
        for each in stretches
        if each.counts or each.why == "paused"
    ]
    return hour_chart(title, rows, spans, marks=marks, names=_names(), description=description)


def weeks_drawn(
    title: str, groups: Sequence[Group], *, marks: Sequence[Mark], description: str
) -> SafeString:
    """The days of a clock that is counted in days, as the weeks of a calendar."""
    shapes: dict[date, Shape] = {mark.at.date(): mark.shape for mark in marks}
    cells, counted = [], 0
    for group in groups:
        for day in _days(group.first, group.last):
            is_counted = group.kind == "counted"
            counted += is_counted
            text = str(counted) if is_counted else _("off") if group.kind == "off" else ""
            cells.append(
                DayCell(
                    day,
                    text=text,
                    kind=group.kind if group.kind in ("counted", "off", "open") else "out",
                    shape=shapes.get(day),
                )
            )
    return week_chart(
        title, cells, weekdays=[str(name) for name in WEEKDAYS], names=_names(), description=description
    )


def _names() -> dict[str, str]:
    return {
        "counted": _("counted"),
        "open": _("open, not counted"),
        "paused": _("stood still"),
        "off": _("nobody works"),
        "start": _("starts"),
        "warn": _("warning"),
        "due": _("falls due"),
        "now": _("now"),
    }


def _days(first: date, last: date) -> Iterator[date]:
    return (first + DAY * number for number in range((last - first).days + 1))


def _off_note(day: date, days: Days | None) -> str:
    return (days.name(day) if days else "") or _("off")


def _open_on(day: date, windows: Sequence[Window]) -> Iterator[tuple[datetime, datetime]]:
    for opens, closes in windows:
        ends_on = day + DAY if closes in (time.min, time.max) else day
        closes_at = time.min if ends_on > day else closes
        yield datetime.combine(day, opens, SHANGHAI), datetime.combine(ends_on, closes_at, SHANGHAI)


def _counted(stretches: Sequence[Stretch]) -> dict[date, str]:
    """What counted on each day, as 7:30; nothing for none. The days add up to what the clock counted."""
    total = timedelta(0)
    by_day: dict[date, int] = {}
    for each in stretches:
        start, end = local(each.start), local(each.end)
        while each.counts and start < end:
            midnight = datetime.combine(start.date() + DAY, time.min, start.tzinfo)
            before, stop = total // MINUTE, min(end, midnight)
            total += stop - start
            by_day[start.date()] = by_day.get(start.date(), 0) + total // MINUTE - before
            start = stop
    return {day: f"{minutes // 60}:{minutes % 60:02}" for day, minutes in by_day.items() if minutes}
