"""What must hold for clocks, pauses and holders at every moment. docs/rules/clocks.md, section 8.

Each function yields one sentence per violation, for operators, and wants a scope that reaches everything.
"""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Q

from claims.models import Claim, ClaimClock, Holding, Pause
from claims.models.choices import StatusChoices
from claims.models.claims import OPEN_STATUSES
from claims.models.clocks import ClockOutcome
from claims.queries.clocks import COUNTED, LazyDays, counted_values, due_times
from claims.rules.clocks import AFTER_REFUSAL, AFTER_RESOLUTION

AT_ONCE = 2000
RUNNING = Q(outcome=ClockOutcome.RUNNING)


def violations() -> Iterator[str]:
    """Every violation of every check, in a fixed order; nothing on healthy data."""
    for check in (holders, ends, pauses, due):
        yield from check()


def holders() -> Iterator[str]:
    """An open claim has one open holding, which says what the claim says; an ended one has none."""
    counted = Claim.objects.filter(status__in=OPEN_STATUSES).annotate(
        held=Count("holdings", filter=Q(holdings__until_at__isnull=True))
    )
    for number, held in counted.exclude(held=1).order_by("pk").values_list("number", "held"):
        yield f"claim {number}: open, with {held} open holdings"
    now = Holding.objects.filter(until_at__isnull=True)
    agrees = Q(level=F("claim__level"), round=F("claim__round")) & (
        Q(station=F("claim__holder")) | Q(station__isnull=True, claim__holder__isnull=True)
    )
    for number in now.exclude(agrees).order_by("pk").values_list("claim__number", flat=True):
        yield f"claim {number}: its level, holder or round is not that of its open holding"
    for number in (
        now.exclude(claim__status__in=OPEN_STATUSES).order_by("pk").values_list("claim__number", flat=True)
    ):
        yield f"claim {number}: has ended, but somebody still holds it"


def ends() -> Iterator[str]:
    """A claim that has ended has no clock running but those that go on after such an end."""
    settled = (StatusChoices.RESOLVED, StatusChoices.CLOSED)
    may_run = (
        Q(claim__status__in=OPEN_STATUSES)
        | Q(claim__status__in=settled, clock__in=AFTER_RESOLUTION)
        | Q(claim__status=StatusChoices.REJECTED, clock__in=AFTER_REFUSAL)
    )
    left = ClaimClock.objects.filter(RUNNING).exclude(may_run)
    for number, clock in left.order_by("pk").values_list("claim__number", "clock"):
        yield f"claim {number}: has ended, but {clock} runs"


def pauses() -> Iterator[str]:
    """A pause is open exactly while its claim waits."""
    now = Pause.objects.filter(until_at__isnull=True)
    for number in (
        now.exclude(claim__status=StatusChoices.WAITING)
        .order_by("pk")
        .values_list("claim__number", flat=True)
    ):
        yield f"claim {number}: does not wait, but its pause is open"
    waiting = Claim.objects.filter(status=StatusChoices.WAITING)
    for number in waiting.exclude(pk__in=now.values("claim")).order_by("pk").values_list("number", flat=True):
        yield f"claim {number}: waits without a pause"


def due() -> Iterator[str]:
    """Due times, warnings, alarms and flags are what counting anew says, and the claim says the same."""
    days, reached = LazyDays(), 0
    while keys := _next_claims(reached):
        reached = keys[-1]
        clocks, stops = defaultdict(list), defaultdict(list)
        for clock in ClaimClock.objects.filter(RUNNING, claim__in=keys).select_related("rule").order_by("pk"):
            clocks[clock.claim_id].append(clock)
        for pause in Pause.objects.filter(claim__in=keys).order_by("from_at"):
            stops[pause.claim_id].append(pause)
        for claim in Claim.objects.filter(pk__in=keys).order_by("pk"):
            for clock in clocks[claim.pk]:
                by_right = counted_values(clock, stops[claim.pk], days)
                wrong = [
                    f"{name} {getattr(clock, name)}, counted {value}"
                    for name, value in zip(COUNTED, by_right, strict=True)
                    if getattr(clock, name) != value
                ]
                if wrong:
                    yield f"claim {claim.number}: {clock.clock}: {'; '.join(wrong)}"
            if due_times(claim, clocks[claim.pk]) != (claim.handling_due_at, claim.next_due_at):
                yield f"claim {claim.number}: its due times are not those of its clocks"


def _next_claims(reached: int) -> list[int]:
    """Keys of claims that are open or have a clock running, in order, above one that was looked at."""
    timed = Q(status__in=OPEN_STATUSES) | Q(
        pk__in=ClaimClock.objects.filter(RUNNING, claim_id__gt=reached).values("claim")
    )
    rows = Claim.objects.filter(timed, pk__gt=reached)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
