"""docs/rules/reports.md, "Small counts": which counts of tables that add up must not be shown.

A count from 1 to 4 is small. It is also given away when the others of a sum it belongs to are shown, or when
going through all sums again and again leaves one number for it. So others are withheld until none is.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import inf

from claims.rules.statistics import SMALLEST_CELL, Hidden

PATIENCE = 12
"""So often one other count is withheld for each that is given away; then whatever is shown beside it."""
Range = tuple[float, float]
ROUNDS = 30
"""How often a reader who looks for a small count goes through all sums: then the range no longer moves."""


@dataclass(frozen=True)
class Sum:
    """Counts that add up to a total; a total that is a number is known to everybody."""

    total: Hashable | int
    parts: tuple[Hashable, ...]

    @property
    def members(self) -> tuple[Hashable, ...]:
        return self.total, *self.parts


def is_small(count: int) -> bool:
    return 0 < count < SMALLEST_CELL


def protected(
    counts: Mapping[Hashable, int], sums: Iterable[Sum], hidden: Collection[Hashable] = ()
) -> dict[Hashable, Hidden]:
    """Which counts are not shown and why; `hidden` names some that are withheld whatever the sums say.

    Every small count is SMALL. Then the least other count of a sum by which one is given away is WITHHELD
    (a zero only where nothing else is left), until a reader of everything that is shown, who knows that
    SMALL is 1 to 4 and WITHHELD anything, finds no small count out.
    """
    sums = list(sums)
    marks = {key: Hidden.SMALL for key, count in counts.items() if is_small(count)}
    marks |= dict.fromkeys((key for key in hidden if key in counts), Hidden.WITHHELD)
    reader = Reader(counts, sums)
    for turn in itertools.count():
        ranges = reader.ranges(marks)
        given_away = reader.finds_out(marks, ranges)
        look = Neighbourhood(reader, marks, ranges, wanted=1 if turn < PATIENCE else None)
        others = {other for key in given_away for other in look.cheapest_beside(key)}
        if not others:
            return marks
        marks |= dict.fromkeys(others, Hidden.WITHHELD)


class Reader:
    """Somebody who looks for small counts in tables whose sums are known."""

    def __init__(self, counts: Mapping[Hashable, int], sums: list[Sum]):
        self.counts = counts
        self.sums = sums
        self.of: dict[Hashable, list[Sum]] = {}
        for each in sums:
            for key in each.members:
                if key in counts:
                    self.of.setdefault(key, []).append(each)

    def finds_out(self, marks: Mapping[Hashable, Hidden], ranges: Mapping[Hashable, Range]) -> list[Hashable]:
        """The small counts for which these ranges leave one number, in the order of the counts."""
        return [
            key
            for key, count in self.counts.items()
            if key in marks and is_small(count) and ranges[key][0] == ranges[key][1]
        ]

    def ranges(self, marks: Mapping[Hashable, Hidden]) -> dict[Hashable, Range]:
        """Between what each hidden count must lie."""
        ranges: dict[Hashable, Range] = {
            key: (1, SMALLEST_CELL - 1) if mark is Hidden.SMALL else (0, inf) for key, mark in marks.items()
        }
        waiting = [each for each in self.sums if any(key in marks for key in each.members)]
        for _round in range(ROUNDS):
            moved = set()
            for line in waiting:
                for key, (least, most) in self.implied(line, ranges).items():
                    found = (max(least, ranges[key][0]), min(most, ranges[key][1]))
                    if found != ranges[key]:
                        ranges[key] = found
                        moved.add(key)
            waiting = [each for each in waiting if any(key in moved for key in each.members)]
        return ranges

    def implied(self, line: Sum, ranges: Mapping[Hashable, Range]) -> dict[Hashable, Range]:
        """What one sum says about each hidden count in it, the others being within their ranges."""
        spans = {part: self._span(part, ranges) for part in line.parts}
        least, most = self._span(line.total, ranges)
        spans[line.total] = (-most, -least)
        low, high = (sum(span[side] for span in spans.values() if abs(span[side]) != inf) for side in (0, 1))
        no_low, no_high = (sum(abs(span[side]) == inf for span in spans.values()) for side in (0, 1))
        found = {}
        for key, (least, most) in spans.items():
            if key not in ranges:
                continue
            # All of them add up to zero, the total counting against the parts.
            from_below = -inf if no_high > (most == inf) else (0 if most == inf else most) - high
            from_above = inf if no_low > (least == -inf) else (0 if least == -inf else least) - low
            found[key] = (-from_above, -from_below) if key == line.total else (from_below, from_above)
        return found

    def _span(self, key: Hashable, ranges: Mapping[Hashable, Range]) -> Range:
        if key in ranges:
            return ranges[key]
        count = self.counts.get(key, key)
        return count, count


class Neighbourhood:
    """What is shown beside hidden counts while marks and ranges are as they are; each is looked at once.

    `wanted` is how many counts are withheld for one that is given away, None all of its sums.
    """

    def __init__(
        self,
        reader: Reader,
        marks: Mapping[Hashable, Hidden],
        ranges: Mapping[Hashable, Range],
        *,
        wanted: int | None = 1,
    ):
        self.reader, self.marks, self.ranges, self.wanted = reader, marks, ranges, wanted
        self._implied: dict[int, dict[Hashable, Range]] = {}
        self._beside: dict[Hashable, tuple[list[Hashable], list[Hashable]]] = {}

    def cheapest_beside(self, key: Hashable) -> list[Hashable]:
        """The least counts shown in the sums this one is in, that which says most first; all of them without
        a number. Where nothing is shown there, sums further away are looked at.
        """
        seen, queue = {key}, deque([key])
        while queue:
            at = queue.popleft()
            if at not in self._beside:
                self._beside[at] = self._look(at)
            shown, hidden = self._beside[at]
            if shown:
                return shown
            further = [other for other in hidden if other not in seen]
            seen.update(further)
            queue.extend(further)
        return []

    def _look(self, at: Hashable) -> tuple[list[Hashable], list[Hashable]]:
        """What is shown in the sums of a count, the least first; where nothing is, what is hidden there."""
        counts, marks = self.reader.counts, self.marks
        lines = self.reader.of.get(at, [])
        if len(lines) > 1:
            lines = sorted(lines, key=lambda line: self._width(line, at))
        found: list[Hashable] = []
        for line in lines:
            shown = [other for other in line.members if other in counts and other not in marks]
            found += sorted(shown, key=lambda each: (counts[each] == 0, counts[each]))[: self.wanted]
        if found:
            return found[: self.wanted], []
        return [], list(dict.fromkeys(other for line in lines for other in line.members if other in marks))

    def _width(self, line: Sum, key: Hashable) -> float:
        if id(line) not in self._implied:
            self._implied[id(line)] = self.reader.implied(line, self.ranges)
        least, most = self._implied[id(line)][key]
        return most - least
