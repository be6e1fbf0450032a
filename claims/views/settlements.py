"""The settlement of a fund with one party over one month: to be printed, signed by both, or exported."""

import re
from datetime import date

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.capitals import fen_in_capitals
from aftersales.web.exports import Column, Export
from claims.queries import recovery as reading
from claims.views.recovery import RecoveryPage, exported

MONTH = re.compile(r"20[2-9][0-9]-(0[1-9]|1[0-2])", re.ASCII)
COLUMNS = {
    "advanced": gettext_lazy("Advanced"),
    "taken_back": gettext_lazy("Payout taken back"),
    "recovered": gettext_lazy("Recovered"),
    "written_off": gettext_lazy("Written off"),
    "moved": gettext_lazy("Moved"),
}


class SettlementPage(RecoveryPage):
    """One month of one party; `month` is written 2026-11."""

    def read(self, county_code, party, month):
        """Fund, party and settlement that are asked for; a month to come is none."""
        fund = self.fund(county_code)
        payer = self.party(fund, party)
        first_day = _first_day(month)
        if first_day is None or first_day > timezone.localdate():
            raise Http404
        settlement = reading.settlement(fund, payer, first_day)
        for row in settlement.rows:
            row.title = COLUMNS[row.column]
        return fund, payer, settlement


class SettlementDetail(SettlementPage):
    """The settlement on A4 with lines for both signatures."""

    def get(self, request, county_code, party, month):
        fund, payer, settlement = self.read(county_code, party, month)
        return self.show(
            "settlement",
            fund,
            party=payer,
            settlement=settlement,
            capitals=fen_in_capitals(settlement.closing_fen),
            last_day=reading.last_day(settlement.first_day),
            is_running=reading.last_day(settlement.first_day) >= timezone.localdate(),
            printed_at=timezone.now(),
        )


class SettlementExport(SettlementPage):
    """The movements of the month as a table for a spreadsheet."""

    def get(self, request, county_code, party, month):
        fund, payer, settlement = self.read(county_code, party, month)
        now = timezone.now()
        export = Export(
            title=_("Settlement %(party)s %(month)s") % {"party": payer.name, "month": month},
            columns=[
                Column(_("When"), "moment", 18),
                Column(_("What"), width=20),
                Column(_("Claim"), width=22),
                Column(_("Order"), width=22),
                Column(_("Reference"), width=24),
                Column(_("Plus or minus"), "yuan"),
                Column(_("Owed afterwards"), "yuan"),
            ],
            rows=list(_rows(settlement)),
            made_at=now,
            made_by=str(request.user),
            filters=[(_("Fund"), fund.name), (_("Liable party"), payer.name), (_("Month"), month)],
        )
        return exported(export, fund, by=request.user, now=now)


def _rows(settlement):
    owed = settlement.opening_fen
    yield None, _("Owed at the start"), "", "", "", None, owed
    for row in settlement.rows:
        owed += row.signed_fen
        order = row.claim.order_line.order.number if row.claim else ""
        number = row.claim.number if row.claim else ""
        yield row.at, row.title, number, order, row.reference, row.signed_fen, owed


def _first_day(month: str) -> date | None:
    return date(int(month[:4]), int(month[5:]), 1) if MONTH.fullmatch(month) else None
