"""How a clock of a claim stands, in words: what starts and stops it, what it allows, what is used."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.worktime import SHANGHAI
from aftersales.web.formats import hours, moment, span
from aftersales.web.urgency import Urgency, urgency
from claims.models import ClaimClock, ClockRule
from claims.models.choices import LevelChoices
from claims.models.clocks import ClockOutcome
from claims.queries.clocks import Explanation
from claims.rules.clocks import DAY_BASES, Basis, Clock

FULL_DAY = 24 * 60
PERCENT = 100

STARTS = {
    Clock.FIRST_RESPONSE: gettext_lazy("the claim was filed"),
    Clock.FRESH_INSPECTION: gettext_lazy("the goods were signed for, else the claim was filed"),
    Clock.HANDLING: gettext_lazy("the claim was filed or opened again"),
    Clock.SETTLEMENT: gettext_lazy("the damage was confirmed"),
    Clock.EXCHANGE_SHIPPED: gettext_lazy("the exchange was approved"),
    Clock.RESHIP_SHIPPED: gettext_lazy("the reship was approved"),
    Clock.RESULT_NOTICE: gettext_lazy("the claim was settled"),
    Clock.FOLLOW_UP: gettext_lazy("the claim was settled"),
    Clock.COMPLAINT_ACCEPTANCE: gettext_lazy("the complaint was filed"),
    Clock.COMPLAINT_HANDLING: gettext_lazy("the complaint was accepted"),
    Clock.COMPLAINT_MAJOR: gettext_lazy("the major complaint was filed"),
    Clock.URGENT_FIRST: gettext_lazy("the claim was marked urgent"),
    Clock.URGENT_SOLVED: gettext_lazy("the claim was marked urgent"),
    Clock.VILLAGE_RESPONSE: gettext_lazy("the claim came back to the village point"),
    Clock.TOWNSHIP_RESPONSE: gettext_lazy("the claim came to the township"),
    Clock.COUNTY_RESPONSE: gettext_lazy("the claim came to the county"),
    Clock.PLATFORM_RESPONSE: gettext_lazy("the claim came to the platform desk"),
    Clock.TAKEN_OVER: gettext_lazy("somebody took the claim over"),
    Clock.REFUND_AFTER_RETURN: gettext_lazy("the returned goods arrived"),
    Clock.DELIBERATE_DELAY: gettext_lazy("the duty to refund arose"),
    Clock.AUTHORITY_ANSWER: gettext_lazy("the complaint reached the authority"),
    Clock.MEDIATION: gettext_lazy("the authority accepted the complaint"),
}
STOPS = {
    Clock.FIRST_RESPONSE: gettext_lazy("accepting with a first reply"),
    Clock.FRESH_INSPECTION: gettext_lazy("an inspection on record"),
    Clock.HANDLING: gettext_lazy("settling the claim"),
    Clock.SETTLEMENT: gettext_lazy("carrying the compensation out"),
    Clock.EXCHANGE_SHIPPED: gettext_lazy("sending the exchange"),
    Clock.RESHIP_SHIPPED: gettext_lazy("sending the goods again"),
    Clock.RESULT_NOTICE: gettext_lazy("telling the consumer the result"),
    Clock.FOLLOW_UP: gettext_lazy("a follow-up, or the last attempt at one"),
    Clock.COMPLAINT_ACCEPTANCE: gettext_lazy("accepting the complaint"),
    Clock.COMPLAINT_HANDLING: gettext_lazy("deciding the complaint"),
    Clock.COMPLAINT_MAJOR: gettext_lazy("deciding the complaint"),
    Clock.URGENT_FIRST: gettext_lazy("first handling"),
    Clock.URGENT_SOLVED: gettext_lazy("settling the claim"),
    Clock.VILLAGE_RESPONSE: gettext_lazy("taking the claim over"),
    Clock.TOWNSHIP_RESPONSE: gettext_lazy("taking the claim over"),
    Clock.COUNTY_RESPONSE: gettext_lazy("taking the claim over"),
    Clock.PLATFORM_RESPONSE: gettext_lazy("taking the claim over"),
    Clock.TAKEN_OVER: gettext_lazy("settling the claim or handing it on"),
    Clock.REFUND_AFTER_RETURN: gettext_lazy("paying the refund"),
    Clock.DELIBERATE_DELAY: gettext_lazy("paying the refund"),
    Clock.AUTHORITY_ANSWER: gettext_lazy("the authority's answer"),
    Clock.MEDIATION: gettext_lazy("the end of the mediation"),
}
OUTCOMES = {
    ClockOutcome.MET: ("good", "check-circle", gettext_lazy("done in time, %(at)s")),
    ClockOutcome.LATE: ("bad", "alert", gettext_lazy("done too late, %(at)s")),
    ClockOutcome.VOID: ("neutral", "info", gettext_lazy("no longer counts since %(at)s")),
}


@dataclass(frozen=True)
class Standing:
    """How a clock stands: its urgency or its end, and how much of it is used, in words and percent."""

    mark: Urgency
    used: str
    percent: int


def standing_of(clock: ClaimClock, so_far: Explanation, *, until: datetime, now: datetime) -> Standing:
    """How a clock stands, from what counted until a moment; one that counts days tells days."""
    allowed = so_far.allowed_minutes
    percent = so_far.counted_minutes * PERCENT // allowed if allowed else PERCENT
    if so_far.days:
        today = until.astimezone(SHANGHAI).date()
        reached = max((each.number for each in so_far.days if each.day <= today), default=0)
        most = max(each.number for each in so_far.days)
        used = _("day %(day)s of %(days)s") % {"day": reached, "days": most}
    else:
        words = {"used": hours(so_far.counted_minutes), "allowed": hours(allowed)}
        used = _("%(used)s of %(allowed)s") % words
    return Standing(mark=state_of(clock, now), used=used, percent=min(PERCENT, percent))


def state_of(clock: ClaimClock, now: datetime) -> Urgency:
    """A running clock's urgency; of one that was stopped, how it ended."""
    if clock.outcome == ClockOutcome.RUNNING:
        return urgency(clock.due_at, now, is_paused=clock.is_paused)
    tone, icon, words = OUTCOMES[ClockOutcome(clock.outcome)]
    return Urgency(tone, icon, words % {"at": moment(clock.stopped_at)})


