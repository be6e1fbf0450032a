"""Deliveries in words: what was told, how it stands, and why it has not arrived."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.integration.event_kinds import Kind
from aftersales.integration.models import DeliveryState

TONES = {DeliveryState.WAITING: "wait", DeliveryState.DELIVERED: "good", DeliveryState.DEAD: "bad"}
ERRORS = {
    "": "",
    "timeout": gettext_lazy("no answer within five seconds"),
    "unreachable": gettext_lazy("could not be reached"),
    "no_answer": gettext_lazy("broke off without an answer"),
    "tls": gettext_lazy("its certificate does not hold"),
    "unknown_host": gettext_lazy("its name is not known"),
    "host_not_listed": gettext_lazy("its host is not listed here"),
    "address_not_public": gettext_lazy("its name leads into a private network"),
    "bad_url": gettext_lazy("its address cannot be read"),
    "unreadable_secret": gettext_lazy("its secret cannot be opened"),
    "ended": gettext_lazy("the subscription was ended before"),
}


def kind_text(kind: str) -> str:
    """A kind of event in words; its code where an older version made it."""
    return str(Kind(kind).label) if kind in Kind.values else kind


def why(error: str) -> str:
    """Why a call failed, in words."""
    if error.startswith("http_"):
        return _("answered %(status)s") % {"status": error.removeprefix("http_")}
    return str(ERRORS.get(error, error))
