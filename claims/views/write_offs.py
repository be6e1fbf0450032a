"""Debts that are given up: what waits for a second person, what was decided, and proposing more."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.paging import keyset_page
from claims.forms.fund_books import WriteOffForm
from claims.models import Fund, WriteOff
from claims.models.write_offs import WriteOffState
from claims.queries import fund as reading
from claims.queries import fund_books
from claims.services import write_offs as service
from claims.views.fund import FundPage
from stations.access.guards import require
from stations.models import Party

PAGE_SIZE = 30
NOBODY = "none"
TONES = {
    WriteOffState.PROPOSED: "warn",
    WriteOffState.CONFIRMED: "neutral",
    WriteOffState.CANCELLED: "neutral",
}


class WriteOffPage(FundPage):
    """A page about what is given up of a fund's advances."""

    here = "write_offs"


class WriteOffList(WriteOffPage):
    """All write-offs of a fund, the last ones first."""

    def get(self, request, key):
        fund = self.fund(key)
        page = keyset_page(
            fund_books.write_offs(fund),
            cursor=request.GET.get("cursor", ""),
            order=("-proposed_at", "-id"),
            size=PAGE_SIZE,
        )
        for write_off in page.rows:
            write_off.tone = TONES[write_off.state]
        return self.page(template="claims/write_off_list.html", fund=fund, list_page=page)


class WriteOffNew(WriteOffPage):
    """First the party, then which of its advances are given up, and why."""

    permission = "claims.propose_write_off"

    def get(self, request, key):
        fund = self.fund(key)
        party = request.GET.get("party", "")
        if not party:
            owed = reading.overview(fund, timezone.now()).owed
            return self.page(template="claims/write_off_party.html", fund=fund, owed=owed, nobody=NOBODY)
        return self._page(fund, party)

    def post(self, request, key):
        party = request.GET.get("party", "")
        if not party:
            return self.get(request, key)
        return self._page(self.fund(key), party, request.POST)

    def _page(self, fund: Fund, asked: str, data=None):
        party = self._party(asked)
        now = timezone.now()
        advances = list(fund_books.can_be_written_off(fund, party and party.pk))
        form = WriteOffForm(data, advances=advances)
        if form.is_bound and form.is_valid():
            chosen = list(form.cleaned_data["advances"])
            reason = form.cleaned_data["reason"]
            if form.call(
                service.propose, fund=fund, advances=chosen, reason=reason, by=self.request.user, now=now
            ):
                messages.success(self.request, _("Proposed. A second person has to confirm it."))
                return redirect("claims:write_off_detail", form.result.pk)
        chosen = set(form["advances"].value() or ())
        for advance in advances:
            advance.days = reading.age_days(advance.advanced_at, now)
            advance.is_chosen = str(advance.pk) in chosen
        return self.page(
            template="claims/write_off_new.html",
            status=409 if form.refused else 200,
            fund=fund,
            party=party,
            advances=advances,
            form=form,
        )

    def _party(self, asked: str) -> Party | None:
        if asked == NOBODY:
            return None
        if not (asked.isascii() and asked.isdigit()):
            raise Http404
        return get_object_or_404(Party, pk=int(asked[:18]))


class WriteOffDetail(WriteOffPage):
    """One write-off with its advances; the second person confirms it here."""

    def get(self, request, pk):
        write_off = get_object_or_404(
            WriteOff.objects.select_related("fund", "party", "proposed_by", "decided_by"), pk=pk
        )
        lines = list(fund_books.write_off_lines(write_off))
        for line in lines:
            line.movement = next(
                (each for each in line.advance.given_up if each.business_key == service.key_of(line)), None
            )
            line.is_taken_back = line.movement is not None and hasattr(line.movement, "reversed_by")
        return self.page(
            template="claims/write_off_detail.html",
            fund=write_off.fund,
            write_off=write_off,
            tone=TONES[write_off.state],
            lines=lines,
            total_fen=sum(line.amount_fen for line in lines),
        )


class WriteOffDecide(WriteOffPage):
    """The second person confirms a proposal, or somebody drops it."""

    http_method_names = ["post"]
    STEPS = {
        "confirm": ("claims.confirm_write_off", service.confirm),
        "cancel": ("claims.propose_write_off", service.cancel),
    }

    def post(self, request, pk, step):
        if step not in self.STEPS:
            raise Http404
        permission, act = self.STEPS[step]
        require(request.user, permission)
        write_off = get_object_or_404(WriteOff, pk=pk)
        try:
            act(write_off=write_off, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, refused.message)
        else:
            said = _("Written off.") if step == "confirm" else _("The proposal is dropped.")
            messages.success(request, said)
        return redirect("claims:write_off_detail", write_off.pk)