def allowance_words(rule: ClockRule) -> str:
    """How much time a rule allows, in what it counts."""
    if rule.basis == Basis.WORKING_DAYS:
        return _("%(days)s working days") % {"days": rule.amount}
    if rule.basis == Basis.CALENDAR_DAYS:
        return _("%(days)s calendar days") % {"days": rule.amount}
    if rule.basis == Basis.NATURAL and rule.amount % FULL_DAY == 0 and rule.amount > FULL_DAY:
        return _("%(span)s (%(hours)s)") % {"span": span(rule.amount), "hours": hours(rule.amount)}
    return hours(rule.amount)


def rule_words(rule: ClockRule) -> str:
    """Which claims a line of a policy is for."""
    parts = [
        rule.get_goods_type_display() or _("any goods"),
        rule.get_nature_display() or _("any kind of problem"),
        rule.get_severity_display() or _("any severity"),
    ]
    return " · ".join(parts)


def counting_words(rule: ClockRule) -> str:
    """How time is counted under a rule, in a sentence."""
    return {
        Basis.NATURAL: _("Round the clock, nights and days off too."),
        Basis.OPENING_HOURS: _("Only opening hours of working days count."),
        Basis.OPENING_HOURS_DAILY: _("Only opening hours count, on every day of the week."),
        Basis.WORKING_DAYS: _("Whole working days count, from the day after; the last ends at closing time."),
        Basis.CALENDAR_DAYS: _(
            "Whole days count, from the day after; the last ends at closing time and moves on from a day off."
        ),
    }[Basis(rule.basis)]


def end_words(rule: ClockRule) -> str:
    """What happens when the time of a rule is over."""
    return (
        _("The claim goes one level up.")
        if rule.climbs
        else _("It is recorded; the claim stays where it is.")
    )


def counts_days(rule: ClockRule) -> bool:
    return rule.basis in DAY_BASES


def holder_words(station, level: int) -> str:
    """Who is responsible: a station, or the level where no station is."""
    return str(station) if station is not None else str(LevelChoices(level).label)
