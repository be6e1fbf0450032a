"""What a visit cost and who bears it; a wrong line is withdrawn and stays to be seen.

Rule: docs/rules/visits.md, "Costs".
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.money import MAX_FEN
from claims.models import Visit, VisitCost
from claims.models.visits import BearerChoices, CostKindChoices
from claims.rules.visits import has_costs
from claims.services.visit_seats import fresh

NOTE_LIMIT = 100
MOST_LINES = 20


def add(
    *, visit: Visit, kind: str, amount_fen: int, borne_by: str, note: str = "", by: User, now: datetime
) -> VisitCost:
    """Note one cost of a visit; also long after it, as bills come late.

    Raises Refused: "visit_not_made" for one that was called off, or moved before anybody went,
    "unknown_choice", "amount_invalid", "too_long", "too_many_lines".
    """
    visit = fresh(visit)
    if not has_costs(visit.state, visit.failure):
        raise Refused(_("This visit was not made; it has no costs."), code="visit_not_made")
    if kind not in CostKindChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="kind")
    if borne_by not in BearerChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="borne_by")
    if not 0 < amount_fen <= MAX_FEN:
        raise Refused(_("The number must be more than zero."), code="amount_invalid", field="amount_fen")
    note = " ".join(note.split())
    if len(note) > NOTE_LIMIT:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NOTE_LIMIT}, code="too_long", field="note"
        )
    if VisitCost.objects.filter(visit=visit).count() >= MOST_LINES:
        raise Refused(
            _("A visit has at most %(limit)s lines.") % {"limit": MOST_LINES}, code="too_many_lines"
        )
    with transaction.atomic():
        cost = VisitCost.objects.create(
            visit=visit,
            county_code=visit.county_code,
            kind=kind,
            amount_fen=amount_fen,
            borne_by=borne_by,
            note=note,
            by=by,
            at=now,
        )
        _record("visit.cost_added", cost, visit, by=by, now=now)
    return cost


def withdraw(*, cost: VisitCost, by: User, now: datetime) -> VisitCost:
    """Take a wrong line out of the sum, once. Raises Refused: "unknown_cost", "cost_withdrawn"."""
    found = VisitCost.objects.select_related("visit__claim").filter(pk=cost.pk).first()
    if found is None:
        raise Refused(_("There is no such line."), code="unknown_cost")
    with transaction.atomic():
        if not VisitCost._base_manager.filter(pk=found.pk, withdrawn_at__isnull=True).update(
            withdrawn_at=now
        ):
            raise Refused(_("This line is withdrawn already."), code="cost_withdrawn")
        found.withdrawn_at = now
        _record("visit.cost_withdrawn", found, found.visit, by=by, now=now)
    return found


def _record(verb: str, cost: VisitCost, visit: Visit, *, by: User, now: datetime) -> None:
    trail.record(
        verb,
        by=by,
        obj=cost,
        claim_id=visit.claim_id,
        station_id=visit.station_id,
        after={
            "visit": visit.pk,
            "kind": str(cost.kind),
            "amount_fen": cost.amount_fen,
            "borne_by": str(cost.borne_by),
        },
        at=now,
    )
