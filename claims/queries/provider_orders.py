"""Orders to providers: those of a county for whoever sends them out, one by its secret, one visit's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from claims.models import ProviderOrder, Visit
from claims.rules.provider_orders import WAITING, OrderState
from stations.models import Station
from stations.models.network import StationState, TierChoices

TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
"""128 random bits as an address carries them."""


def orders() -> QuerySet[ProviderOrder]:
    """Orders within the scope with what a list shows of them, the newest first."""
    return ProviderOrder.objects.select_related(
        "provider", "contract", "offered_by", "visit__claim__order_line", "visit__place", "visit__station"
    )


def in_state(rows: QuerySet[ProviderOrder], wanted: str) -> QuerySet[ProviderOrder]:
    """Only those that wait ("open"), or those of one state; anything else leaves them all."""
    if wanted == "open":
        return rows.filter(state__in=WAITING)
    return rows.filter(state=wanted) if wanted in {state.value for state in OrderState} else rows


def for_visit(visit: Visit) -> list[ProviderOrder]:
    """The orders of one visit, the one that counts first, then the newest."""
    alive_first = Case(When(state__in=WAITING, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = ProviderOrder.objects.filter(visit=visit).select_related("provider", "offered_by", "answered_by")
    return list(rows.order_by(alive_first, "-offered_at", "-id"))


def hashed(token: str) -> str:
    """What is kept of the secret of a link."""
    return sha256(token.encode()).hexdigest()


def by_token(token: str) -> ProviderOrder | None:
    """The order that a link leads to, whatever became of it; None for any other text. Past the scope."""
    if not TOKEN.fullmatch(token):
        return None
    return with_visit(ProviderOrder._base_manager.filter(token_hash=hashed(token))).first()


def centre_of(order: ProviderOrder) -> Station | None:
    """The county centre that a provider can call about an order. Past the scope: its telephone is public."""
    centres = Station._base_manager.filter(county_code=order.county_code, tier=TierChoices.COUNTY)
    return centres.exclude(state=StationState.CLOSED).first()


def with_visit(rows: QuerySet[ProviderOrder]) -> QuerySet[ProviderOrder]:
    """Orders with everything that a provider's page shows of one."""
    return rows.select_related(
        "provider", "contract", "visit__claim__consumer", "visit__claim__order_line", "visit__place"
    )


@dataclass(frozen=True)
class Standing:
    """Orders of a county: waiting for an answer, accepted and not done, and those refused since a moment."""

    offered: int
    accepted: int
    declined: int
    lapsed: int


def standing_in(county_code: str, *, since: datetime) -> Standing:
    """How the orders of a county stand, within the scope; one statement."""
    states = (OrderState.OFFERED, OrderState.ACCEPTED, OrderState.DECLINED, OrderState.LAPSED)
    refused = Q(state__in=states[2:], offered_at__gte=since)
    rows = ProviderOrder.objects.filter(Q(state__in=states[:2]) | refused, county_code=county_code)
    counted = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return Standing(*(counted.get(state.value, 0) for state in states))
