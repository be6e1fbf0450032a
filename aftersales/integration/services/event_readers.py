"""Which applications an event concerns: whose party the order names, within the places they were granted.

The same answer as claims.queries.partners gives for one caller, for many rows and all applications at once.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Q

from aftersales.accounts.roles import permissions_of
from aftersales.integration.models import ApiClient
from aftersales.integration.services.event_facts import Told
from claims.models import Claim
from claims.queries.partners import NAMED_BY
from stations.access.scope import Granted
from stations.models import Grant
from stations.rules.regions import prefix

PERMISSION = "claims.use_api"


class Readers:
    """Every application with the places where its grants count at a moment: two statements."""

    def __init__(self, *, now: datetime):
        self.by_party: dict[tuple[str, int], list[ApiClient]] = defaultdict(list)
        self.by_account: dict[int, ApiClient] = {}
        for client in ApiClient._base_manager.select_related("party"):
            if client.party.kind in NAMED_BY:
                self.by_party[client.party.kind, client.party_id].append(client)
            else:
                self.by_account[client.user_id] = client
        self.grants = _grants(now)

    @property
    def is_empty(self) -> bool:
        return not (self.by_party or self.by_account)

    def of(self, told: Told) -> list[ApiClient]:
        """The applications that may know of an event that happened since they were registered."""
        order = told.order
        found = [
            client
            for kind, named_by in NAMED_BY.items()
            for client in self.by_party.get((kind, getattr(order, named_by)), ())
        ]
        accounts = {order.created_by_id}
        if isinstance(told.concerns, Claim):
            accounts.add(told.concerns.filed_by_id)
        found += [self.by_account[account] for account in accounts if account in self.by_account]
        return [
            client
            for client in found
            if client.created_at <= told.event.at
            and any(grant.reaches(told.concerns) for grant in self.grants.get(client.user_id, ()))
        ]


def _grants(now: datetime) -> dict[int, list[Granted]]:
    rows = Grant._base_manager.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        user__in=ApiClient._base_manager.values("user"),
        user__is_active=True,
        starts_at__lte=now,
        withdrawn_at__isnull=True,
    ).values_list("user_id", "role", "region_id", "station_id", "is_programme_wide")
    found: dict[int, list[Granted]] = defaultdict(list)
    for user, role, region, station, everywhere in rows:
        if PERMISSION in permissions_of([role]):
            found[user].append(Granted(role, prefix(region) if region else "", station, everywhere))
    return found
