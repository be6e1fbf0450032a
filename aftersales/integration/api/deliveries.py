"""What was sent to a subscription, what came of it, and sending it again."""

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.integration.event_kinds import Kind
from aftersales.integration.models import DeliveryState, WebhookDelivery, WebhookSubscription
from aftersales.integration.services import replays
from aftersales.web.api.callers import Caller
from aftersales.web.api.fields import Output
from aftersales.web.api.filters import CodeFilter
from aftersales.web.api.views import ApiView, Made


class DeliveryFilter(django_filters.FilterSet):
    state = CodeFilter(choices=DeliveryState.choices)
    kind = CodeFilter(field_name="event__kind", choices=Kind.choices)

    class Meta:
        model = WebhookDelivery
        fields: tuple[str, ...] = ()


class DeliveryOut(Output):
    id = serializers.IntegerField()
    subscription = serializers.IntegerField(source="subscription_id")
    event = serializers.UUIDField(source="event.public_id", help_text="The id that the receiver is told.")
    kind = serializers.ChoiceField(Kind.choices, source="event.kind")
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    state = serializers.ChoiceField(DeliveryState.choices)
    tries = serializers.IntegerField()
    tried_at = serializers.DateTimeField(allow_null=True)
    next_try_at = serializers.SerializerMethodField(help_text="null unless it waits.")
    delivered_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(
        source="last_error", help_text="Why the last try failed: timeout, unreachable, http_500 …"
    )
    duration_ms = serializers.IntegerField(allow_null=True, help_text="How long the last call took.")

    def get_next_try_at(self, row: WebhookDelivery) -> str | None:
        if row.state != DeliveryState.WAITING:
            return None
        return serializers.DateTimeField().to_representation(row.next_try_at)


def deliveries_of(caller: Caller) -> QuerySet[WebhookDelivery]:
    """What was sent to subscriptions of the caller's application, or waits to be."""
    rows = WebhookDelivery._base_manager.filter(subscription__client=caller.client_id)
    return rows.select_related("event")


class DeliveriesView(ApiView):
    """Deliveries of one subscription, the newest first. They are kept for thirty days."""

    scopes = {"GET": ApiScope.WEBHOOKS_KEEP}
    is_list = True
    filterset_class = DeliveryFilter
    serializer_class = DeliveryOut

    def get(self, request, webhook_id):
        """List deliveries"""
        own = WebhookSubscription._base_manager.filter(client_id=request.auth.client_id)
        subscription = get_object_or_404(own, pk=webhook_id)
        return self.page(deliveries_of(request.auth).filter(subscription=subscription))


class ReplayView(ApiView):
    """One event sent to its subscription again, with the same id, however it stood."""

    scopes = {"POST": ApiScope.WEBHOOKS_KEEP}
    serializer_class = DeliveryOut
    refusals = {"POST": ("subscription_ended", "subscription_stopped")}
    statuses = {"POST": 202}

    def post(self, request, delivery_id):
        """Send an event again"""
        delivery = get_object_or_404(deliveries_of(request.auth), pk=delivery_id)

        def replay() -> Made:
            again = replays.replay(delivery=delivery, by=request.user, now=timezone.now())
            return Made(self.shown(again), again, status=202)

        return self.once(replay)
