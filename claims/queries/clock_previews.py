"""What a draft of a clock policy would have done to the claims of a month.

Rule: docs/rules/clocks-policies.md, "Preview".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby

from aftersales.lib.worktime import SHANGHAI, Window
from aftersales.lib.worktime import Pause as Stop
from claims.models import Claim, ClaimClock, ClockPolicy, ClockRule, Pause
from claims.models.clock_policies import PolicyKind
from claims.models.clocks import ClockOutcome
from claims.queries.clock_policies import FAMILIES_OF, Allowances, allowances_of
from claims.queries.clocks import WITH_WINDOWS, due_of, stops_of, windows_of
from claims.rules.clocks import LEVEL_OF_TIER, Clock
from claims.rules.statistics import percentile
from stations.models import Station
from stations.queries.calendar import DayBook, HoursBook, calendar_between
from stations.rules.tiers import Tier

MOST_CLAIMS = 5000
"""A preview looks at so many claims of a month at most, from its first day on."""
MINUTE = timedelta(minutes=1)
AROUND = timedelta(days=120)
"""How far behind the month the calendar is read at once; days beyond are looked up."""
CLOCK_FIELDS = (
    "claim_id",
    "clock",
    "family",
    "round",
    "level",
    "rule_id",
    "windows",
    "started_at",
    "stopped_at",
    "due_at",
)
CLAIM_FIELDS = ("id", "number", "goods_type", "nature", "severity", "station_id")


@dataclass(frozen=True)
class Judged:
    """One clock of a claim under both versions. `end` is when it was stopped; for one that runs, now."""

    claim_id: int
    number: str
    clock: Clock
    goods_type: str
    end: datetime
    is_running: bool
    due_before: datetime
    due_after: datetime

    @property
    def is_late_before(self) -> bool:
        return self.end > self.due_before

    @property
    def is_late_after(self) -> bool:
        return self.end > self.due_after

    @property
    def changes_side(self) -> bool:
        return self.is_late_before != self.is_late_after

    @property
    def left_before(self) -> int:
        """Minutes that were left at the end; below zero for those over."""
        return (self.due_before - self.end) // MINUTE

    @property
    def left_after(self) -> int:
        return (self.due_after - self.end) // MINUTE


@dataclass(frozen=True)
class Row:
    """The clocks of one kind over one goods type; without a goods type, over all of them.

    `left_before` and `left_after` are medians of the minutes left.
    """

    clock: Clock
    goods_type: str
    count: int
    late_before: int
    late_after: int
    left_before: int
    left_after: int


@dataclass(frozen=True)
class Preview:
    """A month under a draft and under what was in force; `has_more` when not all claims were looked at."""

    month: date
    claims: int
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    changed: tuple[Judged, ...]
    has_more: bool

    @property
    def clocks(self) -> int:
        return sum(row.count for row in self.totals)

    @property
    def late_before(self) -> int:
        return sum(row.late_before for row in self.totals)

    @property
    def late_after(self) -> int:
        return sum(row.late_after for row in self.totals)

    @property
    def newly_late(self) -> int:
        return sum(each.is_late_after for each in self.changed)

    @property
    def newly_in_time(self) -> int:
        return len(self.changed) - self.newly_late


def last_full_month(today: date) -> date:
    """The first day of the month before this one."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def preview(policy: ClockPolicy, month: date, *, now: datetime, most: int = MOST_CLAIMS) -> Preview:
    """Judge every clock of the claims that were filed in a month in the policy's reach and in one's scope.

    A county's version reaches the claims of the county, the programme's those that went by a version of the
    programme, a law all. Starts, stops and pauses are what they were; a pause lasts no longer than the draft
    allows. Due times of what was in force are the ones the claims have. Void clocks are left out.
    """
    claims = _claims(policy, month, most + 1)
    has_more = len(claims) > most
    claims = claims[:most]
    allowances = allowances_of([policy.pk])[policy.pk]
    judged = list(_judge(policy, allowances, claims, month, now))
    return Preview(
        month=month,
        claims=len(claims),
        rows=tuple(_rows(judged, lambda each: (_order(each), each.goods_type))),
        totals=tuple(_rows(judged, lambda each: (_order(each), ""))),
        changed=tuple(each for each in judged if each.changes_side),
        has_more=has_more,
    )


def _claims(policy: ClockPolicy, month: date, most: int) -> list[Claim]:
    first, after = (datetime.combine(day, time.min, SHANGHAI) for day in (month, month_after(month)))
    claims = Claim.objects.filter(filed_at__gte=first, filed_at__lt=after)
    if policy.county_code:
        claims = claims.filter(county_code=policy.county_code)
    elif policy.kind == PolicyKind.SERVICE:
        claims = claims.filter(clock_policy__county_code="")
    return list(claims.only(*CLAIM_FIELDS).order_by("filed_at", "id")[:most])


