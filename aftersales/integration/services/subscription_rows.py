"""The one place where a subscription changes: a conditional update that counts its version up."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.integration.models import WebhookSubscription
from aftersales.lib.errors import Refused


def moved(
    subscription: WebhookSubscription, values: dict[str, Any], *, expected_version: int | None
) -> WebhookSubscription:
    """Write columns if nobody has changed the subscription meanwhile; returns how it stands then.

    `expected_version` is what the sender has read; as it is now unless given. Raises Refused("stale"),
    Refused("subscription_ended").
    """
    with transaction.atomic():
        current = WebhookSubscription.objects.select_for_update(of=("self",)).get(pk=subscription.pk)
        if current.ended_at is not None:
            raise Refused(_("This subscription has been ended."), code="subscription_ended")
        if expected_version is not None and expected_version != current.version:
            raise stale()
        written = WebhookSubscription._base_manager.filter(pk=current.pk, version=current.version).update(
            **values, version=current.version + 1
        )
        if not written:
            raise stale()
        return WebhookSubscription.objects.select_related("client__party").get(pk=subscription.pk)


def stale() -> Refused:
    return Refused(_("This has been changed since you read it. Read it again and decide anew."), code="stale")
