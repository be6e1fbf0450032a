"""What happens to a claim's clocks when the claim moves. docs/rules/clocks.md.

Every function works inside the caller's transaction and wants the claim's row locked there first, by
`moves.change`, which moved it, or by `lock`. It takes the claim as it stands now, brings its
`handling_due_at` and `next_due_at` up to date, and costs a constant number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.models import Claim, ClaimClock, Holding, Pause, Photo
from claims.models.clock_policies import PolicyKind
from claims.models.clocks import ClockOutcome, HeldBecause
from claims.queries.clock_policies import allowances_of, in_force
from claims.queries.clocks import LazyDays, clocks_of
from claims.rules.classification import PERISHABLE
from claims.rules.clocks import (
    AFTER_REFUSAL,
    AFTER_RESOLUTION,
    FAMILIES,
    LEVEL_OF_TIER,
    LONGEST_PAUSE,
    RESPONSE_OF,
    Clock,
    Family,
    Level,
    PauseReason,
)
from claims.rules.status import Status
from claims.services import clock_counting as counting
from stations.rules.tiers import Tier

URGENT = (Clock.URGENT_FIRST, Clock.URGENT_SOLVED)
NOTE_SIGNS = 200
ANSWERED_BY_AN_END = frozenset({Clock.FIRST_RESPONSE, Clock.HANDLING})
"""A refusal answers the consumer and ends the handling, so it is in time or too late."""


def lock(claim: Claim) -> Claim:
    """The claim as it stands now, its row locked until the transaction ends. Read past the scope: the
    argument was found through it."""
    return Claim._base_manager.select_for_update(no_key=True).get(pk=claim.pk)


@dataclass
class Opening:
    """The first clocks and the first holder of a claim that is being filed; not yet written."""

    clocks: list[ClaimClock]
    holding: Holding

    def answered(self, *, inspected: bool, now: datetime) -> None:
        """Note that the first reply was given, and perhaps the goods looked at, while it was being filed."""
        done = {Clock.FIRST_RESPONSE, *([Clock.FRESH_INSPECTION] if inspected else [])}
        counting.put_out((each for each in self.clocks if each.clock in done), at=now)
        self.holding.taken_over_at = now

    @property
    def is_provisional(self) -> bool:
        """Whether the promise to the consumer hangs on days without an official notice."""
        return any(each.is_provisional for each in self.clocks if each.clock == Clock.HANDLING)


def opening(claim: Claim, *, by: User, now: datetime, days: LazyDays | None = None) -> Opening:
    """What a claim begins with, and on the claim itself: policy, level, holder, due times. Writes nothing.

    The policy is the one in force on the day of filing at the station's county, and stays with the claim.
    """
    policy, _allowances = in_force(claim.county_code, timezone.localdate(now))
    claim.clock_policy = policy
    claim.level, claim.holder = LEVEL_OF_TIER[Tier(claim.station.tier)], claim.station
    codes = [Clock.FIRST_RESPONSE, Clock.HANDLING]
    if claim.goods_type in PERISHABLE:
        codes.append(Clock.FRESH_INSPECTION)
    if claim.is_urgent:
        codes += URGENT
    clocks = new_clocks(claim, codes, at=now, days=days)
    claim.handling_due_at = next(each.due_at for each in clocks if each.clock == Clock.HANDLING)
    claim.handling_due_at, claim.next_due_at = counting.due_times(claim, clocks)
    holding = _holding(claim, because=HeldBecause.FILED, by=by, now=now)
    return Opening(clocks, holding)


def begin(claim: Claim, started: Opening) -> None:
    """Write the clocks and the first holder of a claim that has just been saved."""
    ClaimClock._base_manager.bulk_create(started.clocks)
    started.holding.save(force_insert=True)
    counting.write(claim, started.clocks)


def start(
    claim: Claim, clock: Clock, *, at: datetime, level: int | None = None, turn: int | None = None
) -> ClaimClock | None:
    """Start a clock of the claim's round at an instant; one that runs already goes on as it is.

    Limits set by law go by the law in force on the day of `at`, all others by the pinned policy. Returns
    None when nothing times this.
    """
    ever = clocks_of(claim)
    running = [each for each in ever if each.outcome == ClockOutcome.RUNNING]
    of_round = [each for each in ever if each.clock == clock and each.round == claim.round]
    known = next((each for each in of_round if each in running), None)
    if known is not None:
        return known
    if turn is None:
        turn = 1 + max((each.turn for each in of_round), default=0)
    was_in_work = claim.status not in (Status.SUBMITTED, Status.ACCEPTED)
    pauses = counting.pauses(claim) if was_in_work else ()
    new = new_clocks(claim, [clock], at=at, pauses=pauses, level=level, turn=turn)
    counting.write(claim, running, new=new)
    return new[0] if new else None


def stop(claim: Claim, *clocks: Clock, at: datetime, outcome: ClockOutcome | None = None) -> int:
    """Stop these clocks where they run, in time or too late by their due time; returns how many ran."""
    running = counting.running(claim)
    stopped = [each for each in running if each.clock in clocks]
    counting.put_out(stopped, at=at, outcome=outcome)
    counting.write(claim, running, stopped=stopped)
    return len(stopped)


def accepted(claim: Claim, *, now: datetime) -> None:
    """The first reply was given; with photos and a count, fresh goods were inspected as well."""
    running = counting.running(claim)
    codes = {each.clock for each in running} & {Clock.FIRST_RESPONSE, Clock.FRESH_INSPECTION}
    if Clock.FRESH_INSPECTION in codes and not _is_inspected(claim):
        codes.remove(Clock.FRESH_INSPECTION)
    answered = [each for each in running if each.clock in codes]
    counting.put_out(answered, at=now)
    counting.write(claim, running, stopped=answered)
    # Where a level is still asked to take the claim over, taking it over says so.
    is_asked = any(each.clock == RESPONSE_OF[Level(claim.level)] for each in running)
    if Clock.FIRST_RESPONSE in codes and not is_asked:
        Holding._base_manager.filter(claim=claim, until_at__isnull=True, taken_over_at__isnull=True).update(
            taken_over_at=now
        )


def pause(claim: Claim, *, reason: PauseReason, note: str, by: User, now: datetime) -> Pause:
    """Let the promises of a claim and the handling at its level stand still: somebody outside is to act.

    It ends by itself after the longest time the claim's policy allows for the reason.
    Raises Refused("unknown_reason").
    """
    try:
        reason = PauseReason(reason)
    except ValueError:
        raise Refused(_("Choose one of the reasons."), code="unknown_reason", field="reason_code") from None
    longest = allowances_of([claim.clock_policy_id])[claim.clock_policy_id].longest_pause
    opened = Pause(
        claim=claim,
        county_code=claim.county_code,
        round=claim.round,
        reason=reason,
        note=note[:NOTE_SIGNS],
        from_at=now,
        longest_until=now + timedelta(minutes=longest.get(reason, LONGEST_PAUSE[reason])),
        by=by,
    )
    earlier = counting.pauses(claim)
    opened.save(force_insert=True)
    _count_promises(claim, [*earlier, opened])
    return opened


def resume(claim: Claim, *, by: User, now: datetime, by_itself: bool = False) -> Pause | None:
    """Let the promises run again. A pause never lasts beyond its longest end, whoever notices it when.

    Returns the pause that was closed; None when none was open.
    """
    pauses = counting.pauses(claim)
    closed = next((each for each in pauses if each.until_at is None), None)
    if closed is None:
        return None
    _close(closed, by=by, now=now, by_itself=by_itself)
    _count_promises(claim, pauses)
    return closed


def resolved(
    claim: Claim,
    *,
    now: datetime,
    is_settled: bool = False,
    is_told: bool = False,
    then: Mapping[Clock, datetime] | None = None,
) -> datetime | None:
    """The consumer got what was due: promises and hand-overs end, the result is to be sent, and somebody has
    to ask afterwards whether it was good.

    `is_settled` says that a compensation was carried out; without it there is nothing left to settle.
    `is_told`: the consumer stands there and knows, so that the notice of the result is in time at once.
    The clocks in `then` start as well, each from its moment on. Returns when the follow-up is due, None where
    the claim's policy does not time it.
    """
    running = counting.running(claim)
    ended = [each for each in running if each.clock not in AFTER_RESOLUTION]
    pointless = [each for each in ended if each.clock == Clock.SETTLEMENT and not is_settled]
    counting.put_out(pointless, at=now, outcome=ClockOutcome.VOID)
    counting.put_out((each for each in ended if each not in pointless), at=now)
    new = new_clocks(claim, [Clock.RESULT_NOTICE, Clock.FOLLOW_UP], at=now)
    asked_by = next((each.due_at for each in new if each.clock == Clock.FOLLOW_UP), None)
    if is_told:
        counting.put_out((each for each in new if each.clock == Clock.RESULT_NOTICE), at=now)
    pauses = counting.pauses(claim) if then else ()
    for clock, at in (then or {}).items():
        new += new_clocks(claim, [clock], at=at, pauses=pauses)
    counting.write(claim, running, new=new, stopped=ended)
    _end_holding(claim, now)
    return asked_by


def closed(claim: Claim, *, now: datetime) -> None:
    """A resolved claim is filed away: a result not sent in time is too late, otherwise it is still due."""
    running = counting.running(claim)
    late = [each for each in running if each.clock == Clock.RESULT_NOTICE and each.due_at < now]
    counting.put_out(late, at=now)
    counting.write(claim, running, stopped=late)


def end_all(claim: Claim, *, is_refusal: bool, by: User, now: datetime) -> None:
    """A claim ended without a remedy: its clocks no longer count.

    A refusal is an answer: the first response and the handling are then in time or too late, and a
    procedure at the authority goes on.
    """
    for open_pause in Pause._base_manager.filter(claim=claim, until_at__isnull=True):
        _close(open_pause, by=by, now=now)
    running = counting.running(claim)
    keep = AFTER_REFUSAL if is_refusal else frozenset()
    ended = [each for each in running if each.clock not in keep]
    judged = [each for each in ended if is_refusal and each.clock in ANSWERED_BY_AN_END]
    counting.put_out((each for each in ended if each not in judged), at=now, outcome=ClockOutcome.VOID)
    counting.put_out(judged, at=now)
    counting.write(claim, running, stopped=ended)
    _end_holding(claim, now)


def reopened(claim: Claim, *, by: User, now: datetime) -> None:
    """A new round begins where the last one ended: its own promise, and its own hand-over above the village.

    Without a handler it waits to be taken over, at whatever level.
    What ran on from earlier rounds no longer counts, except goods on their way, complaints and the
    authority.
    """
    running = counting.running(claim)
    keep = AFTER_RESOLUTION - {Clock.RESULT_NOTICE, Clock.FOLLOW_UP}
    ended = [each for each in running if each.clock not in keep]
    counting.put_out(ended, at=now, outcome=ClockOutcome.VOID)
    codes = [Clock.HANDLING]
    if claim.is_urgent:
        codes.append(Clock.URGENT_SOLVED)
    has_handler = claim.handler_id is not None
    if not has_handler:
        codes.append(RESPONSE_OF[Level(claim.level)])
    elif claim.level > Level.VILLAGE:
        codes.append(Clock.TAKEN_OVER)
    counting.write(claim, running, new=new_clocks(claim, codes, at=now), stopped=ended)
    holding = _holding(claim, because=HeldBecause.REOPENED, by=by, now=now)
    holding.taken_over_at = now if has_handler else None
    holding.save(force_insert=True)


def reclassified(claim: Claim, *, now: datetime) -> None:
    """Another class of the claim: its running promises follow the pinned policy's line for that class.

    Each keeps its start and its pauses. Goods that turn out not to be perishable need no inspection.
    """
    running, pauses, days = counting.running(claim), counting.pauses(claim), LazyDays()
    ended, changed = [], []
    for each in running:
        rule = counting.rule_of(claim, Clock(each.clock)) if each.family == Family.PROMISE else each.rule
        if each.clock == Clock.FRESH_INSPECTION and claim.goods_type not in PERISHABLE:
            ended.append(each)
        elif rule is not None and rule.pk != each.rule_id:
            each.rule = rule
            if not each.windows:
                windows = counting.windows_at_start(claim, rule, each.started_at)
                each.windows = counting.written_windows(windows)
            counting.count_anew(each, pauses, days)
            changed.append(each)
    counting.put_out(ended, at=now, outcome=ClockOutcome.VOID)
    counting.write(claim, running, stopped=ended, counted=changed, with_rule=True)


def marked_urgent(claim: Claim, *, now: datetime) -> None:
    """People or property are in danger: the short promises count from the moment that was said."""
    running = counting.running(claim)
    known = {each.clock for each in running}
    codes = [code for code in URGENT if code not in known]
    if claim.status in (Status.IN_PROGRESS, Status.WAITING):
        codes = [code for code in codes if code != Clock.URGENT_FIRST]
    new = new_clocks(claim, codes, at=now, pauses=counting.pauses(claim))
    counting.write(claim, running, new=new)


def new_clocks(
    claim: Claim,
    codes: Iterable[Clock],
    *,
    at: datetime,
    pauses: Iterable[Pause] = (),
    level: int | None = None,
    turn: int = 1,
    days: LazyDays | None = None,
) -> list[ClaimClock]:
    """Clocks of the claim's round from an instant on, those that something times; not yet written."""
    days, pauses = days or LazyDays(), list(pauses)
    made = []
    for code in codes:
        if FAMILIES[code] == Family.LAW:
            _policy, allowances = in_force("", timezone.localdate(at), PolicyKind.LAW)
            rule = allowances.rule(
                code, goods_type=claim.goods_type, nature=claim.nature, severity=claim.severity
            )
        else:
            rule = counting.rule_of(claim, code)
        if rule is None:
            continue
        begins = _fresh_from(claim, rule.amount, at) if code == Clock.FRESH_INSPECTION else at
        windows = counting.windows_at_start(claim, rule, begins)
        made.append(
            counting.new_clock(
                claim, rule, at=begins, windows=windows, days=days, pauses=pauses, level=level, turn=turn
            )
        )
    return made


