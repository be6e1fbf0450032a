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
from claims.queries.clocks import (
    COUNTED,
    WITH_WINDOWS,
    counted_values,
    due_times,
    running_clocks,
    windows_for,
)
from claims.rules.clocks import FAMILIES, Clock
from claims.rules.counting_time import Days

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


def windows_at_start(claim: Claim, rule: ClockRule, at: datetime) -> tuple[Window, ...]:
    """The opening hours a clock of this claim goes by that starts now: those of whoever holds the claim."""
    if rule.basis not in WITH_WINDOWS:
        return ()
    return windows_for(rule, station=claim.holder, county_code=claim.county_code, on=at)


def written_windows(windows: Iterable[Window]) -> list[list[str]]:
    """Opening hours as a clock keeps them."""
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in windows]


def count_anew(clock: ClaimClock, pauses: Iterable[Pause], days: Days) -> bool:
    """Work out what follows from the rows for a running clock; says whether anything is different now."""
    before = [getattr(clock, name) for name in COUNTED]
    after = counted_values(clock, pauses, days)
    for name, value in zip(COUNTED, after, strict=True):
        setattr(clock, name, value)
    return before != list(after)


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


def running(claim: Claim) -> list[ClaimClock]:
    """The clocks of one claim that run or stand still."""
    return running_clocks([claim.pk])


def pauses(claim: Claim) -> list[Pause]:
    """Every pause of one claim, of earlier rounds too: a clock that goes on counts those of its own."""
    return list(Pause._base_manager.filter(claim=claim).order_by("from_at"))
