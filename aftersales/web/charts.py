"""Charts as inline SVG; the numbers travel with the drawing for the table beside it.

Widths are drawing units that a phone shows about one to one: 360 fits a phone, 720 a board.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.web.formats import counted
from aftersales.web.svg import (
    ALARM,
    GRID,
    HALO,
    INK,
    MUTED,
    drawing,
    element,
    round_ceiling,
    shortened,
    text_width,
    words,
)

# Each series differs in dash as well as in colour.
SERIES = (("#1b5e43", None), ("#b2460a", "7 4"), ("#1c5478", "2 4"), ("#805300", "12 4 2 4"))
NARROW, WIDE = 360, 720
SMALL = 12


@dataclass(frozen=True)
class Point:
    """One value: its name, the number that is drawn (None: not known), and how the number is written."""

    label: str
    value: float | None
    text: str = ""

    @property
    def written(self) -> str:
        return self.text or ("—" if self.value is None else counted(self.value))


@dataclass(frozen=True)
class Line:
    """A named row of points; all lines of a chart share their labels."""

    name: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Chart:
    """What components/chart.html shows: the drawing, and the same numbers as a table."""

    title: str
    svg: SafeString
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def bar_chart(
    title: str, points: Sequence[Point], *, width: int = NARROW, target: Point | None = None
) -> Chart:
    """Lying bars, one a row, label above and number behind; a dashed line at the target."""
    most = _most(points, target)
    long = width - max((text_width(point.written) for point in points), default=0) - 12
    row, top = 46, 24 if target else 4
    height = top + row * len(points)
    scale = long / most
    bars = [_bar(point, top + row * i, long, scale, width) for i, point in enumerate(points)]
    marks = [_target_above(target, (target.value or 0) * scale, height, width)] if target else []
    numbers = [_number(point, top + row * i, scale) for i, point in enumerate(points)]
    return Chart(
        title=title,
        svg=drawing(title, width, height, *bars, *marks, *numbers, description=_spoken(points)),
        headings=["", _("Value")],
        rows=[[point.label, point.written] for point in [*points, *([target] if target else [])]],
    )


def _most(points: Sequence[Point], target: Point | None) -> float:
    known = [point.value for point in [*points, *([target] if target else [])] if point.value is not None]
    return max([*known, 0]) or 1


def _spoken(points: Sequence[Point]) -> str:
    return ", ".join(f"{point.label} {point.written}" for point in points)


def _bar(point: Point, y: float, long: float, scale: float, width: int) -> SafeString:
    length = max(point.value or 0, 0) * scale
    return element(
        "g",
        element("title", f"{point.label} {point.written}"),
        words(shortened(point.label, width), 0, y + 15, fill=MUTED),
        element("rect", x=0, y=y + 21, width=float(long), height=18, rx=3, fill="#eef2ed"),
        element("rect", x=0, y=y + 21, width=length, height=18, rx=3, fill=SERIES[0][0]),
    )


def _number(point: Point, y: float, scale: float) -> SafeString:
    return words(point.written, max(point.value or 0, 0) * scale + 6, y + 35, font_weight=700, **HALO)


def _target_above(target: Point, x: float, height: float, width: int) -> SafeString:
    label = f"{target.label} {target.written}"
    anchor = "end" if x > width / 2 else "start"
    return element(
        "g",
        element("line", x1=x, x2=x, y1=20, y2=height, stroke=ALARM, stroke_width=1.5, stroke_dasharray="5 4"),
        words(label, x, 14, size=13, fill=ALARM, text_anchor=anchor),
    )


def line_chart(
    title: str, lines: Sequence[Line], *, width: int = NARROW, height: int = 220, target: Point | None = None
) -> Chart:
    """Values over time, one line a series; a gap where a value is not known, a dashed line at the target."""
    labels = [point.label for point in lines[0].points] if lines else []
    every = [point for line in lines for point in line.points]
    most = round_ceiling(_most(every, target))
    widest = max(text_width(counted(value), SMALL) for value in (most, most / 2))
    left, right = widest + 10, width - 14
    top, bottom = 34, height - 26
    step = (right - left) / max(len(labels) - 1, 1)

    def at(index: int, value: float) -> tuple[float, float]:
        return left + index * step, bottom - value / most * (bottom - top)

    parts = [*_grid(most, left, right, at), *_time_axis(labels, left, step, height - 6)]
    if target:
        parts += _target_across(target, left, right, at)
    for number, line in enumerate(lines):
        parts.append(_line(line, *SERIES[number % len(SERIES)], at))
    parts += _legend([line.name for line in lines], left)
    return Chart(
        title=title,
        svg=drawing(title, width, height, *parts, description=_spoken(every)),
        headings=["", *(line.name for line in lines)],
        rows=[[label, *(line.points[i].written for line in lines)] for i, label in enumerate(labels)],
    )


Place = Callable[[int, float], tuple[float, float]]


def _grid(most: float, left: float, right: float, at: Place) -> list[SafeString]:
    parts = []
    for value in (0, most / 2, most):
        y = at(0, value)[1]
        parts.append(element("line", x1=left, x2=right, y1=y, y2=y, stroke=GRID))
        parts.append(words(counted(value), left - 6, y + 4, size=SMALL, fill=MUTED, text_anchor="end"))
    return parts


def _time_axis(labels: Sequence[str], left: float, step: float, y: float) -> list[SafeString]:
    """The labels, as many as fit, always with the last one."""
    widest = max((text_width(label, SMALL) for label in labels), default=0) + 10
    every = max(1, ceil(widest / step))
    last = len(labels) - 1
    return [
        words(
            labels[i],
            left + i * step + (12 if i == last else 0),
            y,
            size=SMALL,
            fill=MUTED,
            text_anchor="end" if i == last else "middle",
        )
        for i in range(last, -1, -every)
    ]


def _target_across(target: Point, left: float, right: float, at: Place) -> list[SafeString]:
    y = at(0, target.value or 0)[1]
    return [
        element(
            "line", x1=left, x2=right, y1=y, y2=y, stroke=ALARM, stroke_width=1.5, stroke_dasharray="5 4"
        ),
        words(f"{target.label} {target.written}", right, y - 6, size=13, fill=ALARM, text_anchor="end"),
    ]


def _line(line: Line, colour: str, dash: str | None, at: Place) -> SafeString:
    runs: list[list[str]] = [[]]
    dots = []
    for i, point in enumerate(line.points):
        if point.value is None:
            runs.append([])
            continue
        x, y = at(i, point.value)
        runs[-1].append(f"{x:.1f} {y:.1f}")
        named = element("title", f"{line.name} {point.label}: {point.written}")
        dots.append(element("circle", named, cx=x, cy=y, r=4, fill=colour))
    path = "".join("M" + "L".join(run) for run in runs if run)
    stroke = {"stroke": colour, "stroke_width": 2.5, "stroke_dasharray": dash, "stroke_linejoin": "round"}
    return element("g", element("path", d=path, fill="none", **stroke), *dots)


def _legend(names: Sequence[str], left: float) -> list[SafeString]:
    parts, x = [], left
    for number, name in enumerate(names):
        colour, dash = SERIES[number % len(SERIES)]
        stroke = {"stroke": colour, "stroke_width": 3, "stroke_dasharray": dash}
        parts.append(element("line", x1=x, x2=x + 22, y1=11, y2=11, **stroke))
        parts.append(words(name, x + 28, 16, size=13, fill=INK))
        x += 28 + text_width(name, 13) + 18
    return parts
