"""What follows when a visit ends without being made, and the end of visits with their claim."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.notices.posting import post, post_outside
from claims.models import Claim, Visit
from claims.models.visits import BOOKED_STATES
from claims.rules.status import Status
from claims.rules.visits import VisitKind, VisitState
from claims.services import parts, provider_orders, visit_notices
from claims.services.visit_seats import facts


def let_go(visit: Visit, *, by: User, now: datetime) -> None:
    """Free what was held for a visit that has ended: parts that were not used, the provider's order."""
    parts.settle(visit=visit, by=by, now=now)
    provider_orders.ended(visit=visit, by=by, now=now)


def with_claim(claim: Claim, *, by: User, now: datetime) -> int:
    """Call off what is still planned for a claim that has just ended; returns how many visits.

    A settled claim keeps its installation: it may follow the goods that settled it. Whoever is on the way
    already is called back. In the transaction of the claim's own move, with its row locked.
    """
    # Past the scope: a visit belongs to its claim.
    rows = Visit._base_manager.filter(claim=claim, state__in=BOOKED_STATES)
    if claim.status == Status.RESOLVED:
        rows = rows.exclude(kind=VisitKind.INSTALLATION)
    booked = list(rows.select_related("claim", "place", "technician", "provider"))
    for visit in booked:
        before = facts(visit)
        changes = {
            "state": VisitState.CANCELLED.value,
            "failure_note": _("The claim has ended."),
            "ended_at": now,
            "ended_by": by,
        }
        Visit._base_manager.filter(pk=visit.pk, state__in=BOOKED_STATES).update(
            **changes, version=F("version") + 1
        )
        visit.refresh_from_db(fields=[*changes, "version"], from_queryset=Visit._base_manager.all())
        trail.record("visit.cancelled", by=by, obj=visit, before=before, after=facts(visit), at=now)
        let_go(visit, by=by, now=now)
        post(visit_notices.cancelled(visit, by=by), now=now)
        post_outside(visit_notices.called_off(visit), now=now)
    return len(booked)
