"""The page without an account on which a provider answers one order, reached by a secret address.

The secret is 128 random bits of which only a hash is kept; wrong ones are counted by address. After the
visit, or when the order was taken back, the page says so and shows nothing else.
"""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftersales.web.throttle import Throttle
from claims.queries.provider_desks import may_answer_here
from claims.queries.provider_orders import by_token
from claims.rules.provider_orders import OrderState
from claims.views.provider_work import GONE, ProviderWork, is_over

BY_ADDRESS = Throttle("provider link by address", limit=30, window=timedelta(minutes=15))
HEADERS = {
    "Cache-Control": "private, no-store",
    # Only where we are, never the path: it is the secret.
    "Referrer-Policy": "strict-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
STAFF_SEAT = _("Somebody else is signed in here. The provider answers on a device of its own.")


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

    def post(self, request, key):
        order = self.find(key)
        if not may_answer_here(
            request.user, provider_id=order.provider_id, county_code=order.county_code
        ) and not is_over(order):
            return self.shown(order, refusal=STAFF_SEAT, status=403)
        return super().post(request, key)

    @property
    def by(self):
        return self.request.user if self.request.user.is_authenticated else None

    def find(self, key):
        """The order as it stands now."""
        order = by_token(key)
        if order is None:
            raise Http404
        return order

    def over(self, order):
        said = GONE.get(OrderState(order.state), GONE[OrderState.FAILED])
        return render(self.request, "claims/provider_gone.html", {"said": said}, status=410)
