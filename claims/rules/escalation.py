"""docs/rules/escalation.md: what falls due on one claim while nobody looked, step by step, in order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from claims.rules.clocks import FAMILIES, RESPONSE_OF, Clock, Family, Level

FAMILY_ORDER = (Family.HAND_OVER, Family.PROMISE, Family.LAW)


@dataclass(frozen=True)
class Ticking:
    """One running clock of the claim. `key` is the caller's own name for it, None for one begun here."""

    clock: Clock
    level: Level
    due_at: datetime
    turn: int = 1
    warn_at: datetime | None = None
    climbs: bool = False
    is_warned: bool = False
    has_run_out: bool = False
    paused_from: datetime | None = None
    key: int | None = None

    @property
    def family(self) -> Family:
        return FAMILIES[self.clock]

    @property
    def next_alarm_at(self) -> datetime | None:
        """When this clock next has something to say; None after it ran out.

        While it stands still it says only what fell due before that.
        """
        if self.has_run_out:
            return None
        alarm = self.due_at if self.is_warned or self.warn_at is None else min(self.warn_at, self.due_at)
        return None if self.paused_from is not None and alarm > self.paused_from else alarm


@dataclass(frozen=True)
class Rung:
    """A place on the ladder: a level, and the key of the station there if it has one."""

    level: Level
    station: int | None = None


@dataclass(frozen=True)
class Standing:
    """Where a claim stands: on which rung, for which time in this round, and what is running.

    `ladder` holds the rungs above that can take it over, the lowest first; `turns` how often the claim has
    come to each level in this round; `pause_ends_at` the longest end of the open pause.
    """

    rung: Rung
    clocks: tuple[Ticking, ...]
    ladder: tuple[Rung, ...] = ()
    turn: int = 1
    turns: Mapping[Level, int] = field(default_factory=dict)
    pause_ends_at: datetime | None = None


class StepKind(StrEnum):
    WARNED = "warned"
    RAN_OUT = "ran_out"
    RESUMED = "resumed"


@dataclass(frozen=True)
class Step:
    """One thing that fell due at `at`, on the rung where the claim stood then.

    `climbed_to` says where it went and for which time, if it went; `began` is the clock that started there,
    `stopped` are those of the rung that was left.
    """

    kind: StepKind
    at: datetime
    rung: Rung
    turn: int
    clock: Ticking | None = None
    climbed_to: Rung | None = None
    climbed_turn: int = 0
    began: Ticking | None = None
    stopped: tuple[Ticking, ...] = ()


BeginResponse = Callable[[Clock, Rung, datetime], Ticking | None]
"""The response clock of a rung from an instant on; None where the claim's policy does not time it."""


def advance(standing: Standing, *, now: datetime, begin: BeginResponse) -> tuple[tuple[Step, ...], Standing]:
    """Everything that has fallen due until `now`, the earliest first, and where the claim stands then.

    A clock that a climb begins counts from the moment the last one ran out, not from `now`: after a long
    silence every level has its turn, as if somebody had looked all the time.
    """
    steps = []
    while (due := _earliest(standing)) is not None and due[0] <= now:
        step, standing = _carry_out(standing, due[0], due[1], begin)
        steps.append(step)
    return tuple(steps), standing


def next_alarm_at(standing: Standing) -> datetime | None:
    """The moment at which something next falls due; None when nothing will by itself."""
    due = _earliest(standing)
    return None if due is None else due[0]


def _earliest(standing: Standing) -> tuple[datetime, Ticking | None] | None:
    """The next alarm and its clock, or None for the end of the pause.

    At the same instant a pause ends first, then hand-overs come before promises and those before law.
    """
    alarms: list[tuple[tuple, Ticking | None]] = [
        ((at, 1, FAMILY_ORDER.index(each.family), each.clock, each.level, each.turn), each)
        for each in standing.clocks
        if (at := each.next_alarm_at) is not None
    ]
    if standing.pause_ends_at is not None:
        alarms.append(((standing.pause_ends_at, 0), None))
    if not alarms:
        return None
    order, clock = min(alarms, key=lambda alarm: alarm[0])
    return order[0], clock


