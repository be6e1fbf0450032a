"""One line of the table: what was measured, beside what, and the bar it has to meet."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median


@dataclass
class Measure:
    """`ours` and `floor` hold one figure for each repetition, taken in turns; `ratio` is of their medians.

    A bar is a ratio, or a figure where there is no floor; `higher_is_better` for rates. `must` may be None
    where only a comparison with other products is asked for.
    """

    name: str
    unit: str
    must: float | None
    goal: float | None
    higher_is_better: bool = False
    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def value(self) -> float:
        """What is held against the bars."""
        return median(self.ours) / median(self.floor) if self.floor else median(self.ours)

    @property
    def verdict(self) -> str:
        if self._meets(self.goal):
            return "goal"
        return "must" if self._meets(self.must) else "MISSED"

    def _meets(self, bar: float | None) -> bool:
        if bar is None:
            return False
        return self.value >= bar if self.higher_is_better else self.value <= bar

    def as_row(self) -> tuple[str, ...]:
        floor = f"{median(self.floor):.4g}" if self.floor else ""
        bars = " / ".join("–" if bar is None else f"{bar:g}" for bar in (self.must, self.goal))
        sign = "≥" if self.higher_is_better else "≤"
        ratio = f"{self.value:.2f}" if self.floor else ""
        ours = f"{median(self.ours):.4g} {self.unit}".strip()
        return self.name, ours, floor, ratio, f"{sign} {bars}", self.verdict, self.note

    def as_json(self) -> dict:
        figures = {name: [round(each, 6) for each in getattr(self, name)] for name in ("ours", "floor")}
        return {**asdict(self), **figures, "value": round(self.value, 4), "verdict": self.verdict}


HEADINGS = ("measured", "ours", "floor", "ratio", "must / goal", "meets", "")


def table(measures: list[Measure]) -> str:
    """All lines, in columns for a terminal."""
    rows = [HEADINGS, *(measure.as_row() for measure in measures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(line.rstrip() for line in lines)
