"""Events of other systems in words, and their kinds: part of aftersales.audit.verbs."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "api_client": _("Applications"),
    "api_token": _("Tokens"),
    "consumer_session": _("Sessions of consumers"),
    "webhook": _("Subscriptions"),
    "list": _("Imports of lists"),
}

LABELS = {
    "api_client.registered": _("Application registered"),
    "api_client.suspended": _("Application suspended"),
    "api_client.resumed": _("Application let in again"),
    "api_token.issued": _("Token issued"),
    "api_token.rotated": _("Token replaced by a new one"),
    "api_token.revoked": _("Token revoked"),
}
