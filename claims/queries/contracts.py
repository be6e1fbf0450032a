"""Contracts with service providers, their fees, and the accounts of a provider. Keeps to the scope."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from claims.models import Contract
from claims.rules.provider_orders import WAITING
from stations.models import ProviderDesk


def contracts() -> QuerySet[Contract]:
    """Contracts within the scope with how many fees they name and how many orders are open by them."""
    return (
        Contract.objects.select_related("provider", "station", "made_by")
        .annotate(
            fees=Count("fee_lines", distinct=True),
            open_orders=Count("orders", filter=Q(orders__state__in=WAITING), distinct=True),
        )
        .order_by("-valid_from", "-id")
    )


def stands(contract: Contract, today: date) -> str:
    """How a contract stands on a day: "ahead", "valid", "ended" or "over"."""
    if contract.ended_on is not None and contract.ended_on <= today:
        return "ended"
    if today > contract.valid_until:
        return "over"
    return "ahead" if today < contract.valid_from else "valid"


def desks_of(contract: Contract) -> list[ProviderDesk]:
    """Accounts with which the provider of a contract answers orders of its county, closed ones last."""
    rows = ProviderDesk.objects.filter(
        provider_id=contract.provider_id, county_code=contract.county_code
    ).select_related("user")
    return sorted(rows, key=lambda desk: (desk.closed_at is not None, desk.pk))
