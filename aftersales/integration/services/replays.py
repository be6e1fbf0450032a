"""Sending again what was given up, or what a receiver has lost: the same event with the same id."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.integration.models import DeliveryState, WebhookDelivery, WebhookSubscription
from aftersales.integration.services.events import SEND
from aftersales.integration.services.webhooks import check_sends
from aftersales.lib.errors import Refused
from aftersales.web.queueing import enqueue


def replay(*, delivery: WebhookDelivery, by: User, now: datetime) -> WebhookDelivery:
    """Send one event there again at once, with all its tries, however it stood.

    Raises Refused with subscription_ended, subscription_stopped.
    """
    with transaction.atomic():
        current = WebhookDelivery._base_manager.select_related("subscription", "event").get(pk=delivery.pk)
        check_sends(current.subscription)
        _wake(WebhookDelivery._base_manager.filter(pk=current.pk), current.subscription, now)
        trail.record(
            "webhook.replayed",
            by=by,
            obj=current.subscription,
            before={"state": current.state, "tries": current.tries},
            after={"event": str(current.event.public_id), "count": 1},
            at=now,
        )
    return WebhookDelivery._base_manager.select_related("subscription", "event").get(pk=delivery.pk)


def replay_dead(*, subscription: WebhookSubscription, by: User, now: datetime) -> int:
    """Send everything there again that was given up; returns how much.

    Raises Refused with subscription_ended, subscription_stopped, nothing_given_up.
    """
    with transaction.atomic():
        current = WebhookSubscription._base_manager.get(pk=subscription.pk)
        check_sends(current)
        dead = WebhookDelivery._base_manager.filter(subscription=current, state=DeliveryState.DEAD)
        count = _wake(dead, current, now)
        if not count:
            raise Refused(_("Nothing was given up here."), code="nothing_given_up")
        trail.record("webhook.replayed", by=by, obj=current, after={"count": count}, at=now)
    return count


def _wake(rows, subscription: WebhookSubscription, now: datetime) -> int:
    count = rows.update(
        state=DeliveryState.WAITING, tries=0, next_try_at=now, delivered_at=None, last_error=""
    )
    WebhookSubscription._base_manager.filter(pk=subscription.pk).update(rests_until=None)
    enqueue(SEND)
    return count
