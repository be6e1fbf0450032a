"""Payouts of a fund by what they wait for, one payout, and each step with it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.web.paging import keyset_page
from claims.forms.payouts import AccountForm, AgainForm, FailForm, NothingForm, ReferenceForm
from claims.models import Claim, Payout
from claims.models.compensation import PayoutMethod
from claims.queries import payouts as reading
from claims.rules.payouts import CAME_BACK, PayoutState, PayoutStep, to_state
from claims.services import bank_accounts
from claims.services import payouts as service
from claims.views import list_files
from claims.views.fund import FundPage
from claims.views.payout_words import mark
from claims.views.places import CasePage
from stations.access.list_exports import export_asked, list_export
from stations.access.places import permissions

PAGE_SIZE = 30
RECORD, HAND_OUT, ASK = "claims.record_payout", "claims.execute_payout", "claims.record_choice"
TABS = {
    "owed": gettext_lazy("Did not arrive"),
    "to_send": gettext_lazy("For the bank file"),
    "in_file": gettext_lazy("At the bank"),
    "to_instruct": gettext_lazy("To order at the platform"),
    "instructed": gettext_lazy("At the platform"),
    "unsigned": gettext_lazy("Receipt not signed"),
    "all": gettext_lazy("All"),
}
EMPTY = {
    "owed": gettext_lazy("Every refund has arrived or is on its way."),
    "to_send": gettext_lazy("No transfer waits for a file."),
    "unsigned": gettext_lazy("A signed receipt is kept for every refund in cash."),
}


class PayoutList(FundPage):
    """What a fund has paid out and where it is; `?tab=` says which list."""

    permission = RECORD
    here = "payouts"
    template_name = "claims/payout_list.html"

    def get(self, request, county_code):
        fund, now = self.fund(county_code), timezone.now()
        tab = request.GET.get("tab", "owed")
        tab = tab if tab in TABS else "owed"
        order = {"owed": ("settled_at", "id"), "all": reading.RECENT_ORDER}.get(tab, reading.OLDEST_ORDER)
        if form := export_asked(request):
            return list_export(
                request,
                form,
                title=_("Payouts"),
                columns=list_files.payout_columns(),
                rows=reading.in_tab(fund, tab).order_by(*order),
                cells=list_files.payout_cells,
                filters=[(_("List"), str(TABS[tab]))],
                about=fund,
            )
        page = keyset_page(
            reading.in_tab(fund, tab), cursor=request.GET.get("cursor", ""), order=order, size=PAGE_SIZE
        )
        for payout in page.rows:
            mark(payout, now)
        counts = reading.counts(fund)
        return self.page(
            fund=fund,
            list_page=page,
            tab=tab,
            tabs=[(key, label, *counts.get(key, (0, 0))) for key, label in TABS.items()],
            empty=EMPTY.get(tab, _("Nothing here.")),
            batches=reading.batches(fund)[:PAGE_SIZE] if tab in ("to_send", "in_file") else [],
            to_send=counts.get("to_send", (0, 0)),
        )


class PayoutPage(CasePage):
    """A page about one payout, for the county and for the station it belongs to."""

    permission = (RECORD, HAND_OUT)

    def page(self, status: int = 200, template: str = "", **context):
        return super().page(status, template, area="fund", **context)

    def payout(self, pk) -> Payout:
        rows = Payout.objects.select_related(
            "compensation",
            "claim__consumer",
            "claim__order_line__order__platform",
            "station",
            "account",
            "batch",
            "made_by",
            "settled_by",
            "signed_by",
            "fund",
        )
        return get_object_or_404(rows, pk=pk)


class PayoutDetail(PayoutPage):
    """One payout: where it is, every try before and after, and what can be done."""

    template_name = "claims/payout_detail.html"

    def get(self, request, pk):
        payout, now = self.payout(pk), timezone.now()
        tries = [
            mark(each, now)
            for each in reading.of_claim(payout.claim)
            if each.compensation_id == payout.compensation_id
        ]
        may = permissions(request.user, payout)
        is_last = tries[0].pk == payout.pk
        return self.page(
            payout=mark(payout, now),
            claim=payout.claim,
            tries=tries,
            known=bank_accounts.in_use(payout.claim.consumer_id) if payout.came_back and is_last else None,
            steps=[
                {"label": step.title, "icon": step.icon, "style": step.style, "url": _step_url(payout, key)}
                for key, step in STEPS.items()
                if may.intersection(step.permissions) and step.fits(payout, is_last)
            ],
            place=payout.station,
        )


@dataclass(frozen=True)
class Step:
    """One thing that can be done with a payout: who may, what is asked, what is said when it was done."""

    permissions: frozenset[str]
    title: str
    text: str
    done: str
    icon: str
    states: frozenset[str]
    style: str = ""
    only_last: bool = False

    def fits(self, payout: Payout, is_last: bool) -> bool:
        signed = self is STEPS["signed"] and payout.signed_at is not None
        return payout.state in self.states and (is_last or not self.only_last) and not signed


def _from(step: PayoutStep) -> frozenset[str]:
    return frozenset(state for state in PayoutState if to_state(step, state) is not None)


STEPS = {
    "again": Step(
        frozenset({RECORD, HAND_OUT}),
        gettext_lazy("Pay it again"),
        gettext_lazy("The fund has the money and still owes it to the villager."),
        gettext_lazy("Paid again."),
        "yuan",
        CAME_BACK,
        "main",
        only_last=True,
    ),
    "instructed": Step(
        frozenset({RECORD}),
        gettext_lazy("The platform was told"),
        gettext_lazy("Order the refund in the platform's own system first, then note it here."),
        gettext_lazy("Noted."),
        "check",
        _from(PayoutStep.INSTRUCT),
        "main",
    ),
    "confirmed": Step(
        frozenset({RECORD}),
        gettext_lazy("The money has arrived"),
        gettext_lazy("The bank or the platform has confirmed it."),
        gettext_lazy("Noted."),
        "check-circle",
        _from(PayoutStep.CONFIRM),
        "main",
    ),
    "failed": Step(
        frozenset({RECORD}),
        gettext_lazy("It did not arrive"),
        gettext_lazy("The amount is booked back into the fund, and the villager is still owed it."),
        gettext_lazy("Booked back. It can be paid again now."),
        "stop",
        _from(PayoutStep.FAIL) | _from(PayoutStep.RETURN),
        "bad",
    ),
    "signed": Step(
        frozenset({HAND_OUT}),
        gettext_lazy("The receipt is signed"),
        gettext_lazy("The villager has signed on paper, and the paper is in the station's file."),
        gettext_lazy("Noted."),
        "pencil",
        frozenset({PayoutState.HANDED_OVER}),
        "main",
    ),
}


class PayoutAct(PayoutPage):
    """One step with a payout: what it means, what it needs, and the button."""

    template_name = "claims/payout_act.html"

    def get(self, request, pk, step):
        payout = self._find(pk, step)
        return self._page(payout, step, self._form(payout, step))

    def post(self, request, pk, step):
        payout = self._find(pk, step)
        form = self._form(payout, step, request.POST)
        if form.is_valid() and form.call(self._act, payout=payout, step=step, form=form):
            messages.success(request, str(STEPS[step].done))
            return redirect("claims:payout_detail", form.result.pk)
        return self._page(self.payout(pk), step, form)

    def _find(self, pk, step) -> Payout:
        if step not in STEPS:
            raise Http404
        payout = self.payout(pk)
        if not permissions(self.request.user, payout).intersection(STEPS[step].permissions):
            raise Http404
        return payout

    def _form(self, payout, step, data=None):
        if step == "again":
            return AgainForm(data, channels=self._channels(payout))
        forms = {
            "failed": FailForm,
            "signed": NothingForm,
            "instructed": ReferenceForm,
            "confirmed": ReferenceForm,
        }
        return forms[step](data)

    def _channels(self, payout) -> list[str]:
        """A station hands out cash; the other ways are the county's."""
        if RECORD in permissions(self.request.user, payout):
            return PayoutMethod.values
        return [PayoutMethod.CASH.value]

    def _act(self, *, payout, step, form):
        common = {"by": self.request.user, "now": timezone.now(), **form.cleaned_data}
        services = {
            "again": service.pay_again,
            "failed": service.fail,
            "signed": service.note_signature,
            "instructed": service.instruct,
            "confirmed": service.confirm,
        }
        return services[step](payout=payout, **common)

    def _page(self, payout, step, form):
        return self.page(
            payout=payout,
            claim=payout.claim,
            form=form,
            step=STEPS[step],
            known=bank_accounts.in_use(payout.claim.consumer_id) if step == "again" else None,
            cancel_url=reverse("claims:payout_detail", args=[payout.pk]),
            place=payout.station,
            status=409 if form.refused else 200,
        )


class ClaimAccount(CasePage):
    """The bank account to which transfers for this claim's consumer go from now on."""

    permission = ASK
    template_name = "claims/claim_account.html"

    def get(self, request, number):
        return self._page(self._claim(number), AccountForm())

    def post(self, request, number):
        claim, form = self._claim(number), AccountForm(request.POST)
        if form.is_valid() and form.call(
            bank_accounts.record,
            consumer=claim.consumer,
            claim=claim,
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            messages.success(request, _("The account is kept. The county can transfer to it now."))
            return redirect("claims:claim_detail", number)
        return self._page(claim, form)

    def _claim(self, number) -> Claim:
        return get_object_or_404(Claim.objects.select_related("consumer", "station"), number=number)

    def _page(self, claim, form):
        return self.page(
            claim=claim,
            form=form,
            known=bank_accounts.in_use(claim.consumer_id),
            place=claim.station,
            status=409 if form.refused else 200,
        )


def _step_url(payout: Payout, step: str) -> str:
    return reverse("claims:payout_act", args=[payout.pk, step])
