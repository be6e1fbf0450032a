"""Incentives: one's own month, the county's statement, its payment by two people."""

from __future__ import annotations

from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.lib.capitals import fen_in_capitals
from aftersales.web import exports
from claims.models import Fund
from claims.models.incentives import BatchState, IncentiveState
from claims.queries import incentives as reading
from claims.queries.figures import months_back
from claims.queries.fund import running_fund_of
from claims.rules.incentives import PASSING
from claims.views.incentive_words import AGAINST
from claims.views.places import CasePage
from stations.access.places import own_station
from stations.models import Agent

MONTHS_OFFERED = 12
STATE_TONES = {
    IncentiveState.DUE: "info",
    IncentiveState.PAID: "good",
    IncentiveState.CANCELLED: "neutral",
}
BATCH_TONES = {
    BatchState.PROPOSED: "warn",
    BatchState.CONFIRMED: "good",
    BatchState.CANCELLED: "neutral",
}


def month_asked(request) -> date:
    """The month in ?month=2026-11, else the present one; 404 for anything else."""
    asked, today = request.GET.get("month", ""), timezone.localdate()
    if not asked:
        return today.replace(day=1)
    try:
        month = date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise Http404 from None
    if not date(2020, 1, 1) <= month <= today:
        raise Http404
    return month


def months_offered() -> list[date]:
    return months_back(timezone.localdate(), MONTHS_OFFERED)[::-1]


class OwnIncentives(CasePage):
    """What the person who looks has earned in a month, and which closed claims have not earned and why."""

    permission = "claims.view_own_incentives"
    template_name = "claims/incentive_own.html"

    def get(self, request):
        month, now = month_asked(request), timezone.now()
        is_present = month == timezone.localdate(now).replace(day=1)
        own = reading.of_person(request.user, month, now=now, with_reasons=is_present)
        for incentive in own.incentives:
            incentive.tone = STATE_TONES[incentive.state]
        return self.page(
            month=month,
            months=months_offered(),
            own=own,
            not_earned=[
                {
                    "claim": verdict.claim,
                    "reasons": [AGAINST[reason] for reason in verdict.reasons],
                    "may_still": set(verdict.reasons) <= PASSING,
                }
                for verdict in own.not_earned
                if verdict.reasons
            ],
            place=own_station(request.user),
        )


class IncentivePage(CasePage):
    """A page about the incentives of one county; other counties do not exist for the person."""

    permission = "claims.view_incentive"

    def fund(self, county_code: str) -> Fund:
        """The fund they are paid from; a county without one pays nothing and has no page."""
        fund = running_fund_of(county_code)
        if fund is None:
            raise Http404
        return fund

    def page(self, status: int = 200, template: str = "", **context):
        fund = context.get("fund")
        place = {"place": fund.name} if fund else {}
        return super().page(status, template, **{"here": "incentives", "area": "fund", **place, **context})


class IncentiveList(IncentivePage):
    """The county's month by agent, its payments, and the way to put one together; XLSX with ?format=xlsx."""

    template_name = "claims/incentive_list.html"

    def get(self, request, county_code):
        fund, month = self.fund(county_code), month_asked(request)
        form = request.GET.get("format", "")
        if form:
            return self._export(fund, month, form)
        lines = reading.statement(county_code, month)
        batches = list(reading.batches(county_code, month))
        for batch in batches:
            batch.tone = BATCH_TONES[batch.state]
        unpaid = list(reading.unpaid(county_code, month).values_list("amount_fen", flat=True))
        return self.page(
            fund=fund,
            month=month,
            months=months_offered(),
            lines=lines,
            due_fen=sum(line.due_fen for line in lines),
            paid_fen=sum(line.paid_fen for line in lines),
            claims=sum(line.claims for line in lines),
            batches=batches,
            unpaid_fen=sum(unpaid),
            unpaid_count=len(unpaid),
            is_over=month < timezone.localdate().replace(day=1),
        )

    def _export(self, fund: Fund, month: date, form: str):
        if form not in ("xlsx", "csv"):
            raise Http404
        written = exports.write(
            export_of(fund, month, made_by=str(self.request.user), made_at=timezone.now()), form
        )
        trail.record(
            "report.exported",
            by=self.request.user,
            county_code=fund.county_code,
            after={
                "report": "incentives",
                "month": f"{month:%Y-%m}",
                "form": form,
                "rows": written.rows,
                "sha256": written.sha256,
            },
        )
        return written.response()


def export_of(fund: Fund, month: date, *, made_by: str, made_at) -> exports.Export:
    """Every incentive of a county's month, one row for each claim."""
    Column = exports.Column
    return exports.Export(
        title=_("Incentives %(month)s") % {"month": f"{month:%Y-%m}"},
        columns=[
            Column(_("Agent")),
            Column(_("Station"), width=24),
            Column(_("Claim"), width=20),
            Column(_("Goods"), width=28),
            Column(_("Settled"), "moment", 18),
            Column(_("Score"), "integer", 8),
            Column(_("Amount"), "yuan", 12),
            Column(_("State"), width=12),
            Column(_("Paid"), "moment", 18),
            Column(_("Business key"), width=26),
        ],
        rows=(
            (
                str(each.agent),
                each.station.name,
                each.claim.number,
                each.order_line.product,
                each.claim.resolved_at,
                each.score,
                each.amount_fen,
                each.get_state_display(),
                each.movement.at if each.movement else None,
                each.movement.business_key if each.movement else "",
            )
            for each in reading.of_month(fund.county_code, month)
        ),
        made_at=made_at,
        made_by=made_by,
        filters=[(_("Fund"), fund.name), (_("Month"), f"{month:%Y-%m}")],
    )


class IncentiveSheet(IncentivePage):
    """The month by agent on A4, with a place for each signature."""

    def get(self, request, county_code):
        fund, month = self.fund(county_code), month_asked(request)
        lines = [line for line in reading.statement(county_code, month) if line.claims]
        total = sum(line.due_fen + line.paid_fen for line in lines)
        return render(
            request,
            "claims/incentive_sheet.html",
            {
                "fund": fund,
                "month": month,
                "lines": lines,
                "claims": sum(line.claims for line in lines),
                "total_fen": total,
                "capitals": fen_in_capitals(total),
                "batches": [
                    batch
                    for batch in reading.batches(county_code, month)
                    if batch.state == BatchState.CONFIRMED
                ],
                "printed_at": timezone.now(),
            },
        )


class IncentiveAgent(IncentivePage):
    """One agent's month, claim by claim."""

    template_name = "claims/incentive_agent.html"

    def get(self, request, county_code, agent_id):
        fund, month = self.fund(county_code), month_asked(request)
        agent = get_object_or_404(
            Agent.objects.select_related("user", "station"), pk=agent_id, county_code=county_code
        )
        incentives = list(reading.of_month(county_code, month).filter(agent=agent))
        for incentive in incentives:
            incentive.tone = STATE_TONES[incentive.state]
            incentive.can_be_struck = incentive.state == IncentiveState.DUE and incentive.batch_id is None
        return self.page(
            fund=fund,
            month=month,
            months=months_offered(),
            agent=agent,
            incentives=incentives,
            sum_fen=sum(each.amount_fen for each in incentives if each.state != IncentiveState.CANCELLED),
        )
