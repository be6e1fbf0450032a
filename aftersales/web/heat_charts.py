"""A sheet of numbers shaded by how large they are: what, by when. The numbers stand in the cells."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from aftersales.web.charts import SMALL, WIDE, Chart, Line
from aftersales.web.formats import counted
from aftersales.web.svg import INK, MUTED, PAPER, drawing, element, shortened, text_width, words

SHADES = ("#f3f6f1", "#dcebe1", "#b5d6c2", "#7fb597", "#3f8a66", "#1b5e43")
LIGHT_FROM = 4
"""From this shade on the number is written in white."""

ROW, TOP, GAP, WIDEST_NAME = 30, 24, 2, 150


def heat_chart(title: str, lines: Sequence[Line], *, width: int = WIDE, total: str = "") -> Chart:
    """Rows are lines, columns their points; darker is more. `total` names a last column with the sums.

    A value that is not known is a dash on white, and zero stays the lightest shade.
    """
    labels = [point.label for point in lines[0].points] if lines else []
    left = min(max((text_width(line.name) for line in lines), default=0), WIDEST_NAME) + 10
    columns = len(labels) + bool(total)
    step = (width - left) / max(columns, 1)
    most = max((point.value or 0 for line in lines for point in line.points), default=0) or 1
    parts = [
        words(label, left + (i + 0.5) * step, 15, size=SMALL, fill=MUTED, text_anchor="middle")
        for i, label in enumerate([*labels, *([total] if total else [])])
    ]
    for number, line in enumerate(lines):
        y = TOP + number * ROW
        parts.append(words(shortened(line.name, WIDEST_NAME), 0, y + 20, fill=INK))
        for i, point in enumerate(line.points):
            parts.append(_cell(line.name, point, most, left + i * step, y, step))
        if total:
            x = left + (columns - 0.5) * step
            parts.append(words(counted(_sum(line)), x, y + 20, text_anchor="middle", font_weight=700))
    return Chart(
        title=title,
        svg=drawing(title, width, TOP + ROW * len(lines), *parts, description=_spoken(lines)),
        headings=["", *labels, *([total] if total else [])],
        rows=[
            [line.name, *(point.written for point in line.points), *([counted(_sum(line))] if total else [])]
            for line in lines
        ],
    )


def shade_of(value: float | None, most: float) -> int:
    """Which of the shades, 0 to 5: zero has one of its own, the rest goes up in fifths of the largest."""
    if not value:
        return 0
    return min(int(value * 5 / most) + 1, len(SHADES) - 1) if value < most else len(SHADES) - 1


def _sum(line: Line) -> float:
    return sum(point.value or 0 for point in line.points)


def _cell(name: str, point, most: float, x: float, y: float, step: float):
    shade = shade_of(point.value, most)
    box = {"x": x + GAP / 2, "y": float(y), "width": step - GAP, "height": ROW - GAP, "rx": 3}
    fill = PAPER if point.value is None else SHADES[shade]
    ink = PAPER if shade >= LIGHT_FROM else INK
    return element(
        "g",
        element(
            "title", _("%(what)s, %(when)s: %(n)s") % {"what": name, "when": point.label, "n": point.written}
        ),
        element("rect", **box, fill=fill),
        words(point.written, x + step / 2, y + 19, size=13, fill=ink, text_anchor="middle"),
    )


def _spoken(lines: Sequence[Line]) -> str:
    return "; ".join(f"{line.name} {counted(_sum(line))}" for line in lines)
