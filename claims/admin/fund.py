"""Funds as rows: accounts, movements, limits. Money moves on its own pages and by services."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery, Sum
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web import formats
from aftersales.web.admin import ReadOnlyAdmin
from aftersales.web.admin_columns import (
    NOTHING,
    badge,
    link,
    link_to,
    moment_column,
    money_column,
)
from aftersales.web.admin_filters import DefaultFilter, key_of
from aftersales.web.service_forms import LineField, ServiceForm
from claims.models import Account, Fund, Movement, SpendingLimit
from claims.models.fund import AccountKind, FundKind, LimitKind
from claims.services import fund as service
from stations.access.guards import may_throughout
from stations.models import Region, Station


def _sum_of(kind: str) -> Subquery:
    """The balance of a fund's accounts of one kind."""
    rows = Account.objects.filter(fund=OuterRef("pk"), kind=kind).order_by().values("fund")
    return Subquery(rows.annotate(sum=Sum("balance_fen")).values("sum"))


class OpenForm(ServiceForm):
    """Which fund is opened, and where."""

    county = forms.ModelChoiceField(label=gettext_lazy("County"), queryset=None, empty_label=None)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=FundKind.choices)
    name = LineField(label=gettext_lazy("Name"), max_length=Fund._meta.get_field("name").max_length)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        codes = set(Station.objects.order_by().values_list("county_code", flat=True).distinct())
        own = [code for code in codes if may_throughout(user, "claims.open_fund", code)]
        self.fields["county"].queryset = Region.objects.filter(code__in=own).order_by("code")


@admin.register(Fund)
class FundAdmin(ReadOnlyAdmin):
    door_permissions = {"add_view": "claims.open_fund"}
    add_label = gettext_lazy("Open a fund")
    list_display = (
        "name",
        "kind",
        "balance",
        money_column("open_fen", gettext_lazy("advances to recover")),
        money_column("low_balance_fen", gettext_lazy("warn below")),
        "state",
        "page",
    )
    ordering = ("county_code",)
    sortable_by = ()
    fields = readonly_fields = (
        "name",
        "kind",
        "county_code",
        money_column("cash_fen", gettext_lazy("balance")),
        money_column("open_fen", gettext_lazy("advances to recover")),
        money_column("low_balance_fen", gettext_lazy("warn below")),
        "state",
        "created_at",
        "page",
    )

    def has_add_permission(self, request):
        return request.user.has_perm("claims.open_fund")

    def add_view(self, request, form_url="", extra_context=None):
        """Open a fund of a kind that the county has none of."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = OpenForm(request.POST if request.method == "POST" else None, user=request.user)
        if form.is_bound and form.is_valid():
            values = form.cleaned_data
            county = values.pop("county").code
            now = timezone.now()
            if form.call(service.open_fund, county_code=county, **values, by=request.user, now=now):
                told = _("Opened. It is empty until a deposit is confirmed.")
                self.message_user(request, told, messages.SUCCESS)
                return redirect("claims:fund_detail", form.result.key)
        return self.service_page(
            request,
            form,
            title=_("Open a fund"),
            button=_("Open it"),
            text=_("A county has one fund of each kind. Consumers are paid from the emergency fund."),
        )

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .annotate(cash_fen=_sum_of(AccountKind.CASH), open_fen=_sum_of(AccountKind.ADVANCES))
        )

    @admin.display(description=gettext_lazy("balance"))
    def balance(self, fund):
        amount = formats.money(fund.cash_fen or 0)
        return badge(amount, "bad") if (fund.cash_fen or 0) < fund.low_balance_fen else amount

    @admin.display(description=gettext_lazy("state"))
    def state(self, fund):
        return badge(_("frozen"), "bad") if fund.is_frozen else badge(_("pays out normally"), "good")

    @admin.display(description=gettext_lazy("overview"))
    def page(self, fund):
        try:
            url = reverse("claims:fund_detail", args=[fund.key])
        except NoReverseMatch:
            return NOTHING
        return link(url, _("Months, debts and movements"))


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("name", "fund", money_column("balance_fen", gettext_lazy("balance")))
    list_select_related = ("fund", "party")
    list_filter = ("kind",)
    sortable_by = ()
    fields = readonly_fields = (
        "fund",
        "kind",
        "party",
        money_column("balance_fen", gettext_lazy("balance")),
    )

    @admin.display(description=gettext_lazy("account"))
    def name(self, account):
        return str(account)


@admin.register(Movement)
class MovementAdmin(ReadOnlyAdmin):
    list_display = (
        moment_column("at", gettext_lazy("when")),
        "kind",
        money_column("amount_fen", gettext_lazy("amount")),
        "claim",
        "credit",
        "debit",
        "by",
        "note",
    )
    list_select_related = ("claim", "credit__party", "debit__party", "by")
    list_filter = ("kind",)
    search_fields = ("business_key", "claim__number")
    search_help_text = gettext_lazy("Claim number or business key")
    sortable_by = ()
    fields = readonly_fields = (
        moment_column("at", gettext_lazy("when")),
        "fund",
        "kind",
        money_column("amount_fen", gettext_lazy("amount")),
        "credit",
        "debit",
        "claim_link",
        "reverses_link",
        "reversed_by_link",
        "business_key",
        "note",
        "by",
        "digest",
    )

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        by_claim = queryset.filter(claim__number=text.upper())
        return by_claim | queryset.filter(business_key=text), False

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, movement):
        return link_to(movement.claim)

    @admin.display(description=gettext_lazy("reverses"))
    def reverses_link(self, movement):
        return link_to(movement.reverses)

    @admin.display(description=gettext_lazy("taken back by"))
    def reversed_by_link(self, movement):
        return link_to(Movement.objects.filter(reverses=movement).first())


class LimitFilter(DefaultFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return LimitKind.choices

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value())


class LimitList(ChangeList):
    """The keys of a day's limits name a station by its number: its name is read with the page."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        owners = {limit.pk: key_of(limit.key.partition(":")[0]) for limit in self.result_list}
        stations = Station.objects.in_bulk([key for key in owners.values() if key])
        for limit in self.result_list:
            limit.station = stations.get(owners[limit.pk])


@admin.register(SpendingLimit)
class SpendingLimitAdmin(ReadOnlyAdmin):
    list_display = (
        "period",
        "fund",
        "station",
        money_column("spent_fen", gettext_lazy("spent")),
        money_column("limit_fen", gettext_lazy("limit")),
        "left",
    )
    list_select_related = ("fund",)
    list_filter = (LimitFilter,)
    ordering = ("-id",)
    sortable_by = ()
    fields = readonly_fields = (
        "fund",
        "kind",
        "key",
        money_column("spent_fen", gettext_lazy("spent")),
        money_column("limit_fen", gettext_lazy("limit")),
    )

    def get_changelist(self, request, **kwargs):
        return LimitList

    @admin.display(description=gettext_lazy("period"))
    def period(self, limit):
        return limit.key.rpartition(":")[2]

    @admin.display(description=gettext_lazy("station"))
    def station(self, limit):
        return limit.station or NOTHING

    @admin.display(description=gettext_lazy("still left"))
    def left(self, limit):
        rest = limit.limit_fen - limit.spent_fen
        return badge(formats.money(rest), "bad" if rest == 0 else "good")
