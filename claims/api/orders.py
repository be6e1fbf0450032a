"""Orders in the API: listed, read, changed."""

import django_filters
from django.shortcuts import get_object_or_404
from django.utils import timezone

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.callers import Caller
from aftersales.web.api.filters import CodeFilter, KeyFilter, MomentFilter, WordFilter
from aftersales.web.api.versions import expected_version
from aftersales.web.api.views import ApiView
from claims.api.order_inputs import OrderChangeIn
from claims.api.order_outputs import OrderOut
from claims.models import Order
from claims.models.orders import OrderState
from claims.queries.partners import orders_of
from claims.services import adapters, order_push

CHANGE_REFUSALS = (
    "stale",
    "order_typed",
    "order_of_another",
    "order_claimed",
    "freight_out_of_range",
    "signed_ahead",
    "signed_before_ordered",
    "signed_contradicts_state",
    "signed_at_missing",
    "state_final",
    "state_goes_back",
    "state_twice",
    "adapter_missing",
    "outside_code_unknown",
)


class OrderFilter(django_filters.FilterSet):
    number = WordFilter()
    station = KeyFilter(field_name="station_id")
    state = CodeFilter(choices=OrderState.choices)
    changed_after = MomentFilter(field_name="changed_at", lookup_expr="gte")
    ordered_after = MomentFilter(field_name="ordered_at", lookup_expr="gte")
    ordered_before = MomentFilter(field_name="ordered_at", lookup_expr="lt")

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()


def listed(caller: Caller):
    """Orders that concern the caller with their lines, in two statements."""
    return (
        orders_of(caller)
        .select_related("station", "platform", "merchant", "logistics", "consumer")
        .prefetch_related("lines")
    )


class OrdersView(ApiView):
    """Orders that name your party, or that your account entered; a consumer's session reaches the consumer's.

    The last changed come first: ask for `changed_after` to learn what has happened since you asked last.
    """

    scopes = {"GET": ApiScope.ORDERS_READ}
    for_consumers = True
    is_list = True
    order = ("-changed_at", "-id")
    filterset_class = OrderFilter
    serializer_class = OrderOut

    def get(self, request):
        """List orders"""
        return self.page(listed(request.auth))


class OrderView(ApiView):
    """One order with its lines."""

    scopes = {"GET": ApiScope.ORDERS_READ, "PATCH": ApiScope.ORDERS_WRITE}
    for_consumers = True
    serializer_class = OrderOut
    input_classes = {"PATCH": OrderChangeIn}
    refusals = {"PATCH": CHANGE_REFUSALS}
    tagged = ("GET", "PATCH")

    def get(self, request, order_id):
        """Read an order"""
        order = get_object_or_404(listed(request.auth), pk=order_id)
        return self.one(order, version=order.version)

    def patch(self, request, order_id):
        """Change how far an order is

        The state only moves on. The platform of an order, else its merchant, may replace what is known as
        long as no claim rests on it; every other party it names may say how far it is and when it was signed
        for.
        """
        given, version = self.given(), expected_version(request)
        order = get_object_or_404(listed(request.auth), pk=order_id)
        return self.unless_stale(
            lambda: self._change(request, order, given, version),
            lambda: self.shown(get_object_or_404(listed(request.auth), pk=order_id)),
        )

    def _change(self, request, order: Order, given: dict, version: int):
        order_push.change(
            order=order,
            values=adapters.with_state(given, request.auth.adapter),
            expected_version=version,
            caller=request.auth,
            by=request.user,
            now=timezone.now(),
        )
        after = listed(request.auth).get(pk=order.pk)
        return self.one(after, version=after.version)
