"""What must hold for warnings, ends of clocks and climbs, asked of the rows as they are.

docs/rules/escalation.md. Each function yields one sentence per violation, for operators, and wants a scope
that reaches everything.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Case, Count, Exists, F, OuterRef, Q, When

from claims.models import ClaimClock, Escalation, Holding
from claims.models.clocks import ALARM_TRIES, ClockOutcome, EscalationStep, HeldBecause
from claims.rules.clocks import Clock

SILENCE = timedelta(minutes=3)
"""How long the sweep may be silent before somebody is told; what is due longer than that was missed."""

ON_EACH_LEVEL = Q(clock=Clock.TAKEN_OVER)
"""The clock that runs on several levels of one round, each time for the first time there."""


def violations(now: datetime) -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (steps, climbs):
        yield from check()
    yield from missed(now)


def steps() -> Iterator[str]:
    """A clock that says it warned or ran out has one row that says so, and the reverse."""
    for column, step in (("warned_at", EscalationStep.WARNED), ("run_out_at", EscalationStep.RAN_OUT)):
        rows = Escalation.objects.filter(
            claim=OuterRef("claim"),
            clock=OuterRef("clock"),
            round=OuterRef("round"),
            turn=OuterRef("turn"),
            step=step,
        ).filter(~ON_EACH_LEVEL | Q(level=OuterRef("level")))
        said = ClaimClock.objects.filter(**{f"{column}__isnull": False})
        for pk, number in said.exclude(Exists(rows)).order_by("pk").values_list("pk", "claim__number"):
            yield f"clock {pk} of claim {number}: {step}, but no step says so"
        twice = (
            Escalation.objects.filter(step=step)
            .order_by()
            .annotate(which=Case(When(ON_EACH_LEVEL, then="level"), default=0))
            .values("claim__number", "clock", "round", "turn", "which")
            .annotate(rows=Count("pk"))
            .filter(rows__gt=1)
        )
        for row in twice:
            yield f"claim {row['claim__number']}: {row['clock']} {step} {row['rows']} times"


def climbs() -> Iterator[str]:
    """Every climb has the holding that it began, and none was carried out after the claim's end."""
    climbed = Escalation.objects.filter(climbed_to__isnull=False).order_by("pk")
    began = Holding.objects.filter(
        claim=OuterRef("claim"),
        round=OuterRef("round"),
        level=OuterRef("climbed_to"),
        from_at=OuterRef("due_at"),
        because=HeldBecause.CLIMBED,
        clock=OuterRef("clock"),
    )
    for pk, number in climbed.exclude(Exists(began)).values_list("pk", "claim__number"):
        yield f"escalation {pk} of claim {number}: climbed, but nobody began to hold the claim then"
    of_climbs = Escalation.objects.filter(
        claim=OuterRef("claim"),
        climbed_to=OuterRef("level"),
        due_at=OuterRef("from_at"),
        clock=OuterRef("clock"),
    )
    held = Holding.objects.filter(because=HeldBecause.CLIMBED).order_by("pk")
    for pk, number in held.exclude(Exists(of_climbs)).values_list("pk", "claim__number"):
        yield f"holding {pk} of claim {number}: climbed, but no step says so"
    ended = Q(claim__resolved_at__lt=F("at")) | Q(claim__closed_at__lt=F("at"))
    for pk, number in climbed.filter(ended, round=F("claim__round")).values_list("pk", "claim__number"):
        yield f"escalation {pk} of claim {number}: climbed after the claim had ended"


def missed(now: datetime) -> Iterator[str]:
    """Nothing that fell due waits longer than the sweep may be silent, but what failed five times."""
    due = ClaimClock.objects.filter(next_alarm_at__lt=now - SILENCE, alarm_tries__lt=ALARM_TRIES)
    late = ClaimClock.objects.filter(
        outcome=ClockOutcome.RUNNING,
        is_paused=False,
        run_out_at__isnull=True,
        due_at__lt=now - SILENCE,
        next_alarm_at__isnull=True,
    )
    for pk, number, at in due.order_by("pk").values_list("pk", "claim__number", "next_alarm_at"):
        yield f"clock {pk} of claim {number}: its alarm of {at:%Y-%m-%d %H:%M} UTC was missed"
    for pk, number in late.order_by("pk").values_list("pk", "claim__number"):
        yield f"clock {pk} of claim {number}: ran out, but nothing will say so"
