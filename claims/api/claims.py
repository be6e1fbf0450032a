"""Claims in the API: filed, listed, read."""

from typing import Any

import django_filters
from django.urls import reverse

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.filters import CodeFilter, KeyFilter, MomentFilter, WordFilter
from aftersales.web.api.versions import etag
from aftersales.web.api.views import ApiView, Made
from claims.api.claim_outputs import ClaimDetailOut, ClaimOut
from claims.api.filing import FILED_REFUSALS, ClaimIn, file
from claims.api.finding import detailed, found, listed
from claims.models import Claim
from claims.models.choices import Channel, StatusChoices
from claims.queries.claims import RECENT_ORDER


class ClaimFilter(django_filters.FilterSet):
    status = CodeFilter(choices=StatusChoices.choices)
    number = WordFilter()
    order = KeyFilter(field_name="order_line__order_id")
    order_number = WordFilter(field_name="order_line__order__number")
    station = KeyFilter(field_name="station_id")
    channel = CodeFilter(choices=Channel.choices)
    filed_after = MomentFilter(field_name="filed_at", lookup_expr="gte")
    filed_before = MomentFilter(field_name="filed_at", lookup_expr="lt")

    class Meta:
        model = Claim
        fields: tuple[str, ...] = ()


class ClaimsView(ApiView):
    """Claims that concern your party: those about orders that name it, or that your account filed.

    A consumer's session reaches the consumer's own. Whatever concerns somebody else does not exist here.
    """

    scopes = {"GET": ApiScope.CLAIMS_READ, "POST": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    is_list = True
    order = RECENT_ORDER
    filterset_class = ClaimFilter
    serializer_class = ClaimOut
    output_classes = {"POST": ClaimDetailOut}
    tagged = ("POST",)
    input_classes = {"POST": ClaimIn}
    refusals = {"POST": FILED_REFUSALS}

    def get(self, request):
        """List claims"""
        return self.page(listed(request.auth))

    def post(self, request):
        """File a claim

        On one line of an order, found by its id or by the order's number. Photos that were sent before
        under the same `draft` belong to it. The class decides what the consumer can have; where it
        gives a choice and a bad quantity is given, the amount is worked out at once. The consumer gets the
        first reply when somebody has accepted the claim.
        """
        given = self.given()
        return self.once(lambda: self._file(request, given))

    def _file(self, request, given: dict[str, Any]) -> Made:
        filed = file(request, given)
        claim = detailed(found(request.auth, filed.number))
        where = reverse("api:claim", args=[claim.number])
        headers = {"Location": where, "ETag": etag(claim.version)}
        return Made(self.shown(claim, serializer_class=ClaimDetailOut), claim, headers=headers)


class ClaimView(ApiView):
    """One claim and what it has come to."""

    scopes = {"GET": ApiScope.CLAIMS_READ}
    for_consumers = True
    serializer_class = ClaimDetailOut
    tagged = ("GET",)

    def get(self, request, number):
        """Read a claim"""
        claim = detailed(found(request.auth, number))
        return self.one(claim, version=claim.version)
