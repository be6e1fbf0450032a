"""Orders and claims of two parties, and an application that listens to what happens to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersales.integration.models import ApiClient, WebhookDelivery, WebhookEvent, WebhookSubscription
from aftersales.integration.services import deliveries, events, webhooks
from claims.models import Claim, Order
from stations.models import Party, Station
from tests.api_world import make_client
from tests.factories import NOW, make_claim, make_line, make_party, seeing_everything
from tests.receiver import Receiver

XIUWEN, SUINING = "520123000000", "320324000000"


@dataclass
class Listener:
    """An application of a platform with one subscription, and the secret that signs."""

    client: ApiClient
    subscription: WebhookSubscription
    secret: str


def allow(settings, *hosts: str) -> None:
    """Let events leave to this machine, as in development."""
    settings.WEBHOOK_HOSTS = hosts or ("127.0.0.1",)
    settings.WEBHOOK_LOCAL_RECEIVERS = True


def listen(url: str, *, client: ApiClient | None = None, kinds=("*",), region: str = XIUWEN) -> Listener:
    """Subscribe an application of the platform of every order of these tests."""
    client = client or make_client(make_party("platform"), region=region)
    with seeing_everything():
        made = webhooks.subscribe(client=client, url=url, events=kinds, by=client.user, now=NOW)
    return Listener(client, made.subscription, made.secret)


def address_of(receiver: Receiver) -> str:
    return f"http://127.0.0.1:{receiver.port}/hook"


def claim_on(station: Station, *, by, platform: Party | None = None, **fields) -> Claim:
    """A submitted claim about an order of a platform, the usual one unless told."""
    line = make_line(station)
    if platform is not None:
        with seeing_everything():
            Order.objects.filter(pk=line.order_id).update(platform=platform)
            line.order.refresh_from_db()
    return make_claim(station, filed_by=by, line=line, status="submitted", **fields)


def fold(at: datetime = NOW) -> int:
    with seeing_everything():
        return events.fold(now=at)


def deliver(at: datetime = NOW) -> deliveries.Delivered:
    with seeing_everything():
        return deliveries.deliver(now=at)


def told() -> list[tuple]:
    with seeing_everything():
        return list(WebhookEvent.objects.order_by("id").values_list("client", "kind"))


def waiting(*fields) -> list[tuple]:
    with seeing_everything():
        return list(WebhookDelivery.objects.order_by("id").values_list(*fields))


def standing(subscription: WebhookSubscription, *fields) -> tuple:
    with seeing_everything():
        return WebhookSubscription.objects.filter(pk=subscription.pk).values_list(*fields).get()


def make_events(listener: Listener, number: int) -> list[str]:
    """Events that wait for a subscription, without a claim behind them; returns their ids."""
    client, subscription = listener.client, listener.subscription
    with seeing_everything():
        made = WebhookEvent.objects.bulk_create(
            WebhookEvent(
                public_id=events.public_id(client.pk, -each - 1),
                client=client,
                county_code=client.county_code,
                kind="claim.accepted",
                audit_event_id=-each - 1,
                occurred_at=NOW,
                data={"claim": f"AS{each:06d}"},
                created_at=NOW,
            )
            for each in range(number)
        )
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(
                event=each, subscription=subscription, county_code=client.county_code, next_try_at=NOW
            )
            for each in made
        )
    return [str(each.public_id) for each in made]


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)
