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
    rows, spans = [], []
    for day in _days(first, last):
        is_off = days is not None and not days.is_working_day(day)
        note = _off_note(day, days) if is_off else _counted_on(day, stretches)
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


def _counted_on(day: date, stretches: Sequence[Stretch]) -> str:
    """What counted on one day, as 7:30; nothing for none."""
    begin = datetime.combine(day, time.min, SHANGHAI)
    spans = (
        (max(local(each.start), begin), min(local(each.end), begin + DAY))
        for each in stretches
        if each.counts
    )
    minutes = sum(((stop - start) for start, stop in spans if start < stop), timedelta(0)) // timedelta(
        minutes=1
    )
    return f"{minutes // 60}:{minutes % 60:02}" if minutes else ""
