"""Orders to providers, for whoever sends them out: the list, whom to ask about a visit, one order."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.errors import Refused
from aftersales.web.paging import keyset_page
from aftersales.web.qr import qr_svg
from claims.forms.provider_orders import OfferForm, WithdrawForm
from claims.models import Contract, ProviderOrder, Visit
from claims.models.provider_orders import OrderStateChoices
from claims.queries import provider_orders as reading
from claims.queries.provider_ranking import Bid, Bids
from claims.rules.provider_orders import WAITING
from claims.rules.provider_ranking import ExcludedProvider, RankedProvider
from claims.rules.visits import VisitState
from claims.services import provider_orders as service
from claims.views.places import CasePage
from claims.views.provider_words import against, reasons, told
from stations.models import Party

PAGE_SIZE = 30
FILTERS = (
    ("open", gettext_lazy("waiting or accepted")),
    ("", gettext_lazy("all")),
    *((choice.value, choice.label) for choice in OrderStateChoices),
)


class OrderPage(CasePage):
    """A page about orders to providers."""

    permission = "claims.order_from_provider"

    def page(self, status: int = 200, template: str = "", **context):
        return super().page(status, template, here="orders", area="providers", **context)


class ProviderOrderList(OrderPage):
    """Every order of the places one sees, the newest first; at first those that wait."""

    template_name = "claims/provider_order_list.html"

    def get(self, request):
        wanted = request.GET.get("state", "open")
        page = keyset_page(
            reading.in_state(reading.orders(), wanted),
            cursor=request.GET.get("cursor", ""),
            order=("-offered_at", "-id"),
            size=PAGE_SIZE,
        )
        told(page.rows)
        return self.page(list_page=page, filters=FILTERS, wanted=wanted)


@dataclass(frozen=True)
class Row:
    """A provider on the page: what the ranking says, what its contract says, and why in words."""

    said: RankedProvider | ExcludedProvider
    bid: Bid
    words: list[str]


class ProviderOffer(OrderPage):
    """The providers that could make a visit, in the order to ask them, with fee and reasons; asking one."""

    template_name = "claims/provider_offer.html"

    def get(self, request, pk):
        return self._page(self._visit(pk))

    def post(self, request, pk):
        visit, now = self._visit(pk), timezone.now()
        form = OfferForm(request.POST, ranking=Bids(visit, now=now).ranking())
        if form.is_valid() and form.call(
            service.offer,
            visit=visit,
            provider=Party.objects.get(pk=form.cleaned_data["provider"]),
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=now,
        ):
            order, token = form.result
            return link_page(self, order, token)
        return self._page(self._visit(pk), form)

    def _visit(self, pk) -> Visit:
        rows = Visit.objects.select_related(
            "claim__order_line", "claim__consumer", "place", "station", "provider", "technician"
        )
        return get_object_or_404(rows, pk=pk)

    def _page(self, visit: Visit, form: OfferForm | None = None):
        bids = Bids(visit, now=timezone.now())
        ranking = bids.ranking()
        form = form or OfferForm(ranking=ranking, initial={"provider": self.request.GET.get("provider", "")})
        orders = told(reading.for_visit(visit))
        return self.page(
            visit=visit,
            claim=visit.claim,
            form=form,
            ranked=[
                Row(each, bids.of[each.candidate.key], reasons(service.kept(each))) for each in ranking.ranked
            ],
            excluded=[Row(each, bids.of[each.candidate.key], against(each.why)) for each in ranking.excluded],
            can_choose=bool(ranking.ranked) or any(not each.is_final for each in ranking.excluded),
            chosen=form["provider"].value(),
            orders=orders,
            running=next((each for each in orders if each.state in WAITING), None),
            can_offer=visit.state == VisitState.PLANNED,
            place=visit.station,
            status=409 if form.refused else 200,
        )


class ProviderOrderDetail(OrderPage):
    """One order with its fee, its reasons and its answer; a new link, and taking it back."""

    template_name = "claims/provider_order_detail.html"

    def get(self, request, pk):
        return self._page(self._order(pk), WithdrawForm())

    def post(self, request, pk):
        order, now = self._order(pk), timezone.now()
        if "link" in request.POST:
            try:
                return link_page(self, order, service.new_link(order=order, by=request.user, now=now))
            except Refused as refused:
                return self._page(self._order(pk), WithdrawForm(), refusal=refused.message)
        form = WithdrawForm(request.POST)
        if form.is_valid() and form.call(
            service.withdraw, order=order, by=request.user, now=now, **form.cleaned_data
        ):
            messages.success(request, _("The order is taken back. Send somebody else."))
            return redirect("claims:provider_offer", order.visit_id)
        return self._page(self._order(pk), form)

    def _order(self, pk) -> ProviderOrder:
        rows = reading.orders().select_related("answered_by", "statement", "visit__claim__consumer")
        return get_object_or_404(rows, pk=pk)

    def _page(self, order: ProviderOrder, form: WithdrawForm, refusal: str = ""):
        told([order])
        return self.page(
            order=order,
            visit=order.visit,
            claim=order.visit.claim,
            form=form,
            is_open=order.state in WAITING,
            has_contract=Contract.objects.filter(pk=order.contract_id).exists(),
            can_withdraw=order.state in WAITING and order.visit.state == VisitState.PLANNED,
            refusal=refusal,
            place=order.visit.station,
            status=409 if form.refused or refusal else 200,
        )


def link_page(door: OrderPage, order: ProviderOrder, token: str):
    """The link of an order, shown this once: afterwards only its hash is known."""
    address = door.request.build_absolute_uri(reverse("public:provider_link", args=[token]))
    return door.page(
        template="claims/provider_link_made.html",
        order=order,
        visit=order.visit,
        claim=order.visit.claim,
        address=address,
        qr=qr_svg(address, label=_("Link to the order")),
    )