def _carry_out(
    standing: Standing, at: datetime, clock: Ticking | None, begin: BeginResponse
) -> tuple[Step, Standing]:
    here = {"at": at, "rung": standing.rung, "turn": standing.turn}
    if clock is None:
        clocks = tuple(replace(each, paused_from=None) for each in standing.clocks)
        return Step(StepKind.RESUMED, **here), replace(standing, clocks=clocks, pause_ends_at=None)
    if at < clock.due_at:
        after = _with(standing, clock, is_warned=True)
        return Step(StepKind.WARNED, clock=clock, **here), after
    after = _with(standing, clock, has_run_out=True)
    if not _climbs(clock, standing):
        return Step(StepKind.RAN_OUT, clock=clock, **here), after
    rung, *above = standing.ladder
    turn = standing.turns.get(rung.level, 0) + 1
    began = begin(RESPONSE_OF[rung.level], rung, at)
    if began is not None:
        began = replace(began, level=rung.level, turn=turn)
    stopped = tuple(each for each in after.clocks if each.family == Family.HAND_OVER)
    running = tuple(each for each in after.clocks if each.family != Family.HAND_OVER)
    step = Step(
        StepKind.RAN_OUT,
        clock=clock,
        climbed_to=rung,
        climbed_turn=turn,
        began=began,
        stopped=stopped,
        **here,
    )
    return step, replace(
        after,
        rung=rung,
        turn=turn,
        turns={**standing.turns, rung.level: turn},
        ladder=tuple(above),
        clocks=running if began is None else (*running, began),
    )


def _climbs(clock: Ticking, standing: Standing) -> bool:
    """Whether the end of this clock moves the claim: its rule says so, there is a rung above, and no
    hand-over clock is running that has yet to decide."""
    if not clock.climbs or not standing.ladder or clock.family == Family.LAW:
        return False
    return clock.family == Family.HAND_OVER or not any(
        each.family == Family.HAND_OVER and not each.has_run_out for each in standing.clocks
    )


def _with(standing: Standing, clock: Ticking, **changes) -> Standing:
    changed = tuple(replace(each, **changes) if each is clock else each for each in standing.clocks)
    return replace(standing, clocks=changed)


class Tell(StrEnum):
    """What somebody is told of a step."""

    WARNED = "warned"
    RAN_OUT = "ran_out"
    CLIMBED_TO_YOU = "climbed_to_you"
    CLIMBED_AWAY = "climbed_away"
    RESUMED = "resumed"


def worth_telling(steps: Sequence[Step]) -> Iterator[tuple[Tell, Step]]:
    """What the people on the rungs are told of a run of steps, so that nobody reads what no longer holds.

    Who lost the claim learns that of every climb; who has it in the end learns it once. A warning or an end
    of a clock is told while the claim still stands where it stood then and, for a warning, while that clock
    has not run out.
    """
    last_climb = max((number for number, step in enumerate(steps) if step.climbed_to), default=-1)
    run_out = {id_of(step.clock) for step in steps if step.kind == StepKind.RAN_OUT}
    for number, step in enumerate(steps):
        if step.climbed_to is not None:
            yield Tell.CLIMBED_AWAY, step
            if number == last_climb:
                yield Tell.CLIMBED_TO_YOU, step
        elif number < last_climb:
            continue
        elif step.kind == StepKind.RESUMED:
            yield Tell.RESUMED, step
        elif step.kind == StepKind.RAN_OUT:
            yield Tell.RAN_OUT, step
        elif id_of(step.clock) not in run_out:
            yield Tell.WARNED, step


def id_of(clock: Ticking) -> tuple[Clock, Level, int]:
    """What tells the clocks of one round of a claim apart."""
    return clock.clock, clock.level, clock.turn


def rungs_above(level: Level, stations: Iterable[Rung]) -> tuple[Rung, ...]:
    """The rest of the ladder above a level, of the stations that can take a claim over.

    The township is left out where none can; the county always has people, whether or not it has a centre,
    and so has the platform desk.
    """
    found = {rung.level: rung for rung in stations}
    known = {Level.COUNTY: Rung(Level.COUNTY), **found, Level.PLATFORM: Rung(Level.PLATFORM)}
    return tuple(known[each] for each in Level if each > level and each in known)
