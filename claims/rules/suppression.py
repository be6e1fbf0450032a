"""docs/rules/reports.md, "Small counts": which counts of tables that add up must not be shown.

A count from 1 to 4 is small. It is also given away when the others of a sum it belongs to are shown, or when
going through all sums again and again leaves one number for it. So others are withheld until none is.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass

from aftersales.lib.figures import Unit, Value
from claims.rules.statistics import SMALLEST_CELL, Hidden

NO_END = 1 << 60
"""Where a range ends of which only the least number is known."""


ROUNDS = 30
"""So often the reader narrows one range; then it no longer moves."""
CHOICE = 6
"""So many shown counts of a sum, the least first, are weighed against each other."""
AT_ONCE = 8
"""One part in so many of what is found out is helped before the reader looks again."""
REACH = 2
"""So many sums away another count than a zero is looked for."""


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


def rests_on_few(value: Value) -> bool:
    """Whether a figure rests on so few claims, or counts so few, that somebody could be recognised."""
    counts = value.figure.unit == Unit.COUNT and value.number is not None
    return is_small(value.behind) or (counts and is_small(value.number))


def protected(
    counts: Mapping[Hashable, int], sums: Iterable[Sum], hidden: Collection[Hashable] = ()
) -> dict[Hashable, Hidden]:
    """Which counts are not shown and why; `hidden` names some that are withheld whatever the sums say.

    Every small count is SMALL. Then the least other count of a sum by which one is given away is WITHHELD
    (a zero only where nothing else is near), until a reader of everything that is shown, who knows that
    SMALL is 1 to 4 and WITHHELD anything, finds no small count out. What is found out even if everything
    is hidden cannot be helped, and nothing is withheld for it.
    """
    sums = list(sums)
    marks = {key: Hidden.SMALL for key, count in counts.items() if is_small(count)}
    marks |= dict.fromkeys((key for key in hidden if key in counts), Hidden.WITHHELD)
    reader = Reader(counts, sums, marks)
    unseen = {key: marks.get(key, Hidden.WITHHELD) for key in counts}
    for key in reader.hide_beside_all(known=Reader(counts, sums, unseen).finds_out()):
        marks[key] = Hidden.WITHHELD
    return marks


class Reader:
    """Somebody who looks for small counts in tables whose sums are known.

    Ranges are kept as what a count could be more or less than it is, so that the hidden ones of a sum add up
    to nothing. `tightened` says which sums narrowed a range: only these have to be gone through again when
    one more count is hidden.
    """

    def __init__(self, counts: Mapping[Hashable, int], sums: Iterable[Sum], marks: Mapping[Hashable, Hidden]):
        self.keys = list(counts)
        self.counts = list(counts.values())
        number = {key: at for at, key in enumerate(self.keys)}
        self.lines: list[tuple[int, tuple[int, ...]]] = [
            (number.get(each.total, -1), tuple(number[part] for part in each.parts if part in number))
            for each in sums
        ]
        self.by_count = [
            sorted(
                parts if total < 0 else (total, *parts),
                key=lambda at: (not self.counts[at], self.counts[at], at),
            )
            for total, parts in self.lines
        ]
        self.of: list[list[int]] = [[] for _key in self.keys]
        for at, (total, parts) in enumerate(self.lines):
            for key in parts if total < 0 else (total, *parts):
                self.of[key].append(at)
        self.least = [0] * len(self.keys)
        self.most = [0] * len(self.keys)
        self.is_hidden = bytearray(len(self.keys))
        self.total: list[int] = [-1] * len(self.lines)
        self.parts: list[list[int]] = [[] for _line in self.lines]
        self.tightened: list[dict[int, None]] = [{} for _key in self.keys]
        self.found: list[int] = []
        self.moves = [0] * len(self.keys)
        for key, mark in marks.items():
            self._open(number[key], is_marked_small=mark is Hidden.SMALL)
        self.waiting = deque(at for at, parts in enumerate(self.parts) if parts or self.total[at] >= 0)
        self.is_waiting = bytearray(len(self.lines))
        for at in self.waiting:
            self.is_waiting[at] = 1
        self._settle()

    def finds_out(self) -> list[Hashable]:
        """The small counts of which one number is left, in the order of the counts."""
        return [self.keys[at] for at in range(len(self.keys)) if self._is_out(at)]

    def hide_beside_all(self, *, known: Collection[Hashable]) -> list[Hashable]:
        """Withhold others until nobody finds out more than what is `known` anyway; returns the others."""
        known = set(known)
        helpless = {at for at, key in enumerate(self.keys) if key in known}
        others: list[int] = []
        while True:
            out = sorted({key for key in self.found if self._is_out(key)} - helpless)
            changed: set[int] = set()
            chosen = []
            company: dict[int, bool] = {}
            for key in out:
                if len(chosen) <= len(out) // AT_ONCE and changed.isdisjoint(self.tightened[key]):
                    other = self._cheapest_beside(key, company)
                    if other is not None:
                        self._open(other, is_marked_small=False)
                        chosen.append(other)
                        changed.update(self.of[other])
                        company |= dict.fromkeys(self.of[other], True)
            if not chosen:
                return [self.keys[at] for at in others]
            others += chosen
            self.found = out
            self._forget(changed)
            self._settle()

    def _is_out(self, key: int) -> bool:
        return bool(self.is_hidden[key] and self.least[key] == self.most[key] and is_small(self.counts[key]))

    def _open(self, key: int, *, is_marked_small: bool) -> None:
        self.is_hidden[key] = 2 if is_marked_small else 1
        self._widen(key)
        for at in self.of[key]:
            if self.lines[at][0] == key:
                self.total[at] = key
            else:
                self.parts[at].append(key)

    def _widen(self, key: int) -> None:
        count = self.counts[key]
        small = self.is_hidden[key] == 2
        self.least[key] = 1 - count if small else -count
        self.most[key] = SMALLEST_CELL - 1 - count if small else NO_END
        self.tightened[key].clear()
        self.moves[key] = 0

    def _forget(self, changed: Iterable[int]) -> None:
        """Take back what followed from sums of which one more count is withheld."""
        again = list(changed)
        seen = set(again)
        for at in again:
            for other in (self.total[at], *self.parts[at]):
                if other >= 0 and at in self.tightened[other]:
                    self._widen(other)
                    for line in self.of[other]:
                        if line not in seen:
                            seen.add(line)
                            again.append(line)
        for at in again:
            if not self.is_waiting[at]:
                self.is_waiting[at] = 1
                self.waiting.append(at)

    def _settle(self) -> None:
        """Go through the sums that may say something new until none does."""
        least, most, waiting = self.least, self.most, self.waiting
        while waiting:
            at = waiting.popleft()
            self.is_waiting[at] = 0
            parts, total = self.parts[at], self.total[at]
            low = high = endless = 0
            for part in parts:
                low += least[part]
                end = most[part]
                if end == NO_END:
                    endless += 1
                else:
                    high += end
            if total < 0:
                bottom = top = 0
            else:
                bottom, top = least[total], most[total]
                new_top = top if endless or high > top else high
                if low > bottom or new_top < top:
                    self._narrow(total, max(low, bottom), new_top, at)
            for part in parts:
                first, end = least[part], most[part]
                new_end = end if top == NO_END else min(end, top - low + first)
                if not endless:
                    new_first = max(first, bottom - high + end)
                elif endless == 1 and end == NO_END:
                    new_first = max(first, bottom - high)
                else:
                    new_first = first
                if new_first > first or new_end < end:
                    self._narrow(part, new_first, new_end, at)

    def _narrow(self, key: int, least: int, most: int, by: int) -> None:
        if self.moves[key] >= ROUNDS:
            return
        self.moves[key] += 1
        self.least[key], self.most[key] = least, most
        self.tightened[key].pop(by, None)
        self.tightened[key][by] = None
        if least == most and is_small(self.counts[key]):
            self.found.append(key)
        for at in self.of[key]:
            if not self.is_waiting[at]:
                self.is_waiting[at] = 1
                self.waiting.append(at)

    def _cheapest_beside(self, key: int, company: dict[int, bool]) -> int | None:
        """The count to withhold for one that is found out: in the sums that told it, or told those beside it.

        Any is better than a zero; then one that no other of its sums would tell at once; then the nearest and
        the least. `company` remembers which sums have a hidden count that is not found out.
        """
        counts, is_hidden = self.counts, self.is_hidden
        seen, went, best = {key}, set(), None
        near = [key]
        for depth in itertools.count():
            further = []
            for at in near:
                for line in reversed(self.tightened[at]):
                    if line in went:
                        continue
                    went.add(line)
                    looked_at = 0
                    for other in self.by_count[line]:
                        if is_hidden[other]:
                            if other not in seen:
                                seen.add(other)
                                further.append(other)
                        elif looked_at < CHOICE:
                            looked_at += 1
                            alone = sum(
                                not self._has_company(each, company)
                                for each in self.of[other]
                                if each != line
                            )
                            cost = (not counts[other], alone, depth, counts[other], other)
                            if best is None or cost < best:
                                best = cost
            if not further or (best and (depth > REACH or (not best[0] and (depth or not best[1])))):
                return best and best[-1]
            near = further

    def _has_company(self, at: int, company: dict[int, bool]) -> bool:
        if at not in company:
            total = self.total[at]
            company[at] = (total >= 0 and self.least[total] != self.most[total]) or any(
                self.least[part] != self.most[part] for part in self.parts[at]
            )
        return company[at]