def _judge(
    policy: ClockPolicy, allowances: Allowances, claims: Sequence[Claim], month: date, now: datetime
) -> Iterable[Judged]:
    of_claim = {claim.pk: claim for claim in claims}
    # Past the scope: the claims themselves were found through it.
    clocks = (
        ClaimClock._base_manager.filter(claim__in=of_claim, family__in=FAMILIES_OF[PolicyKind(policy.kind)])
        .exclude(outcome=ClockOutcome.VOID)
        .only(*CLOCK_FIELDS)
        .order_by("claim_id", "id")
    )
    went_by = ClockRule.objects.in_bulk({clock.rule_id for clock in clocks})
    pauses: dict[int, list[Pause]] = {}
    for pause in Pause._base_manager.filter(claim__in=of_claim).order_by("from_at"):
        pauses.setdefault(pause.claim_id, []).append(pause)
    counting = _Counting(allowances, {claim.station_id for claim in claims}, month)
    for clock in clocks:
        claim = of_claim[clock.claim_id]
        about = {"goods_type": claim.goods_type, "nature": claim.nature, "severity": claim.severity}
        rule = allowances.rule(Clock(clock.clock), **about)
        if rule is None:
            continue
        yield Judged(
            claim_id=claim.pk,
            number=claim.number,
            clock=Clock(clock.clock),
            goods_type=claim.goods_type,
            end=clock.stopped_at or now,
            is_running=clock.stopped_at is None,
            due_before=clock.due_at,
            due_after=counting.due(
                clock, went_by[clock.rule_id], rule, claim.station_id, pauses.get(claim.pk, ())
            ),
        )


class _Counting:
    """Due times under a draft; calendar and stations are read once, opening hours once for a day."""

    def __init__(self, allowances: Allowances, station_ids: set[int], month: date) -> None:
        self._longest = allowances.longest_pause
        self._station_ids = station_ids
        self._days: DayBook = calendar_between(month, month_after(month) + AROUND)
        self._hours: dict[date, HoursBook] = {}

    def due(
        self,
        clock: ClaimClock,
        went_by: ClockRule,
        rule: ClockRule,
        station_id: int,
        pauses: Sequence[Pause],
    ) -> datetime:
        """When a clock that went by one rule would have been due under another."""
        stops = stops_of(clock, pauses) if pauses else ()
        shorter = self._within_longest(stops, pauses)
        if (rule.amount, rule.basis) == (went_by.amount, went_by.basis) and shorter == stops:
            return clock.due_at
        windows = self._windows(clock, station_id) if rule.basis in WITH_WINDOWS else ()
        return due_of(rule, clock.started_at, windows=windows, days=self._days, stops=shorter).due_at

    def _within_longest(self, stops: Sequence[Stop], pauses: Sequence[Pause]) -> tuple[Stop, ...]:
        if not stops:
            return ()
        longest = {pause.from_at: self._longest.get(pause.reason) for pause in pauses}
        return tuple(
            (begin, end if longest[begin] is None else min(end, begin + longest[begin] * MINUTE))
            for begin, end in stops
        )

    def _windows(self, clock: ClaimClock, station_id: int) -> tuple[Window, ...]:
        """The hours the clock was started with; a clock that needed none gets those of who held the claim."""
        if clock.windows:
            return windows_of(clock)
        station: Station = self._stations[station_id]
        while LEVEL_OF_TIER[Tier(station.tier)] < clock.level and station.parent:
            station = station.parent
        day = clock.started_at.astimezone(SHANGHAI).date()
        if day not in self._hours:
            counties = {each.county_code for each in self._stations.values()}
            self._hours[day] = HoursBook(counties, on=day)
        return self._hours[day].windows(station, station.county_code)

    @cached_property
    def _stations(self) -> dict[int, Station]:
        stations = Station._base_manager.filter(pk__in=self._station_ids)
        return {each.pk: each for each in stations.select_related("parent__parent")}


ORDER = {clock: number for number, clock in enumerate(Clock)}


def _order(judged: Judged) -> int:
    return ORDER[judged.clock]


def _rows(judged: Iterable[Judged], key) -> Iterable[Row]:
    for (_number, goods_type), group in groupby(sorted(judged, key=key), key=key):
        each = list(group)
        yield Row(
            clock=each[0].clock,
            goods_type=goods_type,
            count=len(each),
            late_before=sum(one.is_late_before for one in each),
            late_after=sum(one.is_late_after for one in each),
            left_before=_median(one.left_before for one in each),
            left_after=_median(one.left_after for one in each),
        )


def _median(minutes: Iterable[int]) -> int:
    return percentile(sorted(minutes), 50)
