"""What the account of a service provider is shown: its own orders in its own county, and nothing else.

The role reaches no row by itself (stations/access/scope.py); these functions are the only way to any.
"""

from __future__ import annotations

from django.db.models import QuerySet

from aftersales.accounts.models import User
from claims.models import ProviderOrder
from claims.queries.provider_orders import with_visit
from claims.rules.provider_orders import WAITING
from stations.models import ProviderDesk


def desk_of(user: User) -> ProviderDesk | None:
    """The provider and county that an account answers for; None when it has been taken back or never was."""
    rows = ProviderDesk._base_manager.filter(user_id=user.pk, closed_at__isnull=True)
    return rows.select_related("provider").first()


def may_answer_here(user, *, provider_id: int, county_code: str) -> bool:
    """Whether a link without an account may be answered from this browser: nobody is signed in, or the
    provider itself is.

    So nobody who works for the county answers for a provider, or looks a consumer up without their own name.
    """
    if not user.is_authenticated:
        return True
    desk = desk_of(user)
    return desk is not None and (desk.provider_id, desk.county_code) == (provider_id, county_code)


def orders_of(desk: ProviderDesk) -> QuerySet[ProviderOrder]:
    """Every order of the desk's provider in its county, with what its pages show."""
    rows = ProviderOrder._base_manager.filter(provider_id=desk.provider_id, county_code=desk.county_code)
    return with_visit(rows)


def waiting(desk: ProviderDesk) -> QuerySet[ProviderOrder]:
    """Orders to answer or to carry out, the next visit first."""
    return orders_of(desk).filter(state__in=WAITING).order_by("visit__starts_at", "id")


def past(desk: ProviderDesk) -> QuerySet[ProviderOrder]:
    """Orders that have ended, the newest first: what was done and for how much, without the consumer."""
    return orders_of(desk).exclude(state__in=WAITING).order_by("-offered_at", "-id")


def accounts_of(*, provider_id: int, county_code: str) -> list[int]:
    """Accounts that are told about the orders of a provider in a county."""
    rows = ProviderDesk._base_manager.filter(
        provider_id=provider_id,
        county_code=county_code,
        closed_at__isnull=True,
        user__is_active=True,
    )
    return list(rows.order_by("pk").values_list("user_id", flat=True))
