"""Contracts with service providers: the list, a new one, one with its fees and accounts, its end."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.paging import keyset_page
from aftersales.web.service_forms import ServiceForm
from claims.forms.contracts import ContractEndForm, ContractForm, DeskCloseForm, DeskForm, FeeForm
from claims.models import Contract, FeeLine
from claims.models.availability import Weekday
from claims.queries import contracts as reading
from claims.services import contracts as service
from claims.views.places import CasePage
from stations.access.guards import require
from stations.models import ProviderDesk, Region, Station
from stations.models.network import StationState
from stations.models.parties import PartyKind
from stations.services import parties, provider_desks

KEEP, READ = "claims.keep_contracts", "claims.order_from_provider"
PAGE_SIZE = 30
STANDS = {
    "valid": (gettext_lazy("valid"), "good"),
    "ahead": (gettext_lazy("not valid yet"), "wait"),
    "ended": (gettext_lazy("ended before its time"), "neutral"),
    "over": (gettext_lazy("run out"), "neutral"),
}


class ContractPage(CasePage):
    """A page about contracts: read by whoever sends providers out, kept by the manager."""

    permission = (KEEP, READ)

    def page(self, status: int = 200, template: str = "", **context):
        return super().page(status, template, here="contracts", area="providers", **context)

    def contract(self, pk) -> Contract:
        return get_object_or_404(reading.contracts(), pk=pk)


class ContractList(ContractPage):
    """Every contract of the places one sees, the latest first."""

    template_name = "claims/contract_list.html"

    def get(self, request):
        page = keyset_page(
            reading.contracts(),
            cursor=request.GET.get("cursor", ""),
            order=("-valid_from", "-id"),
            size=PAGE_SIZE,
        )
        for contract in page.rows:
            mark(contract)
        return self.page(list_page=page)


class ContractNew(ContractPage):
    """A contract that was signed on paper is written down here; its fees come next."""

    permission = KEEP
    template_name = "claims/contract_new.html"

    def get(self, request):
        return self.page(form=ContractForm(stations=self._stations()))

    def post(self, request):
        form = ContractForm(request.POST, stations=self._stations())
        if form.is_valid() and form.call(self._make, **form.cleaned_data):
            messages.success(request, _("The contract is written down. Now enter its fees."))
            return redirect("claims:contract_detail", form.result.pk)
        return self.page(form=form, status=409 if form.refused else 200)

    def _make(self, *, provider: str, **given) -> Contract:
        by, now = self.request.user, timezone.now()
        with transaction.atomic():
            party = parties.find_or_create(kind=PartyKind.PROVIDER, name=provider, by=by, now=now)
            return service.make(provider=party, by=by, now=now, **given)

    @staticmethod
    def _stations():
        return Station.objects.filter(state=StationState.OPERATING).order_by("tier", "name", "id")


class ContractDetail(ContractPage):
    """One contract: days, fees, accounts of the provider; adding a fee."""

    template_name = "claims/contract_detail.html"

    def get(self, request, pk):
        return self._page(self.contract(pk), FeeForm())

    def post(self, request, pk):
        require(request.user, KEEP)
        contract = self.contract(pk)
        form = FeeForm(request.POST)
        if form.is_valid() and form.call(
            service.add_fee, contract=contract, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The fee is part of the contract."))
            return redirect("claims:contract_detail", pk)
        return self._page(contract, form)

    def _page(self, contract: Contract, form: FeeForm):
        mark(contract)
        return self.page(
            contract=contract,
            form=form,
            fees=contract.fee_lines.all(),
            desks=reading.desks_of(contract),
            place=contract.station,
            status=409 if form.refused else 200,
        )


class FeeRemove(ContractPage):
    """Takes a fee out that was mistyped, before anybody has ordered by it."""

    permission = KEEP
    template_name = "claims/fee_remove.html"

    def get(self, request, pk):
        return self._page(self._line(pk), ServiceForm())

    def post(self, request, pk):
        line, form = self._line(pk), ServiceForm(request.POST)
        if form.is_valid() and form.call(service.remove_fee, line=line, by=request.user, now=timezone.now()):
            messages.success(request, _("The fee is taken out."))
            return redirect("claims:contract_detail", line.contract_id)
        return self._page(line, form)

    def _line(self, pk) -> FeeLine:
        return get_object_or_404(FeeLine.objects.select_related("contract__provider"), pk=pk)

    def _page(self, line, form):
        return self.page(line=line, contract=line.contract, form=form, status=409 if form.refused else 200)


class ContractEnd(ContractPage):
    """Ends a contract from a day on, with a reason."""

    permission = KEEP
    template_name = "claims/contract_end.html"

    def get(self, request, pk):
        today = timezone.localdate()
        return self._page(self.contract(pk), ContractEndForm(initial={"ended_on": today}))

    def post(self, request, pk):
        contract, form = self.contract(pk), ContractEndForm(request.POST)
        if form.is_valid() and form.call(
            service.end, contract=contract, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The contract is ended."))
            return redirect("claims:contract_detail", pk)
        return self._page(contract, form)

    def _page(self, contract, form):
        return self.page(contract=contract, form=form, status=409 if form.refused else 200)


class DeskNew(ContractPage):
    """An account for the provider of a contract; its one-time password is shown once."""

    permission = KEEP
    template_name = "claims/provider_desk_new.html"

    def get(self, request, pk):
        return self.page(contract=self.contract(pk), form=DeskForm())

    def post(self, request, pk):
        contract, form = self.contract(pk), DeskForm(request.POST)
        if form.is_valid() and form.call(self._open, contract=contract, **form.cleaned_data):
            opened = form.result
            return self.page(
                template="claims/provider_desk_password.html",
                contract=contract,
                desk=opened.desk,
                password=opened.password,
            )
        return self.page(contract=contract, form=form, status=409 if form.refused else 200)

    def _open(self, *, contract: Contract, **given):
        return provider_desks.open_desk(
            provider=contract.provider,
            county=Region.objects.get(pk=contract.county_code),
            by=self.request.user,
            now=timezone.now(),
            **given,
        )


class DeskClose(ContractPage):
    """Takes an account of a provider back."""

    permission = KEEP
    template_name = "claims/provider_desk_close.html"

    def get(self, request, pk):
        return self._page(self._desk(pk), DeskCloseForm())

    def post(self, request, pk):
        desk, form = self._desk(pk), DeskCloseForm(request.POST)
        if form.is_valid() and form.call(
            provider_desks.close_desk, desk=desk, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The account is taken back."))
            return redirect("claims:contract_list")
        return self._page(desk, form)

    def _desk(self, pk) -> ProviderDesk:
        return get_object_or_404(ProviderDesk.objects.select_related("user", "provider"), pk=pk)

    def _page(self, desk, form):
        return self.page(desk=desk, form=form, status=409 if form.refused else 200)


def mark(contract: Contract) -> None:
    """Say how a contract stands today, and on which days it counts."""
    contract.stands, contract.tone = STANDS[reading.stands(contract, timezone.localdate())]
    contract.day_words = [str(Weekday(day).label) for day in contract.weekdays]
