"""A consumer who has signed in, as we know them."""

from django.db.models import Count, Q
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Output
from aftersales.web.api.views import ApiView
from claims.api.claim_outputs import StationBrief
from claims.models.claims import OPEN_STATUSES
from claims.queries.partners import claims_of, consumers_of, orders_of

MOST = 50


class KnownAt(Output):
    station = StationBrief()
    name_masked = serializers.CharField()
    phone_masked = serializers.CharField()
    known_since = serializers.DateTimeField(source="created_at")


class ConsumerOut(Output):
    known_at = KnownAt(many=True, help_text="Each station that knows this phone.")
    orders = serializers.IntegerField()
    claims = serializers.IntegerField()
    open_claims = serializers.IntegerField()


class ConsumerView(ApiView):
    """The consumer whose session it is, masked, and how many orders and claims they have here."""

    scopes = {"GET": ApiScope.CLAIMS_READ}
    for_consumers = True
    only_consumers = True
    serializer_class = ConsumerOut

    def get(self, request):
        """Show who is signed in"""
        caller = request.auth
        counted = claims_of(caller).aggregate(
            claims=Count("id"), open_claims=Count("id", filter=Q(status__in=OPEN_STATUSES))
        )
        known = consumers_of(caller).select_related("station").order_by("id")[:MOST]
        return self.one({"known_at": list(known), "orders": orders_of(caller).count(), **counted})
