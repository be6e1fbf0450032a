"""Orders: the list, one of them, and typing in one that the system does not know."""

import hashlib
from datetime import date, datetime, time

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import keyset_page
from claims.forms.orders import OrderForm
from claims.forms.search import OrderSearchForm
from claims.models.choices import GoodsTypeChoices
from claims.models.orders import OrderState, Unit
from claims.queries import claims as claim_reading
from claims.queries import orders as reading
from claims.queries.consumers import dialects_at
from claims.services import consumers, orders
from claims.views import list_files
from claims.views.formula import with_unit
from claims.views.places import CasePage
from claims.views.rows import cards, values
from stations.access.list_exports import MOST_ROWS, export_asked, list_export
from stations.access.places import own_station

PAGE_SIZE = 30
NOON = time(12)


class OrderList(CasePage):
    """The order lines in reach, the last ordered first; a file with ?format=."""

    permission = "claims.view_claim_page"
    template_name = "claims/order_list.html"

    def get(self, request):
        form = OrderSearchForm(request.GET)
        text = form.cleaned_data["q"] if form.is_valid() else ""
        if file_form := export_asked(request):
            found = reading.search_lines(text, limit=MOST_ROWS + 1) if text else []
            return list_export(
                request,
                file_form,
                title=_("Orders"),
                columns=list_files.order_columns(),
                rows=reading.recent_lines(among=[line.pk for line in found] if text else None),
                cells=list_files.order_cells,
            )
        if text:
            page = None
            lines = reading.search_lines(text, limit=PAGE_SIZE)
        else:
            page = keyset_page(
                reading.recent_lines(),
                cursor=request.GET.get("cursor", ""),
                order=reading.RECENT_ORDER,
                size=PAGE_SIZE,
            )
            lines = page.rows
        return self.page(form=form, text=text, lines=lines, list_page=page)


STATE_TONES = {OrderState.SIGNED: "good", OrderState.CLOSED: "good", OrderState.CANCELLED: "warn"}


class OrderDetail(CasePage):
    """One order, its lines, and the claims about them."""

    permission = "claims.view_claim_page"
    template_name = "claims/order_detail.html"

    def get(self, request, pk):
        order = get_object_or_404(reading.order_with_lines(pk))
        claims = claim_reading.listed().filter(order_line__order=order).order_by("-filed_at", "-id")
        by_line: dict[int, list] = {}
        for claim in values(claims):
            by_line.setdefault(claim["order_line_id"], []).append(claim)
        now = timezone.now()
        lines = [
            {
                "line": line,
                "quantity": with_unit(line.quantity_milli, line.unit),
                "claims": cards(by_line.get(line.pk, []), now),
            }
            for line in order.lines.all()
        ]
        return self.page(
            order=order,
            lines=lines,
            place=order.station,
            is_cancelled=order.state == OrderState.CANCELLED,
            state_tone=STATE_TONES.get(order.state, "neutral"),
        )


class OrderNew(CasePage):
    """An order that is not in the system, as the villager tells it; leads on to the claim."""

    permission = "claims.add_order"
    template_name = "claims/order_new.html"

    def get(self, request):
        station = own_station(request.user)
        initial = {
            "goods_type": GoodsTypeChoices.FRESH_FRUIT,
            "unit": Unit.PIECE,
            "ordered_on": timezone.localdate(),
            "signed_on": timezone.localdate(),
            "number": request.GET.get("number", "")[:40],
        }
        return self._page(OrderForm(initial=initial, station=station), station)

    def post(self, request):
        station = own_station(request.user)
        form = OrderForm(request.POST, station=station)
        if form.is_valid() and form.call(
            self._type_in, given=form.cleaned_data, station=station or form.cleaned_data["station"]
        ):
            messages.success(request, _("Order noted. Now say what is wrong."))
            return redirect("claims:claim_form", form.result.pk)
        return self._page(form, station)

    def _type_in(self, *, given: dict, station):
        by, now = self.request.user, timezone.now()
        with transaction.atomic():
            consumer = consumers.register(
                station=station,
                name=given["name"],
                phone=given["phone"],
                dialect=given["dialect"],
                by=by,
                now=now,
            )
            return orders.type_in(
                station=station,
                number=given["number"] or number_for(given["form_key"], now),
                product=given["product"],
                goods_type=given["goods_type"],
                quantity_milli=given["quantity"],
                unit=given["unit"],
                paid_fen=given["paid"],
                freight_fen=given["freight"],
                ordered_at=moment_of(given["ordered_on"], now),
                signed_at=moment_of(given["signed_on"], now) if given["signed_on"] else None,
                merchant_name=given["merchant_name"],
                return_exception=given["return_exception"],
                consumer=consumer,
                by=by,
                now=now,
            )

    def _page(self, form, station):
        return self.page(
            form=form, dialects=dialects_at(station), place=station, status=409 if form.refused else 200
        )


def number_for(form_key: str, now: datetime) -> str:
    """An order number of our own; the same form gives the same one, so that sending it twice is one order."""
    signs = int(hashlib.sha256(form_key.encode()).hexdigest(), 16) % 10**6
    return f"D{timezone.localdate(now):%y%m%d}{signs:06d}"


def moment_of(day: date, now: datetime) -> datetime:
    """Noon of a day in Shanghai, but never later than now."""
    return min(timezone.make_aware(datetime.combine(day, NOON)), now)
