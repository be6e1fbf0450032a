"""Orders and their lines: looked at here, written by imports, platforms and stations."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import NOTHING, lines, link_to, moment_column, money_column
from claims.admin.filters import PlaceFilter
from claims.models import Claim, Order, OrderLine
from claims.queries import orders as reading
from claims.views.formula import with_unit


class LineInline(admin.TabularInline):
    """What was ordered; each line leads to its own page."""

    model = OrderLine
    can_delete = False
    extra = 0
    fields = readonly_fields = (
        "line",
        "goods_type",
        "amount",
        money_column("paid_fen", _("paid")),
        money_column("granted_fen", _("granted")),
    )
    verbose_name_plural = _("what was ordered")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("product"))
    def line(self, line):
        return link_to(line)

    @admin.display(description=_("quantity"))
    def amount(self, line):
        return with_unit(line.quantity_milli, line.unit)


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "station",
        "buyer",
        "merchant",
        moment_column("ordered_at", _("ordered")),
        "state",
        moment_column("signed_at", _("signed for")),
        "source",
    )
    list_select_related = ("station", "consumer", "merchant")
    list_filter = ("state", "source", PlaceFilter)
    search_fields = ("number",)
    search_help_text = _("Whole order number or whole phone number of the buyer")
    ordering = ("-ordered_at", "-id")
    sortable_by = ()
    fields = readonly_fields = (
        "number",
        "station",
        "buyer",
        "platform",
        "merchant",
        "logistics",
        "ordered_at",
        "state",
        "signed_at",
        money_column("freight_fen", _("freight")),
        "source",
        "created_by",
        "created_at",
        "changed_at",
        "version",
    )
    inlines = (LineInline,)

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=reading.orders_found(search_term).order_by().values("pk")), False

    @admin.display(description=_("consumer"))
    def buyer(self, order):
        return link_to(order.consumer)


@admin.register(OrderLine)
class OrderLineAdmin(ReadOnlyAdmin):
    list_display = (
        "product",
        "order",
        "station",
        "goods_type",
        "amount",
        money_column("paid_fen", _("paid")),
        money_column("granted_fen", _("granted")),
    )
    list_select_related = ("order", "station")
    list_filter = ("goods_type", PlaceFilter)
    search_fields = ("order__number",)
    search_help_text = _("Whole order number or whole phone number of the buyer")
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "product",
        "order_link",
        "station",
        "goods_type",
        "sku",
        "batch",
        "lot",
        "amount",
        money_column("paid_fen", _("paid")),
        money_column("freight_fen", _("share of the freight")),
        money_column("granted_fen", _("granted")),
        money_column("remaining_fen", _("not granted yet")),
        "claims",
    )

    def get_search_results(self, request, queryset, search_term):
        if not search_term.strip():
            return queryset, False
        return queryset.filter(order__in=reading.orders_found(search_term).order_by().values("pk")), False

    @admin.display(description=_("order"))
    def order_link(self, line):
        return link_to(line.order)

    @admin.display(description=_("quantity"))
    def amount(self, line):
        return with_unit(line.quantity_milli, line.unit)

    @admin.display(description=_("claims"))
    def claims(self, line):
        return lines(link_to(claim) for claim in Claim.objects.filter(order_line=line)) or NOTHING
