"""Writing the clocks of claims: new rows, stopping, counting anew, and what follows for the claim.

Everything here wants the claim's row locked by this transaction, by `moves.change` or `clocks.lock`. The
rows belong to claims that were reached through the scope, so they are read past it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from aftersales.lib.worktime import Window
from claims.models import Claim, ClaimClock, ClockRule, Pause
from claims.models.clocks import ClockOutcome
from claims.queries.clock_policies import allowances_of
from claims.queries.clocks import due_of, running_clocks, stands_still, stops_of, windows_of
from claims.rules.clocks import FAMILIES, Clock
from claims.rules.counting_time import Days

COUNTED = ("due_at", "warn_at", "is_provisional", "is_paused", "next_alarm_at")
"""What follows from the start, the rule, the opening hours, the calendar and the pauses."""
STOPPED = ("stopped_at", "outcome", "is_paused", "next_alarm_at")


def rule_of(claim: Claim, clock: Clock) -> ClockRule | None:
    """The line of the claim's pinned policy for a clock; None when the policy does not time it."""
    allowances = allowances_of([claim.clock_policy_id])[claim.clock_policy_id]
    return allowances.rule(clock, goods_type=claim.goods_type, nature=claim.nature, severity=claim.severity)


def new_clock(
    claim: Claim,
    rule: ClockRule,
    *,
    at: datetime,
    windows: Sequence[Window],
    days: Days,
    pauses: Iterable[Pause] = (),
    level: int | None = None,
    turn: int = 1,
) -> ClaimClock:
    """A clock of the claim's round that runs from an instant on; not yet written."""
    clock = ClaimClock(
        claim=claim,
        county_code=claim.county_code,
        clock=rule.clock,
        family=FAMILIES[Clock(rule.clock)],
        round=claim.round,
        level=claim.level if level is None else level,
        turn=turn,
        rule=rule,
        windows=written_windows(windows),
        started_at=at,
    )
    count_anew(clock, pauses, days)
    return clock


def written_windows(windows: Iterable[Window]) -> list[list[str]]:
    """Opening hours as a clock keeps them."""
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in windows]


def count_anew(clock: ClaimClock, pauses: Iterable[Pause], days: Days) -> bool:
    """Work out what follows from the rows for a running clock; says whether anything is different now."""
    before = [getattr(clock, name) for name in COUNTED]
    pauses = [pause for pause in pauses if pause.round == clock.round]
    counted = due_of(
        clock.rule,
        clock.started_at,
        windows=windows_of(clock),
        days=days,
        stops=stops_of(clock, pauses),
    )
    clock.due_at, clock.warn_at = counted.due_at, counted.warn_at
    clock.is_provisional = bool(counted.provisional)
    open_pause = next((pause for pause in pauses if pause.until_at is None), None)
    clock.is_paused = open_pause is not None and stands_still(clock)
    clock.next_alarm_at = _next_alarm(clock, open_pause if clock.is_paused else None)
    return before != [getattr(clock, name) for name in COUNTED]


def _next_alarm(clock: ClaimClock, open_pause: Pause | None) -> datetime | None:
    """The warning, then the end; while the clock stands still only what fell due before it did."""
    if clock.run_out_at is not None:
        return None
    alarm = clock.warn_at if clock.warned_at is None and clock.warn_at else clock.due_at
    if open_pause is not None and alarm > open_pause.from_at:
        return None
    return alarm


def put_out(clocks: Iterable[ClaimClock], *, at: datetime, outcome: ClockOutcome | None = None) -> None:
    """Stop clocks: with an outcome, or in time or too late by their due time. Not yet written."""
    for clock in clocks:
        clock.stopped_at = max(at, clock.started_at)
        clock.outcome = outcome or (ClockOutcome.MET if at <= clock.due_at else ClockOutcome.LATE)
        clock.is_paused, clock.next_alarm_at = False, None


def write(
    claim: Claim,
    running: Sequence[ClaimClock],
    *,
    new: Sequence[ClaimClock] = (),
    stopped: Sequence[ClaimClock] = (),
    counted: Sequence[ClaimClock] = (),
    with_rule: bool = False,
) -> None:
    """Write clocks, one statement for each kind, and what follows for the claim from all that run now."""
    if new:
        ClaimClock._base_manager.bulk_create(new)
    if stopped:
        ClaimClock._base_manager.bulk_update(stopped, STOPPED)
    if counted:
        ClaimClock._base_manager.bulk_update(counted, (*COUNTED, "rule", "windows") if with_rule else COUNTED)
    due = due_times(claim, [*running, *new])
    if due != (claim.handling_due_at, claim.next_due_at):
        claim.handling_due_at, claim.next_due_at = due
        Claim._base_manager.filter(pk=claim.pk).update(handling_due_at=due[0], next_due_at=due[1])


def due_times(claim: Claim, clocks: Iterable[ClaimClock]) -> tuple[datetime, datetime]:
    """What clocks make of a claim: the promise to the consumer, and the nearest due time of those that run.

    Without a running clock both are the promise.
    """
    runs = [clock for clock in clocks if clock.outcome == ClockOutcome.RUNNING]
    promise = next((clock.due_at for clock in runs if clock.clock == Clock.HANDLING), claim.handling_due_at)
    return promise, min((clock.due_at for clock in runs), default=promise)


def running(claim: Claim) -> list[ClaimClock]:
    """The clocks of one claim that run or stand still."""
    return running_clocks([claim.pk])


def pauses_in_round(claim: Claim) -> list[Pause]:
    """The pauses of the claim's present round."""
    return list(Pause._base_manager.filter(claim=claim, round=claim.round).order_by("from_at"))
