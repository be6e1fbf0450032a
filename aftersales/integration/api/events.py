"""The feed of events for whoever cannot be called: the same documents, read when it suits."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.integration.event_kinds import CHOSEN_BY_HAND, Kind
from aftersales.integration.models import WebhookEvent
from aftersales.web.api.callers import Caller
from aftersales.web.api.fields import Output
from aftersales.web.api.filters import CodeFilter, MomentFilter
from aftersales.web.api.views import ApiView


class EventFilter(django_filters.FilterSet):
    after = django_filters.UUIDFilter(method="behind")
    kind = CodeFilter(choices=[(kind.value, kind.label) for kind in CHOSEN_BY_HAND])
    occurred_after = MomentFilter(field_name="occurred_at", lookup_expr="gte")

    class Meta:
        model = WebhookEvent
        fields: tuple[str, ...] = ()

    def behind(self, queryset: QuerySet, name: str, value) -> QuerySet:
        """What was made behind an event that the reader has; refuses one that is not kept any more."""
        known = events_of(self.request.auth).filter(public_id=value).values("pk").first()
        if known is None:
            raise serializers.ValidationError(
                {
                    "after": [
                        serializers.ErrorDetail(_("This event is not kept (any more)."), code="event_gone")
                    ]
                }
            )
        return queryset.filter(pk__gt=known["pk"])


class EventOut(Output):
    id = serializers.UUIDField(source="public_id", help_text="Always the same for the same event.")
    kind = serializers.ChoiceField(Kind.choices)
    occurred_at = serializers.DateTimeField()
    data = serializers.DictField(help_text="Codes, numbers and times; nothing about a person.")


class KindOut(Output):
    kind = serializers.ChoiceField(Kind.choices, source="value")
    kind_text = serializers.CharField(source="label", help_text="In the language of the answer.")


class KindsOut(Output):
    kinds = KindOut(many=True)


def events_of(caller: Caller) -> QuerySet[WebhookEvent]:
    """Events that the caller's application was told of, or could have been."""
    return WebhookEvent._base_manager.filter(client=caller.client_id)


class EventsView(ApiView):
    """Everything that happened to what concerns your party, in the order in which it became known.

    Keep the id of the last event and ask for what came after it. Events are kept for thirty days.
    """

    scopes = {"GET": ApiScope.WEBHOOKS_KEEP}
    is_list = True
    order = ("id",)
    filterset_class = EventFilter
    serializer_class = EventOut

    def get(self, request):
        """Read the feed of events"""
        return self.page(events_of(request.auth).exclude(kind=Kind.PING))


class KindsView(ApiView):
    """The kinds of event there are."""

    scopes = {"GET": ApiScope.WEBHOOKS_KEEP}
    serializer_class = KindsOut

    def get(self, request):
        """List kinds of event"""
        return self.one({"kinds": list(CHOSEN_BY_HAND)})
