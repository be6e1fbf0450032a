"""Coupons at the counter: the list, one by its code, and redeeming it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.paging import keyset_page
from claims.forms.coupons import RedeemForm
from claims.models import Coupon
from claims.rules.numbering import normalise_number
from claims.services import coupons as service
from claims.views import list_files
from claims.views.coupon_states import state_of
from claims.views.places import CasePage
from stations.access.list_exports import export_asked, list_export
from stations.access.places import own_station

PAGE_SIZE = 30
CODE_SIGNS = 20
TEXT_SIGNS = 60


class CouponPage(CasePage):
    """A page about coupons."""

    permission = "claims.redeem_coupon"


class CouponList(CouponPage):
    """Coupons in reach that are still good, or with `?over=1` the others; `?q=` opens one by its code."""

    template_name = "claims/coupon_list.html"

    def get(self, request):
        today, station = timezone.localdate(), own_station(request.user)
        text = request.GET.get("q", "").strip()[:TEXT_SIGNS]
        code = normalise_number(text)[:CODE_SIGNS]
        if code and Coupon.objects.filter(code=code).exists():
            return redirect("claims:coupon_detail", code)
        is_over = request.GET.get("over") == "1"
        rows = Coupon.objects.select_related(
            "merchant", "station", "compensation__claim__consumer", "compensation__claim__order_line"
        )
        good = rows.filter(redeemed_at__isnull=True, taken_back_at__isnull=True, expires_on__gte=today)
        rows = rows.exclude(pk__in=good.values("pk")) if is_over else good
        order = ("-id",) if is_over else ("expires_on", "id")
        if form := export_asked(request):
            return list_export(
                request,
                form,
                title=_("Coupons that are over") if is_over else _("Coupons to redeem"),
                columns=list_files.coupon_columns(),
                rows=rows.order_by(*order),
                cells=list_files.coupon_cells,
            )
        page = keyset_page(rows, cursor=request.GET.get("cursor", ""), order=order, size=PAGE_SIZE)
        for coupon in page.rows:
            coupon.state, coupon.tone = state_of(coupon, today)
        return self.page(
            list_page=page, is_over=is_over, text=text, place=station, shows_station=station is None
        )


class CouponDetail(CouponPage):
    """One coupon: what it is worth where, and redeeming it for an order of the merchant."""

    template_name = "claims/coupon_detail.html"

    def get(self, request, code):
        return self._page(self._coupon(code), RedeemForm())

    def post(self, request, code):
        coupon = self._coupon(code)
        form = RedeemForm(request.POST)
        if form.is_valid() and form.call(
            service.redeem, coupon=coupon, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The coupon is redeemed."))
            return redirect("claims:coupon_detail", code)
        return self._page(self._coupon(code), form)

    def _coupon(self, code) -> Coupon:
        if len(code) > CODE_SIGNS:
            raise Http404
        rows = Coupon.objects.select_related(
            "merchant",
            "station",
            "redeemed_by",
            "compensation__claim__consumer",
            "compensation__claim__order_line",
        )
        return get_object_or_404(rows, code=code)

    def _page(self, coupon, form):
        state, tone = state_of(coupon, timezone.localdate())
        return self.page(
            coupon=coupon,
            claim=coupon.compensation.claim,
            state=state,
            tone=tone,
            form=form,
            is_good=tone == "good",
            place=coupon.station,
            status=409 if form.refused else 200,
        )
