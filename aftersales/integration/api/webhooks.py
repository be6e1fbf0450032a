"""Subscriptions of an application to events: kept, tested, and their secrets changed."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.integration.api.deliveries import DeliveryOut
from aftersales.integration.event_kinds import ALL, CHOSEN_BY_HAND
from aftersales.integration.models import WebhookSubscription
from aftersales.integration.services import stopping, webhooks
from aftersales.web.api.callers import Caller
from aftersales.web.api.fields import Input, Output, TextField
from aftersales.web.api.versions import etag, expected_version
from aftersales.web.api.views import ApiView, Made

WANTED = [(ALL, "*"), *((kind.value, kind.label) for kind in CHOSEN_BY_HAND)]
ADDRESS_REFUSALS = ("bad_url", "host_not_listed", "already_subscribed", "client_suspended")
ADDRESS = "https only, at a host that the platform desk has listed; no user name, no fragment."


class SubscriptionIn(Input):
    url = TextField(max_length=webhooks.URL_SIGNS, help_text=ADDRESS)
    events = serializers.ListField(
        child=serializers.ChoiceField(WANTED),
        allow_empty=False,
        max_length=len(WANTED),
        help_text="Kinds of event; * for all there are and will be.",
    )
    description = TextField(
        max_length=webhooks.DESCRIPTION_SIGNS, required=False, allow_blank=True, help_text="What it is for."
    )


class SubscriptionChangeIn(Input):
    url = TextField(max_length=webhooks.URL_SIGNS, required=False, help_text=ADDRESS)
    events = serializers.ListField(
        child=serializers.ChoiceField(WANTED), allow_empty=False, max_length=len(WANTED), required=False
    )
    description = TextField(max_length=webhooks.DESCRIPTION_SIGNS, required=False, allow_blank=True)
    is_active = serializers.BooleanField(
        required=False, help_text="false stops the sending; true resumes it with what has waited."
    )


class SubscriptionOut(Output):
    id = serializers.IntegerField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(WANTED))
    description = serializers.CharField()
    is_active = serializers.BooleanField()
    stopped_reason = serializers.ChoiceField([("", ""), *stopping.StoppedBecause.choices])
    failing_since = serializers.DateTimeField(allow_null=True, help_text="Since when nothing has arrived.")
    secret_prefix = serializers.CharField(help_text="How the secret begins that signs now.")
    former_secret_until = serializers.DateTimeField(
        source="former_until", allow_null=True, help_text="Until then the former secret signs as well."
    )
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class SecretOut(SubscriptionOut):
    secret = serializers.CharField(
        allow_null=True,
        help_text="Signs every call. Told here alone, and again to the same Idempotency-Key; null there once "
        "it has been changed.",
    )


def subscriptions_of(caller: Caller) -> QuerySet[WebhookSubscription]:
    """The subscriptions of the caller's application that have not been ended.

    Past the scope, by the application itself: one that acts in several counties has rows of no county.
    """
    return WebhookSubscription._base_manager.filter(client_id=caller.client_id, ended_at__isnull=True)


def found(request, pk: int) -> WebhookSubscription:
    """A subscription of the caller; 404 for any other."""
    rows = subscriptions_of(request.auth).select_related("client__party")
    return get_object_or_404(rows, pk=pk)


class _WithSecret(ApiView):
    """Answers a secret without keeping it beside the key under which it was asked for."""

    serializer_class = SubscriptionOut
    output_classes = {"POST": SecretOut}

    def _told(self, subscribed: webhooks.Subscribed) -> Made:
        row = subscribed.subscription
        return Made(SubscriptionOut(row).data, row, headers={"ETag": etag(row.version)})

    def _with_secret(self, answer: Response) -> Response:
        kept: dict[str, Any] = answer.data
        row = WebhookSubscription._base_manager.get(pk=kept["id"])
        answer.data = {**kept, "secret": webhooks.secret_of(row, prefix=kept["secret_prefix"])}
        return answer


class SubscriptionsView(_WithSecret):
    """Addresses to which events are sent, each call signed. At most ten for an application."""

    scopes = {"GET": ApiScope.WEBHOOKS_KEEP, "POST": ApiScope.WEBHOOKS_KEEP}
    is_list = True
    order = ("id",)
    input_classes = {"POST": SubscriptionIn}
    refusals = {"POST": (*ADDRESS_REFUSALS, "too_many_subscriptions", "unprintable")}
    tagged = ("POST",)

    def get(self, request):
        """List subscriptions"""
        return self.page(subscriptions_of(request.auth))

    def post(self, request):
        """Subscribe to events"""
        given = self.given()
        answer = self.once(lambda: self._subscribe(request, given))
        return self._with_secret(answer)

    def _subscribe(self, request, given) -> Made:
        client = request.user.api_client
        return self._told(webhooks.subscribe(client=client, **given, by=request.user, now=timezone.now()))


class SubscriptionView(ApiView):
    """One subscription: changed, stopped, resumed or ended."""

    scopes = dict.fromkeys(("GET", "PATCH", "DELETE"), ApiScope.WEBHOOKS_KEEP)
    serializer_class = SubscriptionOut
    input_classes = {"PATCH": SubscriptionChangeIn}
    refusals = {
        "PATCH": (*ADDRESS_REFUSALS, "unprintable", "subscription_ended", "stale"),
        "DELETE": ("subscription_ended", "stale"),
    }
    tagged = ("GET", "PATCH")

    def get(self, request, webhook_id):
        """Read a subscription"""
        row = found(request, webhook_id)
        return self.one(row, version=row.version)

    def patch(self, request, webhook_id):
        """Change a subscription

        What stands as it is asked for already stays as it is, and is no error.
        """
        given, row, version = self.given(), found(request, webhook_id), expected_version(request)
        return self.unless_stale(lambda: self._change(row, given, version), lambda: self._current(webhook_id))

    def delete(self, request, webhook_id):
        """End a subscription"""
        row, version = found(request, webhook_id), expected_version(request)

        def end() -> Response:
            webhooks.end(subscription=row, expected_version=version, by=request.user, now=timezone.now())
            return Response(status=204)

        return self.unless_stale(end, lambda: self._current(webhook_id))

    def _change(self, row: WebhookSubscription, given: dict, version: int) -> Response:
        changed = webhooks.change_and_switch(
            subscription=row, **given, expected_version=version, by=self.request.user, now=timezone.now()
        )
        return Response(self.shown(changed), headers={"ETag": etag(changed.version)})

    def _current(self, pk: int) -> Any:
        return self.shown(WebhookSubscription._base_manager.get(pk=pk))


class SecretView(_WithSecret):
    """A new secret for a subscription. For a day the former one signs as well."""

    scopes = {"POST": ApiScope.WEBHOOKS_KEEP}
    refusals = {"POST": ("subscription_ended", "stale")}
    tagged = ("POST",)

    def post(self, request, webhook_id):
        """Change the secret"""
        row = found(request, webhook_id)
        answer = self.once(
            lambda: self._told(webhooks.renew_secret(subscription=row, by=request.user, now=timezone.now()))
        )
        return self._with_secret(answer)


class TestView(ApiView):
    """A signed event of the kind "ping", sent to one subscription within seconds."""

    scopes = {"POST": ApiScope.WEBHOOKS_KEEP}
    serializer_class = DeliveryOut
    refusals = {"POST": ("subscription_ended", "subscription_stopped", "client_suspended")}
    statuses = {"POST": 202}

    def post(self, request, webhook_id):
        """Send a test

        The answer names the delivery; what came of it stands in the list of deliveries.
        """
        row = found(request, webhook_id)

        def send() -> Made:
            delivery = webhooks.test(subscription=row, by=request.user, now=timezone.now())
            return Made(self.shown(delivery), delivery, status=202)

        return self.once(send)
