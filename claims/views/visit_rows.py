"""The visits of a claim on the claim's page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from claims.models import Claim, Visit
from claims.queries import visits as reading
from claims.views.actions import Step
from claims.views.tones import VISIT_TONES

SHOWN = 6


def of_claim_page(claim: Claim) -> list[Visit]:
    """The last visits of a claim with `has_visits` (claims.queries.visits.marked), with their tones."""
    visits = list(reading.of_claim(claim)[:SHOWN]) if claim.has_visits else []
    for visit in visits:
        visit.tone = VISIT_TONES[visit.state]
    return visits


def plan_step(claim: Claim, may: frozenset[str]) -> list[Step]:
    """Where a visit is planned, for who may and while the claim is open."""
    if not claim.is_open or "claims.plan_visit" not in may:
        return []
    return [Step(_("Plan a visit"), reverse("claims:visit_new", args=[claim.number]), "calendar")]
