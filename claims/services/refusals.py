"""Writing a refusal down as the consumer is told of it. docs/rules/approval.md, section 5."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from claims.models import Claim, CompensationPolicy, Refusal
from claims.queries import decisions
from claims.queries.clocks import LazyDays
from claims.queries.policies import policy_for
from claims.rules.appeals import last_day
from claims.rules.approval import Level


def write(claim: Claim, *, by: User, now: datetime) -> Refusal:
    """Keep what the letter of a claim says that is being refused, inside the caller's transaction.

    The terms it cites are those of the day of the order, by which an amount would have been worked out;
    how long one may appeal is said by the terms of today. Raises Refused("already_decided") for a round that
    was refused before.
    """
    today = timezone.localdate(now)
    level = decisions.level_of(by, claim, now=now) or Level.OFFICER
    with system_scope("write a refusal down", quiet=True):
        line = claim.order_line
        if Refusal.objects.filter(claim=claim, round=claim.round).exists():
            raise Refused(_("This claim has been refused already."), code="already_decided")
        return Refusal.objects.create(
            claim=claim,
            round=claim.round,
            station_id=claim.station_id,
            county_code=claim.county_code,
            policy=_policy_of(claim, now),
            code=claim.rejection_code,
            text=claim.rejection_text,
            bad_milli=claim.bad_milli,
            total_milli=line.quantity_milli,
            paid_fen=line.paid_fen,
            granted_fen=line.granted_fen,
            level=level.value,
            refused_by=by,
            refused_at=now,
            appeal_until=last_day(
                today, policy_for(claim.county_code, today).appeal_days, LazyDays().is_working_day
            ),
        )


def _policy_of(claim: Claim, now: datetime) -> CompensationPolicy:
    return policy_for(claim.county_code, timezone.localdate(min(claim.order_line.order.ordered_at, now)))
