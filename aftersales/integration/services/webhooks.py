"""Subscriptions of applications: where events are sent, which ones, and the secret that signs them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.integration.event_kinds import ALL, CHOSEN_BY_HAND, Kind
from aftersales.integration.models import (
    ApiClient,
    DeliveryState,
    WebhookDelivery,
    WebhookEvent,
    WebhookSubscription,
)
from aftersales.integration.services import secrets, stopping
from aftersales.integration.services.events import SEND
from aftersales.integration.services.subscription_rows import locked, moved
from aftersales.lib.errors import Refused
from aftersales.web import egress
from aftersales.web.lines import checked_line
from aftersales.web.queueing import enqueue

URL_SIGNS, DESCRIPTION_SIGNS = 300, 120
MOST_SUBSCRIPTIONS = 10
OVERLAP = timedelta(days=1)
"""For so long the former secret signs beside the new one."""
ENDED = "ended"


@dataclass(frozen=True)
class Subscribed:
    """A subscription and the secret that signs from now on."""

    subscription: WebhookSubscription
    secret: str


def subscribe(
    *,
    client: ApiClient,
    url: str,
    events: Collection[str],
    description: str = "",
    by: User,
    now: datetime,
) -> Subscribed:
    """Send these kinds of event ("*" for all) to an address from now on, signed with a new secret.

    Raises Refused with bad_url, host_not_listed, too_long, no_event, unknown_choice, unprintable,
    already_subscribed, too_many_subscriptions, client_suspended.
    """
    values = {**_checked_url(url), **_checked(events=events, description=description)}
    if client.is_suspended:
        raise Refused(_("This application is suspended."), code="client_suspended")
    with transaction.atomic():
        # Subscriptions of one application are counted one after the other.
        ApiClient._base_manager.select_for_update(of=("self",)).get(pk=client.pk)
        known = WebhookSubscription._base_manager.filter(client=client, ended_at__isnull=True)
        _check_new_url(known, values["url"])
        if known.count() >= MOST_SUBSCRIPTIONS:
            raise Refused(
                _("An application has at most %(most)s subscriptions.") % {"most": MOST_SUBSCRIPTIONS},
                code="too_many_subscriptions",
            )
        secret = secrets.new(secrets.WEBHOOK)
        key = sealing.new_person_key()
        subscription = WebhookSubscription._base_manager.create(
            client=client,
            county_code=client.county_code,
            person_key=key,
            secret_prefix=secrets.prefix(secret),
            secret_sealed=sealing.seal(key, secret),
            created_by=by,
            created_at=now,
            **values,
        )
        trail.record("webhook.subscribed", by=by, obj=subscription, after=_facts(subscription), at=now)
    return Subscribed(subscription, secret)


def change(
    *,
    subscription: WebhookSubscription,
    url: str | None = None,
    events: Collection[str] | None = None,
    description: str | None = None,
    expected_version: int | None = None,
    by: User,
    now: datetime,
) -> WebhookSubscription:
    """Change the address, the kinds or the purpose; None leaves a thing as it is.

    A new address is asked at once, even if the former one was resting. Raises Refused as `subscribe` does,
    and with stale, subscription_ended, nothing_new.
    """
    values = _different(subscription, url=url, events=events, description=description)
    if not values:
        raise Refused(_("This is so already."), code="nothing_new")
    if "url" in values:
        values |= {"failing_since": None, "rests_until": None}
    with transaction.atomic():
        if "url" in values:
            others = WebhookSubscription._base_manager.filter(
                client=subscription.client_id, ended_at__isnull=True
            )
            _check_new_url(others.exclude(pk=subscription.pk), values["url"])
        changed = moved(subscription, values, expected_version=expected_version)
        trail.record(
            "webhook.changed",
            by=by,
            obj=changed,
            before=_facts(subscription),
            after=_facts(changed),
            at=now,
        )
    return changed


def change_and_switch(
    *,
    subscription: WebhookSubscription,
    is_active: bool | None = None,
    expected_version: int,
    by: User,
    now: datetime,
    **wanted,
) -> WebhookSubscription:
    """Change what `change` takes, and stop or resume, as one step; what is so already stays so.

    Raises Refused as `change`, `stopping.stop` and `stopping.resume` do, but for nothing_new.
    """
    with transaction.atomic():
        row = locked(subscription, expected_version=expected_version)
        if _different(row, **wanted):
            row = change(subscription=row, **wanted, by=by, now=now)
        if is_active is False and row.is_active:
            because = stopping.StoppedBecause.BY_APPLICATION
            row = stopping.stop(subscription=row, because=because, by=by, now=now)
        elif is_active and not row.is_active:
            row = stopping.resume(subscription=row, by=by, now=now)
    return row


def end(
    *, subscription: WebhookSubscription, expected_version: int | None = None, by: User, now: datetime
) -> WebhookSubscription:
    """Send nothing there ever again; what still waits is given up. Raises Refused with stale,
    subscription_ended."""
    with transaction.atomic():
        ended = moved(subscription, {"is_active": False, "ended_at": now}, expected_version=expected_version)
        given_up = WebhookDelivery._base_manager.filter(
            subscription=ended, state=DeliveryState.WAITING
        ).update(state=DeliveryState.DEAD, last_error=ENDED)
        trail.record("webhook.ended", by=by, obj=ended, after={"given_up": given_up}, at=now)
    return ended


def renew_secret(
    *, subscription: WebhookSubscription, expected_version: int | None = None, by: User, now: datetime
) -> Subscribed:
    """Sign with a new secret; for a day the former one signs as well. Raises Refused with stale,
    subscription_ended."""
    secret = secrets.new(secrets.WEBHOOK)
    with transaction.atomic():
        values = {
            "secret_prefix": secrets.prefix(secret),
            "secret_sealed": sealing.seal(subscription.person_key, secret),
            "former_secret_sealed": subscription.secret_sealed,
            "former_until": now + OVERLAP,
        }
        version = subscription.version if expected_version is None else expected_version
        renewed = moved(subscription, values, expected_version=version)
        trail.record(
            "webhook.secret_changed", by=by, obj=renewed, after={"prefix": renewed.secret_prefix}, at=now
        )
    return Subscribed(renewed, secret)


def secret_of(subscription: WebhookSubscription, *, prefix: str) -> str | None:
    """The secret for whoever asked for it once and asks again with the same key; None when it is another
    one by now."""
    if subscription.secret_prefix != prefix:
        return None
    return sealing.unseal(subscription.person_key, subscription.secret_sealed)


def test(*, subscription: WebhookSubscription, by: User, now: datetime) -> WebhookDelivery:
    """Send a signed event of the kind "ping" there, and nowhere else.

    Raises Refused with subscription_ended, subscription_stopped, client_suspended.
    """
    with transaction.atomic():
        current = WebhookSubscription._base_manager.select_related("client").get(pk=subscription.pk)
        check_sends(current)
        if current.client.is_suspended:
            raise Refused(_("This application is suspended."), code="client_suspended")
        event = WebhookEvent._base_manager.create(
            public_id=uuid4(),
            client=current.client,
            county_code=current.county_code,
            kind=Kind.PING,
            occurred_at=now,
            data={"subscription": current.pk},
            created_at=now,
        )
        delivery = WebhookDelivery._base_manager.create(
            event=event, subscription=current, county_code=current.county_code, next_try_at=now
        )
        trail.record("webhook.tested", by=by, obj=current, at=now)
        enqueue(SEND)
    return delivery


def check_sends(subscription: WebhookSubscription) -> None:
    """Raises Refused("subscription_ended" or "subscription_stopped") where nothing is sent."""
    if subscription.ended_at is not None:
        raise Refused(_("This subscription has been ended."), code="subscription_ended")
    if not subscription.is_active:
        raise Refused(_("This subscription is stopped. Resume it first."), code="subscription_stopped")


def _checked_url(url: str) -> dict[str, str]:
    url = url.strip()
    if len(url) > URL_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": URL_SIGNS}, code="too_long", field="url"
        )
    try:
        egress.check(url, hosts=settings.WEBHOOK_HOSTS, is_local_allowed=settings.WEBHOOK_LOCAL_RECEIVERS)
    except egress.NotAllowed as refused:
        raise _not_allowed(refused.code) from None
    return {"url": url}


def _not_allowed(code: str) -> Refused:
    if code == "host_not_listed":
        text = _("Nothing may be sent to this host. Ask the platform desk to list it.")
        return Refused(text, code="host_not_listed", field="url")
    text = _("Write a plain https address without a user name, a fragment or blanks.")
    return Refused(text, code="bad_url", field="url")


def _different(
    subscription: WebhookSubscription,
    *,
    url: str | None = None,
    events: Collection[str] | None = None,
    description: str | None = None,
) -> dict[str, object]:
    """What of these would change, checked."""
    values = _checked(events=events, description=description)
    if url is not None and url.strip() != subscription.url:
        values |= _checked_url(url)
    return {name: value for name, value in values.items() if getattr(subscription, name) != value}


def _checked(*, events: Collection[str] | None, description: str | None) -> dict[str, object]:
    values: dict[str, object] = {}
    if events is not None:
        values["events"] = _checked_events(events)
    if description is not None:
        values["description"] = checked_line(description, limit=DESCRIPTION_SIGNS, field="description")
    return values


def _checked_events(events: Collection[str]) -> list[str]:
    if not events:
        raise Refused(_("Choose at least one kind of event."), code="no_event", field="events")
    if set(events) - {ALL, *(kind.value for kind in CHOSEN_BY_HAND)}:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="events")
    return [ALL] if ALL in events else [kind.value for kind in CHOSEN_BY_HAND if kind in set(events)]


def _check_new_url(others, url: str) -> None:
    if others.filter(url=url).exists():
        raise Refused(
            _("This application has a subscription with this address."),
            code="already_subscribed",
            field="url",
        )


def _facts(subscription: WebhookSubscription) -> dict:
    """The address itself stays on the row: its path may hold a key of the receiver's."""
    return {
        "client": subscription.client_id,
        "host": egress.host_of(subscription.url),
        "events": list(subscription.events),
    }
