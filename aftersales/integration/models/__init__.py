from aftersales.integration.models.clients import ApiClient, ApiToken, TokenMinute
from aftersales.integration.models.sessions import ConsumerSession, LoginCode
from aftersales.integration.models.webhooks import (
    DeliveryState,
    EventProgress,
    WebhookDelivery,
    WebhookEvent,
    WebhookSubscription,
)

__all__ = [
    "ApiClient",
    "ApiToken",
    "ConsumerSession",
    "DeliveryState",
    "EventProgress",
    "LoginCode",
    "TokenMinute",
    "WebhookDelivery",
    "WebhookEvent",
    "WebhookSubscription",
]
