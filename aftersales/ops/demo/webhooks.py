"""Subscriptions of the demonstration: one whose events arrive but for a few, and one that has stopped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.audit.models import AuditEvent
from aftersales.integration.event_kinds import ALL, MADE_FROM
from aftersales.integration.models import (
    ApiClient,
    DeliveryState,
    EventProgress,
    WebhookDelivery,
    WebhookSubscription,
)
from aftersales.integration.services import events, secrets
from aftersales.integration.services.deliveries import MOST_TRIES
from aftersales.integration.services.stopping import StoppedBecause
from stations.models import Region
from stations.models.parties import PartyKind

HISTORY = 1500
"""Events of the trail that are told: the last ones of the county."""
REFUNDS = ("claim.filed", "claim.resolved", "payout.ordered", "payout.confirmed", "payout.failed")


class Webhooks:
    """What applications of one county were told of. The addresses are of hosts that nobody calls."""

    def __init__(self, region: Region, *, seed: int, now: datetime):
        self.now = now
        self.by = User.objects.get(username="manager")
        self.county_code = region.code
        self.clients = ApiClient.objects.filter(county_code=region.code)
        self.random = Random(f"webhooks {region.code} {seed}")

    def write(self) -> Iterator[str]:
        """Subscribe, make the last events and let most of them have arrived; says what was written."""
        platform = self.clients.filter(party__kind=PartyKind.PLATFORM).earliest("pk")
        shop = self.clients.filter(party__kind=PartyKind.MERCHANT).earliest("pk")
        live = self._subscribe(
            platform, "https://open.shop.example/aftersales/events", [ALL], "退款与进度同步"
        )
        silent = self._subscribe(shop, "https://erp.store.example/hooks/refunds", REFUNDS, "退款对账")
        made = self._tell()
        self._deliver(live)
        self._fall_silent(silent)
        yield f"subscriptions 2, events {made}"

    def _subscribe(self, client: ApiClient, url: str, kinds, description: str) -> WebhookSubscription:
        """Past the service, which would want the example host to be listed."""
        secret, key = secrets.new(secrets.WEBHOOK), sealing.new_person_key()
        return WebhookSubscription.objects.create(
            client=client,
            county_code=client.county_code,
            url=url,
            events=list(kinds),
            description=description,
            person_key=key,
            secret_prefix=secrets.prefix(secret),
            secret_sealed=sealing.seal(key, secret),
            created_by=self.by,
            created_at=self.now - timedelta(days=95),
        )

    def _tell(self) -> int:
        of_county = AuditEvent.objects.filter(verb__in=MADE_FROM, county_code=self.county_code)
        last = of_county.order_by("-pk").values_list("pk", flat=True)
        start = min(last[:HISTORY], default=1) - 1
        EventProgress.objects.update_or_create(pk=events.ONLY, defaults={"last_event_id": start})
        return events.fold(now=self.now)

    def _deliver(self, subscription: WebhookSubscription) -> None:
        """All but the last two have arrived; every thirtieth was given up, for its receiver refused it."""
        rows = list(self._waiting(subscription).select_related("event").order_by("pk"))
        for number, row in enumerate(rows[:-2], start=1):
            row.tried_at = row.event.occurred_at + timedelta(seconds=self.random.randint(2, 9))
            row.duration_ms = self.random.randint(40, 400)
            if number % 30:
                row.state, row.tries, row.delivered_at = DeliveryState.DELIVERED, 1, row.tried_at
            else:
                row.state, row.tries, row.last_error = DeliveryState.DEAD, MOST_TRIES, "http_422"
        for row in rows[-2:]:
            row.tries, row.tried_at, row.last_error = 2, self.now - timedelta(minutes=1), "timeout"
            row.next_try_at, row.duration_ms = self.now + timedelta(minutes=5), 5000
        columns = ["state", "tries", "tried_at", "delivered_at", "next_try_at", "last_error", "duration_ms"]
        WebhookDelivery.objects.bulk_update(rows, columns, batch_size=100)

    def _fall_silent(self, subscription: WebhookSubscription) -> None:
        WebhookSubscription.objects.filter(pk=subscription.pk).update(
            is_active=False,
            stopped_reason=StoppedBecause.NO_ANSWER,
            failing_since=self.now - timedelta(days=4),
        )
        self._waiting(subscription).update(
            tries=9, tried_at=self.now - timedelta(days=1), last_error="unreachable", duration_ms=12
        )

    @staticmethod
    def _waiting(subscription: WebhookSubscription):
        return WebhookDelivery.objects.filter(subscription=subscription, state=DeliveryState.WAITING)
