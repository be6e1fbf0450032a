"""The limits of payouts: which periods one counts in, how high they are, what is left. Sums in fen.

Rule: docs/rules/fund.md, section 3. Days and months are those of Shanghai.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from aftersales.audit.trail import system_scope
from claims.models import Claim, CompensationPolicy, Fund, SpendingLimit
from claims.models.fund import LimitKind
from claims.queries.policies import policy_for
from claims.rules.fund import day_key, month_key


@dataclass(frozen=True)
class Left:
    """One limit of a payout, and what is left of it."""

    kind: LimitKind
    limit_fen: int
    spent_fen: int

    @property
    def left_fen(self) -> int:
        return max(0, self.limit_fen - self.spent_fen)


def periods(
    *, station_id: int, person_id: int, claim_id: int, at: datetime
) -> tuple[tuple[LimitKind, str], ...]:
    """The limits a payout counts in, with the keys of their rows; the order is the order of locking.

    Of the station of the claim, the person who carries it out, and the claim.
    """
    day = timezone.localdate(at)
    return (
        (LimitKind.STATION_DAY, day_key(station_id, day)),
        (LimitKind.PERSON_DAY, day_key(person_id, day)),
        (LimitKind.FUND_MONTH, month_key(day)),
        (LimitKind.CLAIM, str(claim_id)),
    )


def figure_of(policy: CompensationPolicy, kind: LimitKind) -> int:
    """How high a limit is by these terms."""
    return getattr(policy, f"{kind.value}_limit_fen")


def left_for(*, fund: Fund, claim: Claim, person_id: int, now: datetime) -> tuple[Left, ...]:
    """What a payout for this claim by this person could still take of each limit, in two queries.

    Looks past the scope: who decides is told whether the money can be paid.
    """
    policy = policy_for(claim.county_code, timezone.localdate(now))
    keys = periods(station_id=claim.station_id, person_id=person_id, claim_id=claim.pk, at=now)
    with system_scope("what is left of the limits", quiet=True):
        rows = SpendingLimit.objects.filter(fund=fund, key__in=[key for _kind, key in keys])
        spent = {(kind, key): fen for kind, key, fen in rows.values_list("kind", "key", "spent_fen")}
    return tuple(Left(kind, figure_of(policy, kind), spent.get((kind, key), 0)) for kind, key in keys)
