"""Resolved claims are filed away by themselves when they can no longer be opened again."""

import logging
from datetime import datetime

from django.db import transaction

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.models import Claim
from claims.rules.status import REOPENING_WINDOW, Status
from claims.services import casework

log = logging.getLogger(__name__)
AT_ONCE = 1000


def close_settled(*, by: User, now: datetime) -> int:
    """Close every claim that was resolved longer ago than the reopening window; returns how many.

    Wants a scope that reaches everything. One claim that cannot be closed does not stop the others; running
    it twice closes nothing twice.
    """
    settled = Claim.objects.filter(status=Status.RESOLVED, resolved_at__lt=now - REOPENING_WINDOW)
    closed = 0
    for claim in settled.order_by("resolved_at")[:AT_ONCE]:
        try:
            with transaction.atomic():
                casework.close(claim=claim, by=by, now=now)
        except Refused as refused:
            log.warning("not closed", extra={"claim": claim.number, "code": refused.code})
        else:
            closed += 1
    return closed
