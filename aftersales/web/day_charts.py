"""Drawings of time: days as rows with their hours, and days as cells of weeks. They know no calendar.

What a piece of time was is told by its pattern as well as by its colour, a moment by its shape.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.web.charts import NARROW, SMALL
from aftersales.web.svg import ALARM, GRID, INK, MUTED, PAPER, drawing, element, shortened, text_width, words

DAY = timedelta(days=1)
FULL_DAY = 24 * 60
COUNTED, WAITING, LANE = "#1b5e43", "#b2460a", "#f0f3ee"
LEFT, RIGHT, ROW, BAR, TOP = 74, 58, 24, 13, 22
LEAST_HOURS, MOST_HOURS = 8, 15
"""A narrower range is widened; a wider one becomes the whole day."""
FOLDED_FROM = 14
ALIKE = 4
"""In drawings of more rows than FOLDED_FROM, so many days alike in a row are drawn as two and a gap."""

Kind = Literal["counted", "open", "paused"]
Shape = Literal["start", "warn", "due", "now"]


@dataclass(frozen=True)
class Span:
    """A piece of time of one kind: counted, open (it would have counted) or paused."""

    start: datetime
    end: datetime
    kind: Kind


@dataclass(frozen=True)
class Mark:
    """A moment worth finding."""

    at: datetime
    shape: Shape


@dataclass(frozen=True)
class DayRow:
    """One day of a drawing: its name, what is written behind it, and whether nobody works."""

    day: date
    label: str
    note: str = ""
    is_off: bool = False


@dataclass(frozen=True)
class DayCell:
    """One day of a drawing of weeks: what is written into it, how it is filled, and its mark."""

    day: date
    text: str = ""
    kind: Kind | Literal["off", "out"] = "out"
    shape: Shape | None = None


Cut = tuple[int, int, Kind]


def hour_chart(
    title: str,
    rows: Sequence[DayRow],
    spans: Iterable[Span],
    *,
    marks: Sequence[Mark],
    names: dict[str, str],
    description: str,
) -> SafeString:
    """Days from top to bottom, hours from left to right. `names` words the kinds and shapes of the legend.

    Local times, all aware or all naive. Long drawings leave out days that are like the one before.
    """
    cuts = _by_day(spans)
    moments: dict[date, list[tuple[int, Shape]]] = {}
    for mark in marks:
        moments.setdefault(mark.at.date(), []).append((_minute(mark.at), mark.shape))
    first, last = _hours(cuts, moments)
    wide = NARROW - LEFT - RIGHT

    def x(minute: float) -> float:
        return LEFT + (minute / 60 - first) / (last - first) * wide

    parts = [_patterns(), *_hour_lines(first, last, x)]
    y: float = TOP
    for row, alike in _folded(rows, cuts, moments):
        if row is None:
            parts.append(_gap(alike, y))
        else:
            parts.append(_day(row, cuts.get(row.day, []), moments.get(row.day, []), y, x, (first, last)))
        y += ROW
    used = {kind for day in cuts.values() for _from, _to, kind in day}
    if any(row.is_off for row in rows):
        used.add("off")
    used |= {shape for day in moments.values() for _at, shape in day}
    legend, height = _legend({key: name for key, name in names.items() if key in used}, y + 6)
    return drawing(title, NARROW, y + 6 + height, *parts, *legend, description=description)


def week_chart(
    title: str, cells: Sequence[DayCell], *, weekdays: Sequence[str], names: dict[str, str], description: str
) -> SafeString:
    """A sheet of a calendar: weeks from top to bottom, `weekdays` (Monday first) from left to right."""
    first = cells[0].day - DAY * cells[0].day.weekday()
    wide, high = NARROW / 7, 42
    parts = [_patterns()]
    for number, name in enumerate(weekdays):
        x = (number + 0.5) * wide
        parts.append(words(name, x, 14, size=SMALL, fill=MUTED, text_anchor="middle"))
    bottom: float = TOP
    for cell in cells:
        week, weekday = divmod((cell.day - first).days, 7)
        bottom = TOP + (week + 1) * high
        is_named = cell is cells[0] or cell.day.day == 1
        parts.append(_cell(cell, weekday * wide, TOP + week * high, wide, high, is_named=is_named))
    used = {cell.kind for cell in cells} | {cell.shape for cell in cells if cell.shape}
    legend, height = _legend({key: name for key, name in names.items() if key in used}, bottom + 8)
    return drawing(title, NARROW, bottom + 8 + height, *parts, *legend, description=description)


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def _by_day(spans: Iterable[Span]) -> dict[date, list[Cut]]:
    """Spans cut at midnight, as minutes of their day."""
    days: dict[date, list[Cut]] = {}
    for span in spans:
        day = span.start.date()
        while day <= span.end.date():
            begin = _minute(span.start) if day == span.start.date() else 0
            stop = _minute(span.end) if day == span.end.date() else FULL_DAY
            if begin < stop:
                days.setdefault(day, []).append((begin, stop, span.kind))
            day += DAY
    return days


def _hours(cuts: dict[date, list[Cut]], moments: dict[date, list[tuple[int, Shape]]]) -> tuple[int, int]:
    """The hours that are drawn: what is worth seeing and an hour on both sides, or the whole day."""
    minutes = [minute for day in cuts.values() for cut in day for minute in cut[:2]]
    minutes += [minute for day in moments.values() for minute, _shape in day]
    first = max(0, min(minutes, default=0) // 60 - 1)
    last = min(24, ceil(max(minutes, default=FULL_DAY) / 60) + 1)
    if last - first > MOST_HOURS:
        return 0, 24
    if last - first < LEAST_HOURS:
        first = max(0, min(first, 24 - LEAST_HOURS))
        last = first + LEAST_HOURS
    return first, last


def _folded(rows: Sequence[DayRow], cuts, moments):
    """Rows to draw, with a gap (None and how many) in place of days that look like their neighbours."""
    if len(rows) <= FOLDED_FROM:
        yield from ((row, 0) for row in rows)
        return
    run: list[DayRow] = []
    for row in [*rows, None]:
        if run and (row is None or _look(row, cuts, moments) != _look(run[0], cuts, moments)):
            if len(run) >= ALIKE:
                yield run[0], 0
                yield None, len(run) - 2
                yield run[-1], 0
            else:
                yield from ((each, 0) for each in run)
            run = []
        if row is not None:
            run.append(row)


def _look(row: DayRow, cuts, moments):
    """What makes two days look alike; a day with a mark is like no other."""
    return cuts.get(row.day), row.is_off, row.note, row.day if row.day in moments else None


def _hour_lines(first: int, last: int, x) -> list[SafeString]:
    step = 6 if last - first > MOST_HOURS else 2
    parts = []
    for hour in range(first + -first % step, last + 1, step):
        parts.append(words(f"{hour}", x(hour * 60), 13, size=11, fill=MUTED, text_anchor="middle"))
    return parts


def _gap(days: int, y: float) -> SafeString:
    text = _("⋮ the same on %(days)s more days") % {"days": days}
    return words(text, LEFT, y + 15, size=SMALL, fill=MUTED)


def _day(
    row: DayRow, cuts: list[Cut], moments: list[tuple[int, Shape]], y: float, x, hours: tuple[int, int]
) -> SafeString:
    begin, stop = x(hours[0] * 60), x(hours[1] * 60)
    top = y + (ROW - BAR) / 2
    parts = [
        words(row.label, 0, y + 16, size=SMALL, fill=MUTED if row.is_off else INK),
        element(
            "rect",
            x=begin,
            y=top,
            width=stop - begin,
            height=BAR,
            fill="url(#off)" if row.is_off else LANE,
        ),
    ]
    parts += [_bar(x(since), x(until), top, kind) for since, until, kind in cuts]
    parts += [_mark(shape, x(minute), y + ROW / 2, BAR + 4) for minute, shape in sorted(moments)]
    if row.note:
        parts.append(
            words(shortened(row.note, RIGHT, 11), NARROW, y + 16, size=11, fill=MUTED, text_anchor="end")
        )
    return element("g", *parts)


def _bar(begin: float, stop: float, top: float, kind: Kind) -> SafeString:
    fill = {"counted": COUNTED, "open": PAPER, "paused": "url(#paused)"}[kind]
    stroke = {"counted": COUNTED, "open": "#7c8d83", "paused": WAITING}[kind]
    return element("rect", x=begin, y=top, width=max(stop - begin, 1.0), height=BAR, fill=fill, stroke=stroke)


def _mark(shape: Shape, x: float, y: float, high: float) -> SafeString:
    """A triangle where it starts, a diamond at the warning, a flag at the end, a ringed line for now."""
    top, bottom = y - high / 2, y + high / 2
    edge = {"stroke": PAPER, "stroke_width": 1.5, "paint_order": "stroke", "stroke_linejoin": "round"}
    if shape == "start":
        return element("path", d=f"M{x:.1f} {top:.1f}v{high:.1f}l9-{high / 2:.1f}z", fill=INK, **edge)
    if shape == "warn":
        return element(
            "path",
            d=f"M{x:.1f} {top:.1f}l6 {high / 2:.1f}-6 {high / 2:.1f}-6-{high / 2:.1f}z",
            fill="#f2a36b",
            stroke=INK,
        )
    if shape == "due":
        flag = f"M{x:.1f} {bottom + 2:.1f}V{top - 3:.1f}h10l-3 4 3 4h-10"
        return element("path", d=flag, fill=ALARM, stroke=ALARM, stroke_width=2)
    return element(
        "g",
        element("line", x1=x, x2=x, y1=top, y2=bottom, stroke=INK, stroke_width=2, stroke_dasharray="3 2"),
        element("circle", cx=x, cy=bottom, r=3, fill=PAPER, stroke=INK, stroke_width=1.5),
    )


def _cell(cell: DayCell, x: float, y: float, wide: float, high: float, *, is_named: bool) -> SafeString:
    fills = {"counted": "#cfe5d8", "paused": "url(#paused)", "off": "url(#off)"}
    label = f"{cell.day.month}-{cell.day.day}" if is_named else f"{cell.day.day}"
    parts = [
        element(
            "rect",
            x=x + 1,
            y=y + 1,
            width=wide - 2,
            height=high - 2.0,
            rx=5,
            fill=fills.get(cell.kind, PAPER),
            stroke=COUNTED if cell.kind == "counted" else GRID,
        ),
        words(label, x + 5, y + 15, size=SMALL, fill=MUTED if cell.kind in ("off", "out") else INK),
    ]
    if cell.text:
        parts.append(words(cell.text, x + wide / 2, y + 34, size=13, font_weight=700, text_anchor="middle"))
    if cell.shape:
        parts.append(_mark(cell.shape, x + wide - 11.0, y + 12, 13))
    return element("g", *parts)


def _patterns() -> SafeString:
    """Dots for days off, stripes for pauses."""
    box = {"patternUnits": "userSpaceOnUse", "width": 6, "height": 6}
    return element(
        "defs",
        element(
            "pattern",
            element("rect", width=6, height=6, fill=PAPER),
            element("circle", cx=3, cy=3, r=1, fill="#9fb0a6"),
            id="off",
            **box,
        ),
        element(
            "pattern",
            element("rect", width=6, height=6, fill="#fdeee0"),
            element("path", d="M-1 1l2-2M0 6l6-6M5 7l2-2", stroke=WAITING, stroke_width=1.5),
            id="paused",
            **box,
        ),
    )


def _legend(names: dict[str, str], top: float) -> tuple[list[SafeString], float]:
    """Samples with their words, in as many lines as they need, and the height of that."""
    parts: list[SafeString] = []
    x, y = 2.0, top
    for key, name in names.items():
        wide = 26 + text_width(name, SMALL)
        if x > 2 and x + wide > NARROW:
            x, y = 2.0, y + 24
        if key in ("counted", "open", "paused"):
            parts.append(_bar(x, x + 18, y + 5, key))
        elif key == "off":
            parts.append(element("rect", x=x, y=y + 5, width=18, height=BAR, fill="url(#off)", stroke=GRID))
        else:
            parts.append(_mark(key, x + 7, y + 11, 14))
        parts.append(words(name, x + 25, y + 16, size=SMALL))
        x += wide + 14
    return parts, y + 28 - top
