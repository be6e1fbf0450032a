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
    "list.uploaded": _("List uploaded"),
    "list.looked_at": _("Rows of a list looked at"),
    "list.confirmed": _("List agreed to"),
    "list.entered": _("List brought in"),
    "list.failed": _("List not brought in"),
    "list.stopped": _("List given up"),
    "list.taken_back": _("List taken back"),
    "list.corrections_fetched": _("Refused rows of a list fetched"),
    "list.removed": _("Uploaded list removed"),
    "list.exported": _("List taken away as a file"),
    "consumer_session.opened": _("Consumer signed in"),
    "consumer_session.ended": _("Consumer signed out"),
    "webhook.subscribed": _("Subscription made"),
    "webhook.changed": _("Subscription changed"),
    "webhook.ended": _("Subscription ended"),
    "webhook.stopped": _("Sending to a subscription stopped"),
    "webhook.resumed": _("Sending to a subscription resumed"),
    "webhook.secret_changed": _("New secret of a subscription"),
    "webhook.tested": _("Test sent to a subscription"),
    "webhook.replayed": _("Events sent again"),
    "consumer_session.code_wrong": _("Wrong code of a consumer"),
}
