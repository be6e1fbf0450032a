"""What waits for the person acting: one definition for each list of the start page and its filters.

Everything keeps to the scope. Oldest or most urgent first.
"""

from datetime import datetime

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from aftersales.accounts.models import User
from aftersales.accounts.scoping import Scope, ScopePaths, scope_filter
from claims.models import Account, Claim, ClaimClock, Compensation, CustodyItem, Deposit
from claims.models.claims import OPEN_STATUSES
from claims.models.clocks import ALARM_TRIES, ClockOutcome
from claims.models.compensation import Remedy
from claims.models.fund import AccountKind, DepositState
from claims.queries import decisions
from claims.rules.approval import LADDER
from claims.rules.custody import CAME_BACK
from stations.queries import active_grants
from stations.rules.regions import prefix


def mine_to_decide(user: User, now: datetime) -> QuerySet[Compensation]:
    """Compensations that wait for a decision which this person may take: high enough, and not involved."""
    same_round = Compensation.objects.filter(claim=OuterRef("claim"), round=OuterRef("round"))
    had_a_hand = same_round.filter(Q(worked_out_by=user) | Q(asked_by=user))
    return (
        decisions.to_decide()
        .filter(levels_within_reach(user, now, Compensation.scope_paths))
        .exclude(claim__filed_by=user)
        .exclude(claim__consumer__user=user)
        .exclude(Exists(had_a_hand))
    )


def levels_within_reach(user: User, now: datetime, paths: ScopePaths) -> Q:
    """The condition that a row lies where a grant of this person counts and `needs_level` is not above it."""
    condition = Q(pk__in=[])
    for grant in active_grants(user.pk, now).filter(role__in=decisions.LEVEL_OF_ROLE):
        own = decisions.LEVEL_OF_ROLE[grant.role]
        levels = [level.value for level in LADDER[: LADDER.index(own) + 1]]
        condition |= _reach(grant, paths) & Q(needs_level__in=levels)
    return condition


def waiting_for_money() -> QuerySet[Compensation]:
    """Refunds that were approved and have not been paid out; returns from the day the goods are here."""
    here = CustodyItem.objects.filter(
        claim=OuterRef("claim"), whereabouts__in=CAME_BACK, returned_for__isnull=True
    )
    returned = Q(remedy=Remedy.RETURN, claim__is_without_reason=False) & Exists(here)
    return decisions.waiting_to_be_carried_out().filter(Q(remedy=Remedy.REFUND) | returned)


def overdue(now: datetime) -> QuerySet[Claim]:
    """Open claims whose handling time is over."""
    return Claim.objects.filter(status__in=OPEN_STATUSES, next_due_at__lt=now).order_by("next_due_at", "id")


class HasFailed(Func):
    """Whether an alarm failed as often as it is tried, with the figure written into the statement.

    SQLite takes a partial index only when it reads the index's own condition there.
    """

    template = f"%(expressions)s >= {ALARM_TRIES}"
    output_field = BooleanField()


def failed_alarms() -> QuerySet[ClaimClock]:
    """Running clocks whose alarm failed so often that the sweep leaves them alone."""
    failed = ClaimClock.objects.filter(HasFailed("alarm_tries"), outcome=ClockOutcome.RUNNING)
    return failed.select_related("claim").order_by("due_at", "id")


def low_funds() -> QuerySet[Account]:
    """Cash accounts of funds that hold less than the amount at which their fund warns."""
    return (
        Account.objects.filter(kind=AccountKind.CASH, balance_fen__lt=F("fund__low_balance_fen"))
        .select_related("fund")
        .order_by("balance_fen", "id")
    )


def deposits_to_confirm(user: User) -> QuerySet[Deposit]:
    """Deposits that wait for a second person, which this one is."""
    return (
        Deposit.objects.filter(state=DepositState.PROPOSED)
        .exclude(proposed_by=user)
        .select_related("fund")
        .order_by("proposed_at", "id")
    )


def _reach(grant, paths: ScopePaths) -> Q:
    """The condition that a row lies where a grant counts."""
    scope = Scope(
        who="grant",
        regions=frozenset([prefix(grant.region_id)] if grant.region_id else []),
        stations=frozenset([grant.station_id] if grant.station_id else []),
        everywhere=grant.is_programme_wide,
    )
    condition = scope_filter(scope, paths)
    return Q() if condition is None else condition
