"""The clocks of a claim: all of them with who held it when, and why one is due when it is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersales.lib.worktime import SHANGHAI
from aftersales.web.day_charts import Mark
from aftersales.web.formats import clock_time, hours, named_day
from claims.models import Claim, ClaimClock, Pause
from claims.models.clocks import ClockOutcome
from claims.queries import clocks as reading
from claims.queries import holding
from claims.queries.clocks import Explanation
from claims.rules.clocks import Basis, Clock
from claims.views import clock_standing as words
from claims.views.clock_pictures import hours_drawn, weeks_drawn
from claims.views.explaining import Group, Line, Standstill, day_groups, hour_groups, local, natural_lines
from claims.views.places import CasePage
from claims.views.tones import mark
from stations.queries.calendar import DayBook, calendar_between

LONGEST = timedelta(days=400)
"""No clock allows more; a calendar is read for no longer."""


@dataclass(frozen=True)
class Told:
    """One clock as the list of clocks shows it."""

    clock: ClaimClock
    standing: words.Standing
    allowance: str


class ClaimClocks(CasePage):
    """Every clock of a claim by round, what stood still, who held the claim when, and what was escalated."""

    permission = "claims.view_claim_page"
    template_name = "claims/claim_clocks.html"

    def get(self, request, number):
        claim = _claim(number)
        now = timezone.now()
        clocks, pauses = reading.clocks_of(claim), reading.pauses_of(claim)
        days = _calendar(clocks, now)
        told = [_told(clock, pauses, days, now) for clock in clocks]
        rounds = [
            (number, _sorted(of_round))
            for number, of_round in groupby(sorted(told, key=_by_round), key=lambda each: each.clock.round)
        ]
        holdings = holding.holdings_of(claim)
        for each in holdings:
            each.holder = words.holder_words(each.station, each.level)
        escalations = holding.escalations_of(claim)
        for each in escalations:
            each.to = words.holder_words(each.to_station, each.climbed_to) if each.climbed_to else ""
        return self.page(
            claim=mark([claim], now)[0],
            holder=words.holder_words(claim.holder, claim.level),
            rounds=rounds[::-1],
            pauses=pauses,
            holdings=holdings[::-1],
            escalations=escalations,
            place=claim.station,
        )


class ClaimClockDetail(CasePage):
    """Why one clock is due when it is due: the rule, each stretch in words, and the calendar drawn."""

    permission = "claims.view_claim_page"
    template_name = "claims/claim_clock.html"

    def get(self, request, number, pk):
        claim = _claim(number)
        clocks = claim.clocks.select_related("rule__policy", "claim")
        clock = get_object_or_404(clocks, pk=pk)
        now = timezone.now()
        pauses = reading.pauses_of(claim)
        days = _calendar([clock], now)
        until = _told_until(clock)
        told = reading.explanation(clock, pauses, until=until, days=days)
        is_stopped = clock.outcome != ClockOutcome.RUNNING
        standing = _standing(clock, pauses, days, now)
        groups, lines = _in_words(told, pauses, days)
        return self.page(
            claim=claim,
            clock=clock,
            rule=clock.rule,
            due=_full(clock.due_at),
            standing=standing,
            is_stopped=is_stopped,
            is_cut=is_stopped and until < clock.due_at,
            until=_full(until),
            counted=hours(told.counted_minutes),
            allowed=words.allowance_words(clock.rule),
            started=_full(clock.started_at),
            warns=_full(clock.warn_at) if clock.warn_at else "",
            windows=_windows_words(clock),
            starts_with=words.STARTS[Clock(clock.clock)],
            stops_with=words.STOPS[Clock(clock.clock)],
            applies_to=words.rule_words(clock.rule),
            counting=words.counting_words(clock.rule),
            at_the_end=words.end_words(clock.rule),
            provisional=sorted({day.year for day in told.provisional}),
            open_pause=_open_pause(clock, pauses),
            groups=groups,
            lines=lines,
            counts_days=words.counts_days(clock.rule),
            picture=_picture(clock, told, groups, days, now, until),
            place=claim.station,
        )


def _claim(number: str) -> Claim:
    claims = Claim.objects.select_related("station", "holder", "handler", "order_line", "consumer")
    return get_object_or_404(claims, number=number)


def _calendar(clocks: Sequence[ClaimClock], now: datetime) -> DayBook:
    """The calendar over everything these clocks touch, in one query."""
    first = min((clock.started_at for clock in clocks), default=now)
    last = max((clock.due_at for clock in clocks), default=now)
    return calendar_between(local(first).date(), min(local(last), local(first) + LONGEST).date())


def _told_until(clock: ClaimClock) -> datetime:
    """The end of the story: the due time, or the moment the clock was stopped before it."""
    return min(clock.stopped_at or clock.due_at, clock.due_at)


def _standing(clock: ClaimClock, pauses: Iterable[Pause], days: DayBook, now: datetime) -> words.Standing:
    until = max(min(clock.stopped_at or now, clock.due_at), clock.started_at)
    so_far = reading.explanation(clock, pauses, until=until, days=days)
    return words.standing_of(clock, so_far, until=until, now=now)


def _told(clock: ClaimClock, pauses: Iterable[Pause], days: DayBook, now: datetime) -> Told:
    return Told(clock, _standing(clock, pauses, days, now), words.allowance_words(clock.rule))


def _by_round(told: Told) -> int:
    return told.clock.round


def _sorted(told: Iterable[Told]) -> list[Told]:
    """Running clocks by due time, then those that were stopped, the last first."""
    each = list(told)
    running = [one for one in each if one.clock.outcome == ClockOutcome.RUNNING]
    stopped = [one for one in each if one.clock.outcome != ClockOutcome.RUNNING]
    return sorted(running, key=lambda one: one.clock.due_at) + sorted(
        stopped, key=lambda one: one.clock.stopped_at, reverse=True
    )


def _in_words(told: Explanation, pauses: Iterable[Pause], days: DayBook) -> tuple[list[Group], list[Line]]:
    """The story by days, or by stretches where it runs round the clock."""
    clock = told.clock
    basis = Basis(clock.rule.basis)
    standstills = _standstills(clock, pauses)
    has_stood_still = any(stretch.why == "paused" for stretch in told.stretches)
    if told.days and not has_stood_still:
        return day_groups(told.days, days, counts_days_off=basis == Basis.CALENDAR_DAYS), []
    if basis in (Basis.NATURAL, Basis.CALENDAR_DAYS):
        return [], natural_lines(told.stretches, standstills=standstills)
    groups = hour_groups(
        told.stretches,
        windows=reading.windows_of(clock),
        standstills=standstills,
        days=days,
        counts_days_off=basis == Basis.OPENING_HOURS_DAILY,
    )
    return groups, []


def _standstills(clock: ClaimClock, pauses: Iterable[Pause]) -> list[Standstill]:
    return [
        Standstill(local(pause.from_at), local(pause.until_at or pause.longest_until), _pause_words(pause))
        for pause in pauses
        if pause.round == clock.round
    ]


def _pause_words(pause: Pause) -> str:
    reason = pause.get_reason_display()
    return _("%(reason)s: %(note)s") % {"reason": reason, "note": pause.note} if pause.note else reason


def _open_pause(clock: ClaimClock, pauses: Iterable[Pause]) -> Pause | None:
    if not clock.is_paused:
        return None
    return next((pause for pause in pauses if pause.until_at is None), None)


def _picture(
    clock: ClaimClock, told: Explanation, groups: list[Group], days: DayBook, now: datetime, until: datetime
) -> SafeString | str:
    """The calendar of the clock; nothing for one that was stopped as soon as it started."""
    marks = [Mark(local(clock.started_at), "start"), Mark(local(clock.due_at), "due")]
    if clock.warn_at:
        marks.insert(1, Mark(local(clock.warn_at), "warn"))
    if clock.outcome == ClockOutcome.RUNNING and clock.started_at < now < clock.due_at:
        marks.append(Mark(local(now), "now"))
    title = _("Calendar of this clock")
    description = _("From %(start)s to %(due)s; the lines beside say the same in words.") % {
        "start": _full(clock.started_at),
        "due": _full(clock.due_at),
    }
    if told.days and groups and not any(group.lines for group in groups):
        return weeks_drawn(title, groups, marks=marks, description=description)
    if not told.stretches:
        return ""
    basis = Basis(clock.rule.basis)
    windows = () if basis in (Basis.NATURAL, Basis.CALENDAR_DAYS) else reading.windows_of(clock)
    goes_by_calendar = basis in (Basis.OPENING_HOURS, Basis.WORKING_DAYS)
    return hours_drawn(
        title,
        told.stretches,
        windows=windows,
        days=days if goes_by_calendar else None,
        marks=marks,
        description=description,
    )


def _windows_words(clock: ClaimClock) -> str:
    return _(", ").join(f"{opens:%H:%M} – {closes:%H:%M}" for opens, closes in reading.windows_of(clock))


def _full(at: datetime) -> str:
    """A moment as 2026-11-23 Mon 10:40."""
    return f"{named_day(at.astimezone(SHANGHAI), year=True)} {clock_time(at)}"
