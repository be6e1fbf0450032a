"""docs/rules/clocks-policies.md: what a clock policy may say, and how two of them differ."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Generic, NamedTuple, Protocol, TypeVar

from claims.rules.classification import GoodsType, Nature, Severity
from claims.rules.clocks import DAY, DAY_BASES, FAMILIES, HOUR, Basis, Clock, Family

MOST: dict[Basis, int] = {
    Basis.NATURAL: 180 * DAY,
    Basis.OPENING_HOURS: 500 * HOUR,
    Basis.OPENING_HOURS_DAILY: 1000 * HOUR,
    Basis.WORKING_DAYS: 250,
    Basis.CALENDAR_DAYS: 366,
}
"""The largest amounts that make sense: minutes, for the last two days. More is a mistake of the keyboard."""
LEAST_MINUTES = 5
LONGEST_PAUSE = 180 * DAY
MAY_CLIMB = frozenset(
    {
        Clock.FIRST_RESPONSE,
        Clock.HANDLING,
        Clock.URGENT_FIRST,
        Clock.URGENT_SOLVED,
        Clock.VILLAGE_RESPONSE,
        Clock.TOWNSHIP_RESPONSE,
        Clock.COUNTY_RESPONSE,
        Clock.TAKEN_OVER,
    }
)
"""The clocks at whose end a claim may go one level up."""
# How fast an allowance in minutes is used up: round the clock first, in opening hours of working days last.
PACE = {Basis.NATURAL: 0, Basis.OPENING_HOURS_DAILY: 1, Basis.OPENING_HOURS: 2}


class Line(Protocol):
    """What the functions here read of a line of a policy; no goods type, nature or severity is "" or None."""

    clock: str
    goods_type: str
    nature: str
    severity: str
    amount: int
    basis: str
    warn_percent: int
    climbs: bool
    source: str


Each = TypeVar("Each", bound=Line)


class About(NamedTuple):
    """What a line is about; a policy has one line for each."""

    clock: str
    goods_type: str = ""
    nature: str = ""
    severity: str = ""

    @property
    def is_general(self) -> bool:
        return not (self.goods_type or self.nature or self.severity)


@dataclass(frozen=True)
class Change(Generic[Each]):
    """A line that one policy has and the other has not, or has otherwise."""

    about: About
    before: Each | None
    after: Each | None


@dataclass(frozen=True)
class Looser(Generic[Each]):
    """A line that gives more time than the limit, or none at all."""

    line: Each | None
    limit: Each


def about(line: Line) -> About:
    return About(line.clock, line.goods_type or "", line.nature or "", line.severity or "")


def says(line: Line) -> tuple[int, str, int, bool, str]:
    """All that a line says about its case."""
    return line.amount, str(line.basis), line.warn_percent, line.climbs, line.source


def clocks_of(families: Iterable[Family]) -> list[Clock]:
    """The clocks of some families, in the order in which people read them."""
    wanted = set(families)
    return [clock for clock in Clock if FAMILIES[clock] in wanted]


def amount_fault(amount: int, basis: Basis) -> str:
    """What is wrong with an amount on a basis: "too_short", "too_long" or nothing."""
    if amount < (1 if basis in DAY_BASES else LEAST_MINUTES):
        return "too_short"
    return "too_long" if amount > MOST[basis] else ""


def no_looser(line: Line, limit: Line) -> bool:
    """Whether a line is certain to end no later than the limit, whenever it starts, and climbs if that does.

    Minutes that run faster end no later; n calendar days end no later than n working days; n - 1 days round
    the clock end no later than the closing time of day n. What cannot be compared counts as looser.
    """
    if limit.climbs and not line.climbs:
        return False
    mine, theirs = Basis(line.basis), Basis(limit.basis)
    if mine == theirs:
        return line.amount <= limit.amount
    if mine in PACE and theirs in PACE:
        return PACE[mine] <= PACE[theirs] and line.amount <= limit.amount
    if mine in DAY_BASES and theirs in DAY_BASES:
        return mine == Basis.CALENDAR_DAYS and line.amount <= limit.amount
    return mine == Basis.NATURAL and line.amount <= (limit.amount - 1) * DAY


Finder = Callable[[Clock, GoodsType, str, str], Each | None]


def looser_lines(
    clocks: Iterable[Clock], mine: Iterable[Each], limits: Iterable[Each], find: Finder, find_limit: Finder
) -> list[Looser[Each]]:
    """Where a policy gives more time than another one, for any class of claims; each pair of lines once.

    `find` and `find_limit` name the line of each policy that a class of claims falls under.
    """
    found: dict[tuple[About | None, About], Looser[Each]] = {}
    mine, limits = list(mine), list(limits)
    for clock in clocks:
        lines = [line for line in (*mine, *limits) if line.clock == clock]
        for goods_type, nature, severity in _classes(lines):
            limit = find_limit(clock, goods_type, nature, severity)
            line = find(clock, goods_type, nature, severity)
            if limit is None or (line is not None and no_looser(line, limit)):
                continue
            found.setdefault((line and about(line), about(limit)), Looser(line, limit))
    return list(found.values())


def _classes(lines: list[Line]) -> Iterator[tuple[GoodsType, str, str]]:
    """Every class of claims that these lines can tell apart."""
    natures = list(Nature) if any(line.nature for line in lines) else [Nature.QUALITY]
    severities = list(Severity) if any(line.severity for line in lines) else [Severity.MINOR]
    yield from product(GoodsType, natures, severities)


def differences(before: Iterable[Each], after: Iterable[Each]) -> list[Change[Each]]:
    """The lines in which two policies differ, in the order of the clocks."""
    old = {about(line): line for line in before}
    new = {about(line): line for line in after}
    order = {clock.value: number for number, clock in enumerate(Clock)}
    changed = [
        Change(key, old.get(key), new.get(key))
        for key in old.keys() | new.keys()
        if key not in old or key not in new or says(old[key]) != says(new[key])
    ]
    return sorted(changed, key=lambda change: (order[change.about.clock], change.about))


def pause_differences(
    before: Mapping[str, int], after: Mapping[str, int]
) -> list[tuple[str, int | None, int | None]]:
    """The reasons whose longest pause differs: reason, minutes before, minutes after."""
    return [
        (reason, before.get(reason), after.get(reason))
        for reason in sorted(before.keys() | after.keys())
        if before.get(reason) != after.get(reason)
    ]


def fingerprint(lines: Iterable[Line], longest_pause: Mapping[str, int]) -> str:
    """A short word that is the same for policies that say the same, and for no others."""
    said = sorted((*about(line), *map(str, says(line))) for line in lines)
    return hashlib.sha256(repr((said, sorted(longest_pause.items()))).encode()).hexdigest()[:16]
