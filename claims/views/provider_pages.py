"""The pages of a service provider's own account: its orders, and one of them. Nothing else opens to it."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.views.generic import View

from aftersales.web.paging import keyset_page
from claims.queries import provider_desks as reading
from claims.views.provider_words import told
from claims.views.provider_work import ProviderWork
from stations.access.guards import PermissionMixin
from stations.models import ProviderDesk

FRAME = "frames/provider.html"
PAGE_SIZE = 30


class DeskMixin(PermissionMixin):
    """For somebody at a provider: the desk that their account belongs to, else nothing."""

    permission = "claims.use_provider_pages"

    @cached_property
    def desk(self) -> ProviderDesk:
        desk = reading.desk_of(self.request.user)
        if desk is None:
            raise PermissionDenied
        return desk


class DeskPage(DeskMixin, View):
    """A page of a provider's account."""

    template_name = ""

    def page(self, status: int = 200, **context):
        return render(
            self.request,
            self.template_name,
            {"frame": FRAME, "desk": self.desk, "place": self.desk.provider, **context},
            status=status,
        )


class ProviderHome(DeskPage):
    """What waits: orders to answer, and visits to make."""

    template_name = "claims/provider_home.html"

    def get(self, request):
        return self.page(orders=told(reading.waiting(self.desk)))


class ProviderPast(DeskPage):
    """What has ended, with the fee and without the consumer."""

    template_name = "claims/provider_past.html"

    def get(self, request):
        page = keyset_page(
            reading.past(self.desk),
            cursor=request.GET.get("cursor", ""),
            order=("-offered_at", "-id"),
            size=PAGE_SIZE,
        )
        told(page.rows)
        return self.page(list_page=page)


class ProviderOwnWork(DeskMixin, ProviderWork):
    """One order of the desk's provider."""

    frame = FRAME

    @property
    def by(self):
        return self.request.user

    def around(self):
        return {"desk": self.desk, "place": self.desk.provider}

    def find(self, key):
        return get_object_or_404(reading.orders_of(self.desk), pk=key)

    def over(self, order):
        (order,) = told([order])
        return render(
            self.request,
            "claims/provider_ended.html",
            {"frame": FRAME, "order": order, "visit": order.visit, **self.around()},
        )
