"""What a token of the API may be good for. A door of the API names one for every method."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiScope(models.TextChoices):
    ORDERS_READ = "orders:read", _("Read orders")
    ORDERS_WRITE = "orders:write", _("Send orders and their changes")
    CLAIMS_READ = "claims:read", _("Read claims, their progress and photos")
    CLAIMS_WRITE = "claims:write", _("File claims, send photos, record choices and withdrawals")
    PAYOUTS_READ = "payouts:read", _("Read refunds to be paid back")
    PAYOUTS_CONFIRM = "payouts:confirm", _("Confirm refunds that were paid back")
    FOLLOW_UPS_READ = "follow_ups:read", _("Read follow-up calls and scores")
    REFERENCE_READ = "reference:read", _("Read regions, stations, rules and the handbook")
    CERTIFICATES_READ = "certificates:read", _("Check certificates")
    FIGURES_READ = "figures:read", _("Read figures")
    WEBHOOKS_KEEP = "webhooks:keep", _("Keep subscriptions and read events")
    SESSIONS_OPEN = "sessions:open", _("Let consumers sign in with a code")


CONSUMER_SCOPES = frozenset(
    {
        ApiScope.ORDERS_READ,
        ApiScope.CLAIMS_READ,
        ApiScope.CLAIMS_WRITE,
        ApiScope.FOLLOW_UPS_READ,
        ApiScope.REFERENCE_READ,
    }
)
"""What a consumer's session may be good for, where the application that opened it is too."""
