"""Coupons that were issued, and goods that are sent again."""

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import badge, link_to, moment_column, money_column
from aftersales.web.service_forms import LineField
from claims.admin.filters import PlaceFilter
from claims.models import Coupon, Reship
from claims.services import remedies
from claims.views.coupon_states import state_of
from claims.views.formula import with_unit


@admin.register(Coupon)
class CouponAdmin(ReadOnlyAdmin):
    list_display = (
        "code",
        "claim",
        "station",
        "merchant",
        money_column("value_fen", gettext_lazy("value")),
        money_column("bonus_fen", gettext_lazy("of which bonus")),
        "expires_on",
        "state",
    )
    list_select_related = ("compensation__claim", "station", "merchant")
    list_filter = (PlaceFilter,)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "code",
        "claim",
        "station",
        "merchant",
        money_column("value_fen", gettext_lazy("value")),
        money_column("bonus_fen", gettext_lazy("of which bonus")),
        "issued_at",
        "expires_on",
        "redeemed_at",
        "redeemed_by",
        "redeemed_reference",
        "taken_back_at",
    )

    @admin.display(description=gettext_lazy("state"))
    def state(self, coupon):
        return badge(*state_of(coupon, timezone.localdate()))

    @admin.display(description=gettext_lazy("claim"))
    def claim(self, coupon):
        return link_to(coupon.compensation.claim)


class ParcelForm(forms.Form):
    parcel_number = LineField(label=gettext_lazy("Parcel number"), max_length=40, min_length=5)


class SentFilter(SimpleListFilter):
    title = gettext_lazy("sent or not")
    parameter_name = "sent"

    def lookups(self, request, model_admin):
        return [("no", _("Not sent yet")), ("yes", _("Sent"))]

    def queryset(self, request, queryset):
        if self.value() not in ("yes", "no"):
            return queryset
        if self.value() == "yes":
            return queryset.filter(shipped_at__isnull=False)
        return queryset.filter(shipped_at__isnull=True, taken_back_at__isnull=True)


@admin.register(Reship)
class ReshipAdmin(ReadOnlyAdmin):
    list_display = (
        "claim",
        "product",
        "amount",
        "station",
        "merchant",
        moment_column("ordered_at", gettext_lazy("ordered")),
        "parcel",
    )
    list_select_related = ("compensation__claim__order_line", "station", "merchant")
    list_filter = (SentFilter, PlaceFilter)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "claim_link",
        "product",
        "amount",
        "station",
        "merchant",
        "ordered_at",
        "shipped_at",
        "parcel_number",
        "taken_back_at",
    )
    actions = (
        ServiceAction(
            "mark_shipped",
            gettext_lazy("Mark as sent"),
            permission="claims.work_on_claim",
            service=remedies.mark_shipped,
            argument="reship",
            form=ParcelForm,
        ),
    )

    @admin.display(description=gettext_lazy("claim"))
    def claim(self, reship):
        return reship.compensation.claim.number

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, reship):
        return link_to(reship.compensation.claim)

    @admin.display(description=gettext_lazy("product"))
    def product(self, reship):
        return reship.compensation.claim.order_line.product

    @admin.display(description=gettext_lazy("quantity"))
    def amount(self, reship):
        return with_unit(reship.quantity_milli, reship.compensation.claim.order_line.unit)

    @admin.display(description=gettext_lazy("parcel"))
    def parcel(self, reship):
        if reship.taken_back_at is not None:
            return badge(_("taken back"), "bad")
        return reship.parcel_number or badge(_("not sent yet"), "warn")
