"""What to put into the parameters of the addresses of other systems, as in tests/rights/examples.py."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Model

from aftersales.imports.models import ListImport
from aftersales.integration.models import ApiClient, ApiToken, WebhookDelivery, WebhookSubscription

SYSTEM_PARAMETERS: dict[str, dict[str, str]] = {
    "integration:client": {"pk": "api_client"},
    "integration:client_step": {"pk": "api_client", "step": "=suspend"},
    "integration:usage": {"pk": "api_client"},
    "integration:token_new": {"pk": "api_client"},
    "integration:token_rotate": {"pk": "api_token"},
    "integration:token_revoke": {"pk": "api_token"},
    "integration:subscription": {"pk": "subscription"},
    "integration:subscription_edit": {"pk": "subscription"},
    "integration:subscription_test": {"pk": "subscription"},
    "integration:subscription_secret": {"pk": "subscription"},
    "integration:subscription_step": {"pk": "subscription", "step": "=stop"},
    "integration:delivery_replay": {"pk": "webhook_delivery"},
    "api_docs:area": {"area": "=token"},
    "imports:new": {"kind": "=orders"},
    "imports:template": {"kind": "=orders", "form": "=xlsx"},
    "imports:detail": {"pk": "list_import"},
    "imports:confirm": {"pk": "list_import"},
    "imports:stop": {"pk": "list_import"},
    "imports:take_back": {"pk": "list_import"},
    "imports:corrections": {"pk": "list_import"},
}
# What a village has no row of; its county has.
SYSTEM_COUNTY_ROWS: dict[str, type[Model]] = {
    "api_client": ApiClient,
    "api_token": ApiToken,
    "subscription": WebhookSubscription,
    "webhook_delivery": WebhookDelivery,
    "list_import": ListImport,
}


def system_facts(key: Callable[[type[Model]], int]) -> dict[str, object]:
    """Keys by which one can ask for what belongs to other systems of a place."""
    return {name: key(model) for name, model in SYSTEM_COUNTY_ROWS.items()}
