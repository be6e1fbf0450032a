"""The funds of a county: what is in one, who owes it, who keeps it; deposits and counter-entries."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.charts import Point, bar_chart
from aftersales.web.formats import money
from aftersales.web.paging import keyset_page
from claims.forms.fund import DepositForm, ReasonForm, RecoveryForm
from claims.forms.fund_books import FundForm
from claims.models import Advance, Deposit, Fund, Movement
from claims.models.fund import FundKind, MovementKind
from claims.queries import fund as reading
from claims.queries import fund_books
from claims.services import fund as service
from claims.services import recovery, reversals
from claims.views.places import CasePage
from stations.access.guards import require

PAGE_SIZE = 30
NEWEST = 10


class FundPage(CasePage):
    """A page about one fund; other counties' funds do not exist for the person.

    Templates get `here`, the entry of parts/fund_nav.html that the page belongs to.
    """

    permission = "claims.view_fund"
    here = "fund"

    def fund(self, key: str) -> Fund:
        """The fund whose `key` stands in the address."""
        county_code, _dash, kind = key.partition("-")
        fund = get_object_or_404(Fund, county_code=county_code, kind=kind or FundKind.EMERGENCY)
        if fund.key != key:
            raise Http404
        return fund

    def page(self, status: int = 200, template: str = "", **context):
        if context.get("fund") is not None:
            context = {"place": context["fund"].name, **context}
        return super().page(status, template, area="fund", **{"here": self.here, **context})


class FundList(FundPage):
    """Every fund in reach, with what is in it and what is owed to it."""

    def get(self, request):
        return self.page(template="claims/fund_list.html", funds=reading.funds())


class FundDetail(FundPage):
    """The fund on one page, with the forms of those who keep it."""

    def get(self, request, key):
        return self.show(self.fund(key))

    def post(self, request, key):
        require(request.user, "claims.deposit_into_fund")
        fund = self.fund(key)
        form = DepositForm(request.POST)
        if form.is_valid() and form.call(
            service.propose_deposit, fund=fund, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Entered. A second person has to confirm it."))
            return redirect("claims:fund_detail", key)
        return self.show(fund, form, status=409 if form.refused else 200)

    def show(self, fund: Fund, deposit_form: DepositForm | None = None, status: int = 200):
        overview = reading.overview(fund, timezone.now())
        newest = fund_books.movements(fund).order_by("-at", "-id")[:NEWEST]
        return self.page(
            template="claims/fund_detail.html",
            status=status,
            fund=fund,
            overview=overview,
            chart=_chart(overview.months),
            bands=_band_names(),
            movements=fund_books.for_list(newest),
            funds=reading.funds(fund.county_code),
            deposit_form=deposit_form or DepositForm(),
        )


class FundChange(FundPage):
    """A fund is given another name, or another amount below which it warns."""

    permission = "claims.change_fund"

    def get(self, request, key):
        fund = self.fund(key)
        values = {"name": fund.name, "low_balance_fen": fund.low_balance_fen}
        return self._page(fund, FundForm(initial=values))

    def post(self, request, key):
        fund = self.fund(key)
        form = FundForm(request.POST)
        if form.is_valid() and form.call(
            service.change_fund, fund=fund, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("Saved."))
            return redirect("claims:fund_detail", key)
        return self._page(fund, form)

    def _page(self, fund: Fund, form: FundForm):
        return self.page(
            template="claims/reason_confirm.html",
            status=409 if form.refused else 200,
            fund=fund,
            title=_("Name and warning"),
            form=form,
            cancel_url=reverse("claims:fund_detail", args=[fund.key]),
        )


class FundFreeze(FundPage):
    """All payouts of the fund are stopped, or let go on."""

    permission = "claims.freeze_fund"

    def get(self, request, key):
        return self._page(self.fund(key), ReasonForm())

    def post(self, request, key):
        fund = self.fund(key)
        form = ReasonForm(request.POST)
        if form.is_valid() and form.call(
            service.set_frozen,
            fund=fund,
            is_frozen=not fund.is_frozen,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            return redirect("claims:fund_detail", key)
        return self._page(fund, form)

    def _page(self, fund, form):
        if fund.is_frozen:
            title, text = _("Let payouts go on"), _("Approved refunds that waited can be paid again.")
        else:
            title = _("Stop all payouts")
            text = _("Approved refunds wait meanwhile. Deposits and recoveries stay possible.")
        return self.page(
            template="claims/reason_confirm.html",
            status=409 if form.refused else 200,
            title=title,
            text=text,
            form=form,
            is_danger=not fund.is_frozen,
            cancel_url=reverse("claims:fund_detail", args=[fund.county_code]),
            place=fund.name,
        )


class AdvanceList(FundPage):
    """Every open advance of a fund or of one liable party, oldest first."""

    def get(self, request, county_code):
        fund = self.fund(county_code)
        advances = reading.open_advances().filter(fund=fund).select_related("party", "claim")
        party = request.GET.get("party", "")
        if party == "none":
            advances = advances.filter(party__isnull=True)
        elif party.isascii() and party.isdigit():
            advances = advances.filter(party_id=int(party[:18]))
        page = keyset_page(
            advances, cursor=request.GET.get("cursor", ""), order=("advanced_at", "id"), size=PAGE_SIZE
        )
        now = timezone.now()
        for advance in page.rows:
            advance.days = reading.age_days(advance.advanced_at, now)
        return self.page(
            template="claims/advance_list.html",
            fund=fund,
            list_page=page,
            party=page.rows[0].party if party and page.rows else None,
            place=fund.name,
        )


class AdvanceRecover(FundPage):
    """What a liable party has paid back of one advance."""

    permission = "claims.recover_advance"

    def get(self, request, pk):
        advance = self._advance(pk)
        return self._page(advance, RecoveryForm(initial={"amount_fen": advance.open_fen}))

    def post(self, request, pk):
        advance = self._advance(pk)
        form = RecoveryForm(request.POST)
        if form.is_valid() and form.call(
            recovery.recover, advance=advance, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            amount = money(form.result.amount_fen)
            messages.success(request, _("%(amount)s booked as recovered.") % {"amount": amount})
            return redirect("claims:advance_list", advance.county_code)
        return self._page(self._advance(pk), form)

    def _advance(self, pk) -> Advance:
        return get_object_or_404(Advance.objects.select_related("fund", "party", "claim"), pk=pk)

    def _page(self, advance, form):
        return self.page(
            template="claims/advance_recover.html",
            status=409 if form.refused else 200,
            advance=advance,
            days=reading.age_days(advance.advanced_at, timezone.now()),
            form=form,
            place=advance.fund.name,
        )


class MovementReverse(FundPage):
    """A movement is taken back by its opposite."""

    permission = "claims.reverse_movement"

    def get(self, request, pk):
        return self._page(self._movement(pk), ReasonForm())

    def post(self, request, pk):
        movement = self._movement(pk)
        form = ReasonForm(request.POST)
        if form.is_valid() and form.call(
            reversals.reverse,
            movement=movement,
            note=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        ):
            messages.success(request, _("Taken back by a counter-entry."))
            return redirect("claims:fund_movements", movement.fund.key)
        return self._page(movement, form)

    def _movement(self, pk) -> Movement:
        movements = Movement.objects.select_related("fund", "debit", "credit", "claim", "reverses")
        return get_object_or_404(movements.exclude(kind=MovementKind.REVERSAL), pk=pk)

    def _page(self, movement, form):
        text = _("%(kind)s of %(amount)s. The movement stays in the books; its opposite is added.") % {
            "kind": movement.get_kind_display(),
            "amount": money(movement.amount_fen),
        }
        return self.page(
            template="claims/reason_confirm.html",
            status=409 if form.refused else 200,
            title=_("Take a movement back"),
            text=text,
            form=form,
            is_danger=True,
            cancel_url=reverse("claims:fund_movements", args=[movement.fund.key]),
            place=movement.fund.name,
        )


class DepositDecide(FundPage):
    """The second person says that the money is there, or somebody crosses the entry out."""

    http_method_names = ["post"]
    STEPS = {
        "confirm": ("claims.confirm_deposit", service.confirm_deposit),
        "cancel": ("claims.deposit_into_fund", service.cancel_deposit),
    }

    def post(self, request, pk, step):
        if step not in self.STEPS:
            raise Http404
        permission, act = self.STEPS[step]
        require(request.user, permission)
        deposit = get_object_or_404(Deposit.objects.select_related("fund"), pk=pk)
        try:
            act(deposit=deposit, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            said = _("The deposit is booked.") if step == "confirm" else _("The entry is crossed out.")
            messages.success(request, said)
        return redirect("claims:fund_detail", deposit.fund.key)


def _chart(months) -> object:
    return bar_chart(
        _("Paid out by month"),
        [
            Point(f"{month.first_day:%Y-%m}", month.out_fen / 100, money(month.out_fen))
            for month in reversed(months)
        ],
    )


def _band_names() -> list[str]:
    return [
        _("up to 30 days"),
        _("31 to 60 days"),
        _("61 to 90 days"),
        _("over 90 days"),
    ]
