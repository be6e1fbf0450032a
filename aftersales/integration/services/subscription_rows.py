"""The one place where a subscription changes: a conditional update that counts its version up.

Doors find the row, by the scope of a person or by the application that calls. From there on it is read past
the scope: an application that acts in several counties has rows that belong to none of them.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.integration.models import WebhookSubscription
from aftersales.lib.errors import Refused


def locked(subscription: WebhookSubscription, *, expected_version: int | None) -> WebhookSubscription:
    """The subscription as it stands, held until the caller's transaction ends.

    `expected_version` is what the sender has read; any unless given. Raises Refused("stale"),
    Refused("subscription_ended").
    """
    rows = WebhookSubscription._base_manager.select_related("client__party").select_for_update(of=("self",))
    current = rows.get(pk=subscription.pk)
    if current.ended_at is not None:
        raise Refused(_("This subscription has been ended."), code="subscription_ended")
    if expected_version is not None and expected_version != current.version:
        raise stale()
    return current


def moved(
    subscription: WebhookSubscription, values: dict[str, Any], *, expected_version: int | None
) -> WebhookSubscription:
    """Write columns if nobody has changed the subscription meanwhile; returns how it stands then.

    Raises Refused as `locked` does.
    """
    with transaction.atomic():
        current = locked(subscription, expected_version=expected_version)
        written = WebhookSubscription._base_manager.filter(pk=current.pk, version=current.version).update(
            **values, version=current.version + 1
        )
        if not written:
            raise stale()
        return WebhookSubscription._base_manager.select_related("client__party").get(pk=subscription.pk)


def stale() -> Refused:
    return Refused(_("This has been changed since you read it. Read it again and decide anew."), code="stale")
