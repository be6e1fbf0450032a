"""What a person does about the delivery log: have a dead letter tried again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices.models import Delivery, DeliveryState

# Reasons as the channels and the outbox give them; what ends in a number is in ANSWERS.
REASONS = {
    "timeout": gettext_lazy("no answer in time"),
    "unreachable": gettext_lazy("the other side cannot be reached"),
    "no_answer": gettext_lazy("the other side hung up"),
    "tls": gettext_lazy("the certificate is not right"),
    "unknown_host": gettext_lazy("the name of the gateway is unknown"),
    "bad_url": gettext_lazy("the address of the gateway is not allowed"),
    "host_not_listed": gettext_lazy("the gateway is not on the list of hosts"),
    "address_not_public": gettext_lazy("the gateway lies inside our own network"),
    "smtp": gettext_lazy("the mail server refused"),
    "bad_address": gettext_lazy("the address cannot be written to"),
    "bad_text": gettext_lazy("the text cannot be sent"),
    "no_address": gettext_lazy("the person has no address any more"),
    "unreadable_address": gettext_lazy("the address cannot be opened"),
    "sender_died": gettext_lazy("the sending process was killed"),
    "channel_off": gettext_lazy("the channel is switched off"),
}
ANSWERS = {
    "http": gettext_lazy("the gateway answered %(status)s"),
    "smtp": gettext_lazy("the mail server answered %(status)s"),
}


def reason(code: str) -> str:
    """Why a delivery failed, in words; the code itself where there are none."""
    if code in REASONS:
        return str(REASONS[code])
    kind, _line, status = code.partition("_")
    return str(ANSWERS[kind]) % {"status": status} if kind in ANSWERS and status.isdecimal() else code


def try_again(*, delivery: Delivery, by: User, now: datetime) -> None:
    """Put a dead letter back into the outbox, with its id and a fresh count of tries.

    Raises Refused("not_given_up") for anything that is not a dead letter.
    """
    with transaction.atomic():
        put_back = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.DEAD).update(
            state=DeliveryState.WAITING, tries=0, next_try_at=now
        )
        if not put_back:
            raise Refused(_("Only what was given up can be tried again."), code="not_given_up")
        trail.record(
            "notice.tried_again",
            by=by,
            obj=delivery,
            before={"state": DeliveryState.DEAD, "tries": delivery.tries, "last_error": delivery.last_error},
            after={"state": DeliveryState.WAITING},
            at=now,
        )
