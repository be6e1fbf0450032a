"""The page without an account on which a provider answers one order, reached by a secret address.

The secret is 128 random bits of which only a hash is kept; wrong ones are counted by address. After the
visit, or when the order was taken back, the page says so and shows nothing else.
"""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from aftersales.web.throttle import Throttle
from claims.queries.provider_orders import by_token
from claims.rules.provider_orders import OrderState
from claims.views.provider_work import GONE, ProviderWork

BY_ADDRESS = Throttle("provider link by address", limit=30, window=timedelta(minutes=15))
HEADERS = {
    "Cache-Control": "private, no-store",
    # Only where we are, never the path: it is the secret.
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class ProviderLink(ProviderWork):
    """One order by its link."""

    def dispatch(self, request, *args, **kwargs):
        now, address = timezone.now(), request.META.get("REMOTE_ADDR", "")
        if BY_ADDRESS.is_closed(address, now=now):
            response = render(request, "claims/provider_gone.html", {"is_busy": True}, status=429)
        else:
            try:
                response = super().dispatch(request, *args, **kwargs)
            except Http404:
                BY_ADDRESS.count_failure(address, now=now)
                raise
        for name, value in HEADERS.items():
            response[name] = value
        return response

    def find(self, key):
        """The order as it stands now."""
        order = by_token(key)
        if order is None:
            raise Http404
        return order

    def over(self, order):
        said = GONE.get(OrderState(order.state), GONE[OrderState.FAILED])
        return render(self.request, "claims/provider_gone.html", {"said": said}, status=410)
