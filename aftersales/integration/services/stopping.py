"""Stopping the sending to a subscription, by hand or because nobody answers there, and resuming it."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.integration.models import ApiClient, DeliveryState, WebhookDelivery, WebhookSubscription
from aftersales.integration.services.events import SEND
from aftersales.integration.services.subscription_rows import moved
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from aftersales.web.queueing import enqueue

STOPPED_EVENT = "webhook.stopped"


class StoppedBecause(models.TextChoices):
    NO_ANSWER = "no_answer", gettext_lazy("no answer for three days")
    BY_HAND = "by_hand", gettext_lazy("stopped by hand")
    BY_APPLICATION = "by_application", gettext_lazy("stopped by the application")


def stop(
    *,
    subscription: WebhookSubscription,
    because: StoppedBecause = StoppedBecause.BY_HAND,
    expected_version: int | None = None,
    by: User,
    now: datetime,
) -> WebhookSubscription:
    """Send nothing more there until it is resumed; events go on being kept for it.

    Raises Refused with stale, subscription_ended, nothing_new.
    """
    with transaction.atomic():
        if not WebhookSubscription._base_manager.get(pk=subscription.pk).is_active:
            raise _nothing_new()
        stopped = moved(
            subscription, {"is_active": False, "stopped_reason": because}, expected_version=expected_version
        )
        trail.record("webhook.stopped", by=by, obj=stopped, after={"because": because.value}, at=now)
    return stopped


def resume(
    *, subscription: WebhookSubscription, expected_version: int | None = None, by: User, now: datetime
) -> WebhookSubscription:
    """Send there again, first of all what has waited meanwhile, with all its tries.

    Raises Refused with stale, subscription_ended, nothing_new.
    """
    with transaction.atomic():
        if WebhookSubscription._base_manager.get(pk=subscription.pk).is_active:
            raise _nothing_new()
        values = {"is_active": True, "stopped_reason": "", "failing_since": None, "rests_until": None}
        resumed = moved(subscription, values, expected_version=expected_version)
        waiting = WebhookDelivery._base_manager.filter(
            subscription=resumed, state=DeliveryState.WAITING
        ).update(tries=0, next_try_at=now)
        trail.record("webhook.resumed", by=by, obj=resumed, after={"waiting": waiting}, at=now)
        enqueue(SEND)
    return resumed


def stop_for_silence(subscription: WebhookSubscription, *, by: User, now: datetime) -> bool:
    """Stop what has not answered for days and tell a person; returns whether it was active until now."""
    stopped = WebhookSubscription._base_manager.filter(
        pk=subscription.pk, is_active=True, ended_at__isnull=True
    ).update(is_active=False, stopped_reason=StoppedBecause.NO_ANSWER, version=models.F("version") + 1)
    if not stopped:
        return False
    trail.record(
        "webhook.stopped",
        by=by,
        obj=subscription,
        after={"because": StoppedBecause.NO_ANSWER.value},
        at=now,
    )
    client = ApiClient._base_manager.get(pk=subscription.client_id)
    # An application has no inbox: what it has entered by itself is told to whoever registered it.
    person = (
        client.created_by_id if subscription.created_by_id == client.user_id else subscription.created_by_id
    )
    if person is not None:
        told = Message(
            STOPPED_EVENT,
            recipient_id=person,
            key=f"{subscription.pk}:{now.isoformat()}",
            params={"application": client.name},
            url=f"/integration/subscriptions/{subscription.pk}/",
            county_code=subscription.county_code,
        )
        post([told], now=now)
    return True


def _nothing_new() -> Refused:
    return Refused(_("This is so already."), code="nothing_new")
