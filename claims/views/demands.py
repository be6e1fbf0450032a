"""Demands: sent, looked at, printed with their dossier, withdrawn."""

from datetime import timedelta

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.capitals import fen_in_capitals
from aftersales.web.exports import safe_file_name
from claims.forms.fund import ReasonForm
from claims.forms.recovery import DemandForm
from claims.models import Demand
from claims.queries import recovery as reading
from claims.queries.policies import policy_for
from claims.rules.recovery import DEMAND_LINES
from claims.services import demands as service
from claims.views import demand_dossiers as dossiers
from claims.views.recovery import RecoveryPage
from stations.models import Region


class DemandNew(RecoveryPage):
    """Which advances of a party are asked back in one letter."""

    permission = "claims.send_demand"

    def get(self, request, county_code, party):
        return self._page(county_code, party, DemandForm())

    def post(self, request, county_code, party):
        fund = self.fund(county_code)
        form = DemandForm(request.POST)
        if form.is_valid() and form.call(
            service.send,
            fund=fund,
            party=self.party(fund, party),
            by=request.user,
            now=timezone.now(),
            **form.cleaned_data,
        ):
            said = _("Demand %(number)s is written down. Print the letter and send it.")
            messages.success(request, said % {"number": form.result.number})
            return redirect("claims:demand_detail", form.result.pk)
        return self._page(county_code, party, form)

    def _page(self, county_code, party, form):
        fund = self.fund(county_code)
        party = self.party(fund, party)
        advances = list(reading.demandable(fund, party)[: DEMAND_LINES + 1])
        chosen = set(form.data.getlist("advances")) if form.is_bound else None
        for advance in advances:
            advance.is_chosen = chosen is None or str(advance.pk) in chosen
        today = timezone.localdate()
        return self.show(
            "demand_new",
            fund,
            status=409 if form.refused else 200,
            party=party,
            form=form,
            advances=advances[:DEMAND_LINES],
            is_cut=len(advances) > DEMAND_LINES,
            sum_fen=sum(advance.open_fen for advance in advances[:DEMAND_LINES]),
            due_on=today + timedelta(days=policy_for(fund.county_code, today).demand_days),
        )


class DemandPage(RecoveryPage):
    """A page about one demand."""

    def demand(self, pk: int) -> Demand:
        return get_object_or_404(Demand.objects.select_related("fund", "party", "sent_by"), pk=pk)


class DemandDetail(DemandPage):
    """What was demanded, what is still open, and when the party was reminded."""

    def get(self, request, pk):
        demand = self.demand(pk)
        lines = reading.lines_of(demand)
        rest_fen = sum(min(line.amount_fen, line.advance.open_fen) for line in lines if not line.outcome)
        today = timezone.localdate()
        return self.show(
            "demand_detail",
            demand.fund,
            demand=demand,
            lines=lines,
            rest_fen=rest_fen,
            reminders=list(demand.reminded.all()),
            days_late=(today - demand.due_on).days if demand.is_running else 0,
        )


class DemandLetter(DemandPage):
    """The letter with its dossier on paper; `?reminder=2` prints the second reminder."""

    permission = "claims.send_demand"

    def get(self, request, pk):
        demand = self.demand(pk)
        return self.show("demand_letter", demand.fund, **letter(demand, self._reminder(demand)))

    def _reminder(self, demand: Demand):
        turn = self.request.GET.get("reminder", "")
        if not turn:
            return None
        if not (turn.isascii() and turn.isdigit() and len(turn) < 4):
            raise Http404
        return get_object_or_404(demand.reminded, turn=int(turn))


class DemandDossier(DemandPage):
    """The letter with every picture in one archive, to be sent by mail."""

    permission = "claims.send_demand"

    def get(self, request, pk):
        demand = self.demand(pk)
        facts = letter(demand, None)
        archive = dossiers.archive(facts)
        trail.record(
            "demand.dossier_made",
            by=request.user,
            obj=demand,
            after={"number": demand.number, "claims": len(facts["entries"])},
            at=timezone.now(),
        )
        response = FileResponse(
            archive,
            as_attachment=True,
            filename=safe_file_name(demand.number, "zip"),
            content_type="application/zip",
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


class DemandWithdraw(DemandPage):
    """A demand that should not have been sent is taken back."""

    permission = "claims.send_demand"

    def get(self, request, pk):
        return self._page(self.demand(pk), ReasonForm())

    def post(self, request, pk):
        demand = self.demand(pk)
        form = ReasonForm(request.POST)
        if form.is_valid() and form.call(
            service.withdraw, demand=demand, by=request.user, now=timezone.now(), **form.cleaned_data
        ):
            messages.success(request, _("The demand is withdrawn; its advances can be demanded anew."))
            return redirect("claims:demand_detail", demand.pk)
        return self._page(demand, form)

    def _page(self, demand, form):
        return self.page(
            template="claims/reason_confirm.html",
            status=409 if form.refused else 200,
            fund=demand.fund,
            title=_("Withdraw the demand"),
            text=_("%(number)s to %(party)s. Tell the party that the letter no longer counts.")
            % {"number": demand.number, "party": demand.party.name},
            form=form,
            is_danger=True,
            cancel_url=reverse("claims:demand_detail", args=[demand.pk]),
        )


def letter(demand: Demand, reminder) -> dict[str, object]:
    """What the letter shows: everything in a demand, what is left of it in a reminder."""
    lines = reading.lines_of(demand)
    if reminder is not None:
        lines = [line for line in lines if not line.outcome]
    entries = dossiers.entries(lines, is_rest=reminder is not None)
    sum_fen = sum(entry.asked_fen for entry in entries)
    return {
        "demand": demand,
        "reminder": reminder,
        "entries": entries,
        "sum_fen": sum_fen,
        "capitals": fen_in_capitals(sum_fen),
        "written_on": reminder.sent_on if reminder else timezone.localdate(demand.sent_at),
        "county": _county_name(demand),
        "fund_name": demand.fund.name,
        "is_withdrawn": demand.state == "withdrawn",
    }


def _county_name(demand: Demand) -> str:
    """The county whose office signs; its fund's name where the region is not known."""
    region = Region.objects.filter(code=demand.county_code).first()
    return region.name if region else demand.fund.name
