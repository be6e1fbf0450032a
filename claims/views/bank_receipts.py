"""One payment of a liable party, spread over what it owes: shown first, then booked."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.formats import money
from claims.forms.recovery import BankReceiptForm, shown_parts
from claims.queries import recovery as reading
from claims.services import recovery
from claims.views.recovery import RecoveryPage


class BankReceiptNew(RecoveryPage):
    """Amount and reference are entered, the parts are looked at, then they are booked."""

    permission = "claims.recover_advance"

    def get(self, request, county_code, party):
        return self._page(county_code, party, BankReceiptForm())

    def post(self, request, county_code, party):
        fund = self.fund(county_code)
        payer = self.party(fund, party)
        form = BankReceiptForm(request.POST)
        if not form.is_valid() or "change" in request.POST:
            return self._page(county_code, party, form)
        given = dict(form.cleaned_data)
        shown = given.pop("shown")
        if shown is None:
            return self._page(county_code, party, form, plan=self._plan(form, fund, payer))
        if form.call(
            recovery.book_receipt,
            fund=fund,
            party=payer,
            expected=shown,
            by=request.user,
            now=timezone.now(),
            **given,
        ):
            said = _("%(amount)s booked on %(count)s advances.")
            parts = {"amount": money(form.result.amount_fen), "count": len(form.result.parts)}
            messages.success(request, said % parts)
            return redirect("claims:recovery_party", fund.key, payer.pk)
        is_stale = form.refused.code == "plan_changed"
        return self._page(county_code, party, form, plan=self._plan(form, fund, payer) if is_stale else None)

    def _plan(self, form, fund, payer):
        """The parts to look at; nothing when the form cannot be booked as it is."""
        try:
            return recovery.plan(fund=fund, party=payer, amount_fen=form.cleaned_data["amount_fen"])
        except Refused as refused:
            form.refuse(refused)
            return None

    def _page(self, county_code, party, form, plan=None):
        fund = self.fund(county_code)
        payer = self.party(fund, party)
        aged = [row for row in reading.ageing(fund, timezone.now()) if row.party_id == payer.pk]
        return self.show(
            "bank_receipt_new",
            fund,
            status=409 if form.refused else 200,
            party=payer,
            form=form,
            plan=plan,
            shown=shown_parts(plan) if plan else "",
            open_fen=aged[0].open_fen if aged else 0,
        )
