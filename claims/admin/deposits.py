"""Money that comes into the fund: deposits that two people see to, and what liable parties pay back."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.errors import Refused
from aftersales.web.admin import ReadOnlyAdmin, ServiceAction
from aftersales.web.admin_columns import badge, link_to, moment_column, money_column
from aftersales.web.admin_filters import DefaultFilter
from aftersales.web.formats import money
from aftersales.web.service_forms import LineField, ServiceForm, YuanField
from claims.models import Advance, Deposit, Fund
from claims.models.fund import DepositState
from claims.queries.fund import age_days, open_advances
from claims.services import fund as service
from claims.services.recovery import REFERENCE_SIGNS, recover

ALL = "all"
STATE_TONES = {
    DepositState.PROPOSED: "warn",
    DepositState.CONFIRMED: "good",
    DepositState.CANCELLED: "neutral",
}
OLD_DAYS = 60


class DepositForm(ServiceForm):
    """What the bank statement says."""

    fund = forms.ModelChoiceField(label=gettext_lazy("Fund"), queryset=None, empty_label=None)
    amount_fen = YuanField(label=gettext_lazy("Amount in yuan"), positive=True)
    reference = LineField(
        label=gettext_lazy("Bank reference"),
        max_length=REFERENCE_SIGNS,
        help_text=gettext_lazy("The number of the transfer on the bank statement; it can be used once."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = Fund.objects.order_by("county_code")


class DepositFilter(DefaultFilter):
    """Those that wait for a second person, unless others are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*DepositState.choices, (ALL, _("All"))]

    def queryset(self, request, queryset):
        return queryset if self.value() == ALL else queryset.filter(state=self.value())


@admin.register(Deposit)
class DepositAdmin(ReadOnlyAdmin):
    door_permissions = {"add_view": "claims.deposit_into_fund"}
    list_display = (
        "reference",
        "fund",
        money_column("amount_fen", gettext_lazy("amount")),
        "proposed_by",
        moment_column("proposed_at", gettext_lazy("entered")),
        "confirmed_by",
        "state_shown",
    )
    list_select_related = ("fund", "proposed_by", "confirmed_by")
    add_label = gettext_lazy("Enter a deposit")
    list_filter = (DepositFilter,)
    sortable_by = ()
    fields = readonly_fields = (
        "reference",
        "fund",
        money_column("amount_fen", gettext_lazy("amount")),
        "state_shown",
        "proposed_by",
        "proposed_at",
        "confirmed_by",
        "confirmed_at",
    )
    actions = (
        ServiceAction(
            "confirm",
            gettext_lazy("Confirm that the money is there"),
            permission="claims.confirm_deposit",
            service=service.confirm_deposit,
            argument="deposit",
        ),
        ServiceAction(
            "cancel",
            gettext_lazy("Cross out"),
            permission="claims.deposit_into_fund",
            service=service.cancel_deposit,
            argument="deposit",
            is_dangerous=True,
        ),
    )

    def has_add_permission(self, request):
        return request.user.has_perm("claims.deposit_into_fund")

    def add_view(self, request, form_url="", extra_context=None):
        """Enter a deposit; a second person confirms it later."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = DepositForm(request.POST if request.method == "POST" else None)
        if (
            form.is_bound
            and form.is_valid()
            and form.call(service.propose_deposit, **form.cleaned_data, by=request.user, now=timezone.now())
        ):
            told = _("Entered. It counts once a second person has confirmed it.")
            self.message_user(request, told, messages.SUCCESS)
            return redirect("admin:claims_deposit_changelist")
        return self.service_page(
            request,
            form,
            title=_("Enter a deposit"),
            button=_("Enter it"),
            text=_("Nothing is booked until somebody else has confirmed that the money is there."),
        )

    @admin.display(description=gettext_lazy("state"))
    def state_shown(self, deposit):
        return badge(deposit.get_state_display(), STATE_TONES[deposit.state])


class RecoveryForm(forms.Form):
    """What a liable party paid back; without an amount, all that is still open."""

    amount_fen = YuanField(
        label=gettext_lazy("Amount in yuan"),
        positive=True,
        required=False,
        help_text=gettext_lazy("Empty: all that is still open on each chosen advance."),
    )
    reference = LineField(label=gettext_lazy("Bank reference"), max_length=REFERENCE_SIGNS)


def _recover(*, advance: Advance, amount_fen: int | None, reference: str, by, now):
    """Book a recovery; all that is open without an amount. Raises what recovery.recover raises."""
    if amount_fen is None and not advance.open_fen:
        raise Refused(_("Nothing is open on this advance."), code="over_open")
    wanted = advance.open_fen if amount_fen is None else amount_fen
    return recover(advance=advance, amount_fen=wanted, reference=reference, by=by, now=now)


class Recovery(ServiceAction):
    def name_of(self, row):
        return " · ".join(filter(None, [row.claim.number, str(row.party or ""), money(row.open_fen)]))


class OpenFilter(DefaultFilter):
    """Advances on which something is still owed, unless all are asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("open", _("Still open")), (ALL, _("All"))]

    def queryset(self, request, queryset):
        if self.value() == ALL:
            return queryset
        return queryset.filter(pk__in=open_advances().order_by().values("pk"))


class PartyFilter(admin.SimpleListFilter):
    """The parties that owe something to the funds in the scope."""

    title = gettext_lazy("liable party")
    parameter_name = "party"

    def lookups(self, request, model_admin):
        owing = open_advances().filter(party__isnull=False).order_by("party__name")
        return [(str(key), name) for key, name in owing.values_list("party", "party__name").distinct()[:50]]

    def queryset(self, request, queryset):
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(party_id=int(self.value())) if self.value() in known else queryset


@admin.register(Advance)
class AdvanceAdmin(ReadOnlyAdmin):
    list_display = (
        "number",
        "party",
        money_column("amount_fen", gettext_lazy("amount")),
        money_column("recovered_fen", gettext_lazy("recovered")),
        money_column("open_fen", gettext_lazy("still open")),
        moment_column("advanced_at", gettext_lazy("advanced")),
        "age",
    )
    list_select_related = ("claim", "party")
    list_filter = (OpenFilter, PartyFilter)
    ordering = ("advanced_at", "id")
    sortable_by = ()
    fields = readonly_fields = (
        "claim_link",
        "fund",
        "party",
        money_column("amount_fen", gettext_lazy("amount")),
        money_column("recovered_fen", gettext_lazy("recovered")),
        money_column("open_fen", gettext_lazy("still open")),
        "advanced_at",
        "reversed_at",
        "payout",
    )
    actions = (
        Recovery(
            "recover",
            gettext_lazy("Book what was paid back"),
            permission="claims.recover_advance",
            service=_recover,
            argument="advance",
            form=RecoveryForm,
        ),
    )

    @admin.display(description=gettext_lazy("claim"))
    def number(self, advance):
        return advance.claim.number

    @admin.display(description=gettext_lazy("claim"))
    def claim_link(self, advance):
        return link_to(advance.claim)

    @admin.display(description=gettext_lazy("payout"))
    def payout(self, advance):
        return link_to(advance.movement)

    @admin.display(description=gettext_lazy("days open"))
    def age(self, advance):
        if not advance.open_fen:
            return badge(_("settled"), "good")
        days = age_days(advance.advanced_at, timezone.now())
        return badge(str(days), "bad" if days > OLD_DAYS else "neutral")