def _is_inspected(claim: Claim) -> bool:
    """Whether somebody has looked at the goods: what is bad was counted, and there are photos."""
    return claim.bad_milli is not None and Photo._base_manager.filter(claim=claim).exists()


def _fresh_from(claim: Claim, minutes: int, filed_at: datetime) -> datetime:
    """The signature for the goods where an inspection in time is still possible; else the filing."""
    signed_at = claim.order_line.order.signed_at
    if signed_at is None or not filed_at - timedelta(minutes=minutes) < signed_at <= filed_at:
        return filed_at
    return signed_at


def _count_promises(claim: Claim, pauses: list[Pause]) -> None:
    running, days = counting.running(claim), LazyDays()
    changed = [each for each in running if counting.count_anew(each, pauses, days)]
    counting.write(claim, running, counted=changed)


def _close(open_pause: Pause, *, by: User, now: datetime, by_itself: bool = False) -> None:
    # Never before it began, though the clock of the machine that ends it may lag behind.
    ended_at = max(now, open_pause.from_at)
    open_pause.until_at = open_pause.longest_until if by_itself else min(ended_at, open_pause.longest_until)
    open_pause.ended_by_itself = by_itself or now > open_pause.longest_until
    open_pause.ended_by = by
    open_pause.save(update_fields=["until_at", "ended_by_itself", "ended_by"])


def _holding(claim: Claim, *, because: HeldBecause, by: User, now: datetime) -> Holding:
    return Holding(
        claim=claim,
        county_code=claim.county_code,
        round=claim.round,
        level=claim.level,
        station=claim.holder,
        handler_id=claim.handler_id,
        because=because,
        by=by,
        from_at=now,
    )


def _end_holding(claim: Claim, now: datetime) -> None:
    Holding._base_manager.filter(claim=claim, until_at__isnull=True).update(
        until_at=now, handler=claim.handler_id
    )
