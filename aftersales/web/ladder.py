"""A ladder drawn: rungs from the bottom up, what stands on each, and what went from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from aftersales.web.charts import NARROW, SMALL
from aftersales.web.svg import ALARM, GRID, INK, MUTED, PAPER, drawing, element, words

HIGH, GAP, STEP = 58, 30, 22


@dataclass(frozen=True)
class LadderRung:
    """One rung: its name, its figures with their names in order, and what went up from it, in words.

    `is_alarmed`: something on it is over.
    """

    name: str
    figures: Sequence[tuple[str, int]]
    went_up: str = ""
    is_alarmed: bool = False


def ladder(title: str, rungs: Sequence[LadderRung]) -> SafeString:
    """Rungs as steps, the first at the bottom, with their figures in them."""
    height = len(rungs) * HIGH + (len(rungs) - 1) * GAP
    parts = []
    for number, rung in enumerate(rungs):
        x, y = number * STEP, height - HIGH - number * (HIGH + GAP)
        parts.append(_rung(rung, x, y, NARROW - (len(rungs) - 1) * STEP))
        if number + 1 < len(rungs):
            parts.append(_arrow(rung.went_up, x + STEP + 8, y))
    spoken = "; ".join(f"{rung.name}: {_figures(rung)}" for rung in reversed(rungs))
    return drawing(title, NARROW, height, *parts, description=spoken)


def _figures(rung: LadderRung) -> str:
    return " · ".join(f"{name} {value}" for name, value in rung.figures)


def _rung(rung: LadderRung, x: float, y: float, wide: float) -> SafeString:
    stroke = ALARM if rung.is_alarmed else "#7c8d83"
    parts = [
        element(
            "rect",
            x=x + 1.0,
            y=y + 1.0,
            width=wide - 2.0,
            height=HIGH - 2,
            rx=8,
            fill=PAPER,
            stroke=stroke,
            stroke_width=2 if rung.is_alarmed else 1,
        ),
        words(rung.name, x + 12, y + 23, font_weight=700),
        words(_figures(rung), x + 12, y + 44, size=13, fill=INK),
    ]
    if rung.is_alarmed:
        mark = f"M{x + wide - 22:.0f} {y + 12:.0f}l9 16h-18z"
        parts.append(element("path", d=mark, fill=ALARM))
        parts.append(words("!", x + wide - 22, y + 26, size=SMALL, fill=PAPER, text_anchor="middle"))
    return element("g", *parts)


def _arrow(text: str, x: float, y: float) -> SafeString:
    """From one rung to the one above it, with what went that way."""
    path = f"M{x:.0f} {y:.0f}v-{GAP - 4}m-6 7l6-7 6 7"
    return element(
        "g",
        element("path", d=path, fill="none", stroke=INK if text else GRID, stroke_width=2),
        words(text, x + 14, y - 9, size=SMALL, fill=MUTED),
    )
