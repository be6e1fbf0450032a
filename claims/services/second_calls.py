"""What follows when a consumer is not satisfied at the second call either. docs/rules/follow-ups.md."""

from datetime import datetime

from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.models import Claim, FollowUp
from claims.queries import follow_ups as reading
from claims.services import casework


def reopen(
    *, follow_up: FollowUp, reason: str, by: User, now: datetime, expected_version: int | None = None
) -> Claim:
    """Take a settled claim up again because the second call ended with a score of 1 or 2.

    For 48 hours after that call, also when the seven days for reopening are over: the consumer said in time
    that it is not settled. Raises Refused("call_not_low"), Refused("reopening_over"), and what
    casework.reopen refuses.
    """
    current = FollowUp.objects.select_related("claim").get(pk=follow_up.pk)
    if not reading.ended_low(current):
        raise Refused(
            _("Only a second call that ended with a score of 1 or 2 takes the claim up again."),
            code="call_not_low",
        )
    if not reading.reopens(current, now=now):
        raise Refused(
            _("The time for reopening after this call is over. File a new claim instead."),
            code="reopening_over",
        )
    return casework.reopen(
        claim=current.claim,
        reason=reason,
        by=by,
        now=now,
        expected_version=expected_version,
        is_after_low_call=True,
    )
