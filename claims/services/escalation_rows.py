"""What a batch of the sweep changes: rows in memory, then written kind by kind.

The claims of a batch are locked by the caller. Clocks, holdings and claims are changed in memory as the
rule says (docs/rules/escalation.md), and `Batch.save` writes them in a constant number of statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.notices import posting
from aftersales.notices.posting import Message
from aftersales.web.queueing import enqueue
from aftersales.web.row_writes import insert_rows, update_rows
from claims.models import Claim, ClaimClock, ClockRule, Escalation, Holding, Pause
from claims.models.clocks import ClockOutcome, HeldBecause
from claims.queries.clock_policies import allowances_of
from claims.queries.clocks import LazyDays, windows_for
from claims.rules.clocks import Clock, Level
from claims.rules.escalation import Rung, Standing, Step, StepKind, Ticking, advance
from claims.rules.status import Action, next_status
from claims.services import clock_counting as counting
from claims.services.escalation_notices import messages_of, rungs_told
from claims.services.ladder import Ladder

CLOCK_COLUMNS = (
    *("warned_at", "run_out_at", "next_alarm_at", "is_paused", "stopped_at", "outcome"),
    *("alarm_tries", "alarm_error"),
)
HOLDING_COLUMNS = ("until_at", "handler")
CLAIM_COLUMNS = ("status", "level", "holder", "handler", "next_due_at", "version")
PAUSE_COLUMNS = ("until_at", "ended_by_itself", "ended_by")
VERBS = {
    StepKind.WARNED: "claim.warned",
    StepKind.RAN_OUT: "claim.ran_out",
    StepKind.RESUMED: "claim.resumed",
}
CHANGED_BY = {
    StepKind.WARNED: {},
    StepKind.RAN_OUT: {"level": "level", "holder": "holder_id", "handler": "handler_id"},
    StepKind.RESUMED: {"status": "status"},
}
"""What a step may change on the claim: the name in history, and the attribute."""
CLIMBED = "claim.climbed"
OFFER_CLAIMS = "aftersales.ops.tasks.offer_claims"


@dataclass
class Counts:
    """What came of claims: warnings, steps that ran out, of those the climbs, and pauses that ended."""

    warned: int = 0
    ran_out: int = 0
    escalated: int = 0
    resumed: int = 0

    def __iadd__(self, other: Counts) -> Counts:
        self.warned += other.warned
        self.ran_out += other.ran_out
        self.escalated += other.escalated
        self.resumed += other.resumed
        return self


class _Told(NamedTuple):
    """Steps that people are told of, and who worked on the claim before them."""

    claim: Claim
    handler_id: int | None
    steps: tuple[Step, ...]


class Batch:
    """Claims whose rows this transaction has locked, and what becomes of them by `now`.

    Reads what belongs to the claims in a constant number of statements.
    """

    def __init__(
        self, claims: Sequence[Claim], *, ladder: Ladder, days: LazyDays, by: User, now: datetime
    ) -> None:
        self.claims, self.ladder, self.days, self.by, self.now = claims, ladder, days, by, now
        self.counts = Counts()
        self.changed: dict[str, list] = defaultdict(list)
        self.told: list[_Told] = []
        keys = [claim.pk for claim in claims]
        ladder.read(claims)
        open_pauses = Pause._base_manager.filter(claim__in=keys, until_at=None)
        self.pauses = {pause.claim_id: pause for pause in open_pauses}
        self.holdings = _grouped(Holding._base_manager.filter(claim__in=keys).order_by("id"), keys)
        self.allowances = allowances_of({claim.clock_policy_id for claim in claims})
        self.clocks = _grouped(self._running(keys), keys)

    def _running(self, keys: Sequence[int]) -> list[ClaimClock]:
        """The running clocks of the claims, with rules that were read before where they were."""
        running = ClaimClock._base_manager.filter(claim__in=keys, outcome=ClockOutcome.RUNNING)
        clocks = list(running.order_by("claim_id", "id"))
        rules = {rule.pk: rule for said in self.allowances.values() for rule in said.rules}
        if others := {clock.rule_id for clock in clocks} - rules.keys():
            rules |= ClockRule.objects.in_bulk(others)
        for clock in clocks:
            clock.rule = rules[clock.rule_id]
        return clocks

    def advance(self) -> None:
        """Let every claim go as far as the rule takes it."""
        for claim in self.claims:
            self._advance(claim)

    def save(self) -> Counts:
        """Write what has changed: clocks, pauses, holdings, steps, claims, history and notices."""
        rows = self.changed
        update_rows(rows["clocks"], CLOCK_COLUMNS)
        insert_rows(rows["new clocks"])
        update_rows(rows["pauses"], PAUSE_COLUMNS)
        update_rows(rows["holdings"], HOLDING_COLUMNS)
        insert_rows(rows["new holdings"])
        insert_rows(rows["escalations"])
        update_rows(rows["claims"], CLAIM_COLUMNS)
        insert_rows(rows["events"])
        posting.post(self._messages(), now=self.now)
        # A claim that has climbed has no handler: work of its own, which may fail without the climb.
        if orphans := [claim.pk for claim in rows["claims"] if claim.handler_id is None]:
            enqueue(OFFER_CLAIMS, *orphans)
        return self.counts

    def _messages(self) -> list[Message]:
        self.ladder.read_staff(
            (rung, each.claim.county_code) for each in self.told for rung in rungs_told(each.steps)
        )
        return [
            message
            for each in self.told
            for message in messages_of(each.claim, each.handler_id, each.steps, self.ladder)
        ]

    def _advance(self, claim: Claim) -> None:
        clocks, pause = self.clocks[claim.pk], self.pauses.get(claim.pk)
        known = len(clocks)

        def begin(clock: Clock, rung: Rung, at: datetime) -> Ticking | None:
            made = self._response(claim, clock, rung, at)
            if made is None:
                return None
            clocks.append(made)
            return ticking(made, len(clocks) - 1)

        holdings = [row for row in self.holdings[claim.pk] if row.round == claim.round]
        open_one = next((row for row in holdings if row.until_at is None), None)
        standing = Standing(
            self.ladder.here(claim),
            tuple(ticking(clock, number, pause) for number, clock in enumerate(clocks)),
            ladder=self.ladder.above(claim) if claim.is_open else (),
            turn=open_one.turn if open_one else 1,
            turns=_turns(holdings),
            pause_ends_at=pause.longest_until if pause else None,
        )
        steps, after = advance(standing, now=self.now, begin=begin)
        if not steps:
            return
        handler_id = claim.handler_id
        for step in steps:
            before = {name: getattr(claim, column) for name, column in CHANGED_BY[step.kind].items()}
            self._carry_out(claim, clocks, step)
            if step.climbed_to is not None:
                open_one = self._climb(claim, open_one, step)
            if step.kind == StepKind.RESUMED:
                self._end_pause(claim, pause)
            self._remember(claim, step, before)
        still_running = {each.key: each.next_alarm_at for each in after.clocks}
        for number, clock in enumerate(clocks):
            clock.next_alarm_at = still_running.get(number)
            clock.alarm_tries, clock.alarm_error = 0, ""
        self.changed["clocks"].extend(clocks[:known])
        self.changed["new clocks"].extend(clocks[known:])
        claim.next_due_at = counting.due_times(claim, clocks)[1]
        if any(step.climbed_to or step.kind == StepKind.RESUMED for step in steps):
            claim.version += 1
            self.changed["claims"].append(claim)
        self.told.append(_Told(claim, handler_id, steps))

    def _response(self, claim: Claim, clock: Clock, rung: Rung, at: datetime) -> ClaimClock | None:
        """The clock of a rung that is asked to take the claim over, as the claim's policy times it."""
        rule = self.allowances[claim.clock_policy_id].rule(
            clock, goods_type=claim.goods_type, nature=claim.nature, severity=claim.severity
        )
        if rule is None:
            return None
        station = self.ladder.station(rung.station)
        windows = windows_for(rule, station=station, county_code=claim.county_code, on=at)
        return counting.new_clock(claim, rule, at=at, windows=windows, days=self.days, level=rung.level)

    def _carry_out(self, claim: Claim, clocks: list[ClaimClock], step: Step) -> None:
        """What a step makes of the clocks, and its row."""
        if step.kind == StepKind.RESUMED:
            for clock in clocks:
                clock.is_paused = False
            self.counts.resumed += 1
            return
        clock = clocks[step.clock.key]
        if step.kind == StepKind.WARNED:
            clock.warned_at = self.now
            self.counts.warned += 1
        else:
            clock.run_out_at = self.now
            self.counts.ran_out += 1
        for each in step.stopped:
            stopped = clocks[each.key]
            stopped.outcome = ClockOutcome.LATE if each.due_at <= step.at else ClockOutcome.VOID
            stopped.stopped_at = max(step.at, stopped.started_at)
        if step.began is not None:
            clocks[step.began.key].turn = step.began.turn
        self.changed["escalations"].append(
            Escalation(
                claim=claim,
                county_code=claim.county_code,
                clock=step.clock.clock,
                round=clock.round,
                level=step.rung.level,
                turn=step.clock.turn,
                step=step.kind.value,
                climbed_to=step.climbed_to.level if step.climbed_to else None,
                from_station_id=step.rung.station,
                to_station_id=step.climbed_to.station if step.climbed_to else None,
                handler_id=claim.handler_id,
                due_at=step.at,
                at=self.now,
            )
        )

    def _climb(self, claim: Claim, holding: Holding | None, step: Step) -> Holding:
        """End the holding and begin the next; the claim follows."""
        self.counts.escalated += 1
        if holding is not None:
            holding.until_at, holding.handler_id = max(step.at, holding.from_at), claim.handler_id
            if holding.pk is not None:
                self.changed["holdings"].append(holding)
        following = Holding(
            claim=claim,
            county_code=claim.county_code,
            round=claim.round,
            level=step.climbed_to.level,
            turn=step.climbed_turn,
            station_id=step.climbed_to.station,
            because=HeldBecause.CLIMBED,
            clock=step.clock.clock,
            from_at=step.at,
        )
        self.changed["new holdings"].append(following)
        claim.level, claim.holder_id, claim.handler_id = step.climbed_to.level, step.climbed_to.station, None
        return following

    def _end_pause(self, claim: Claim, pause: Pause) -> None:
        pause.until_at, pause.ended_by_itself, pause.ended_by = pause.longest_until, True, self.by
        self.changed["pauses"].append(pause)
        claim.status = next_status(claim.status, Action.RESUME).value

    def _remember(self, claim: Claim, step: Step, before: dict) -> None:
        """The event of a step: where the claim stood and, when it climbed, where it went."""
        about = {"due_at": step.at.isoformat()}
        verb = VERBS[step.kind]
        if step.clock is not None:
            about |= {"clock": step.clock.clock.value, "level": step.rung.level.value}
        if step.climbed_to is not None:
            verb = CLIMBED
        has_changed = step.climbed_to is not None or step.kind == StepKind.RESUMED
        if has_changed:
            about |= {name: getattr(claim, column) for name, column in CHANGED_BY[step.kind].items()}
        event = trail.prepare(
            verb, by=self.by, obj=claim, before=before if has_changed else None, after=about, at=self.now
        )
        self.changed["events"].append(event)


def ticking(clock: ClaimClock, number: int, pause: Pause | None = None) -> Ticking:
    """A clock as the rule sees it, under a number of the caller's."""
    return Ticking(
        Clock(clock.clock),
        Level(clock.level),
        due_at=clock.due_at,
        turn=clock.turn,
        warn_at=clock.warn_at,
        climbs=clock.rule.climbs,
        is_warned=clock.warned_at is not None,
        has_run_out=clock.run_out_at is not None,
        paused_from=pause.from_at if pause is not None and clock.is_paused else None,
        key=number,
    )


def _turns(holdings: Iterable[Holding]) -> dict[Level, int]:
    """How often the claim has come to each level in the round."""
    turns: dict[Level, int] = {}
    for row in holdings:
        level = Level(row.level)
        turns[level] = max(row.turn, turns.get(level, 0))
    return turns


def _grouped(rows: Iterable, keys: Iterable[int]) -> dict[int, list]:
    found: dict[int, list] = {key: [] for key in keys}
    for row in rows:
        found[row.claim_id].append(row)
    return found
