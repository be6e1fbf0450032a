"""Who owes a fund, for how long, and what the county has done about it; one party's account."""

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web.exports import Column, Export, write
from aftersales.web.paging import keyset_page
from claims.models import Account, Demand, Fund
from claims.models.fund import AccountKind
from claims.queries import recovery as reading
from claims.queries.fund import age_days
from claims.views.fund import FundPage
from stations.models import Party

SHOWN = 20
TONES = {"sent": "info", "disputed": "wait", "paid": "good", "withdrawn": "neutral"}


class RecoveryPage(FundPage):
    """A page about what liable parties owe a fund."""

    here = "recovery"

    def party(self, fund: Fund, pk: int) -> Party:
        """A party that has an account with the fund."""
        party = get_object_or_404(Party, pk=pk)
        if not Account.objects.filter(fund=fund, kind=AccountKind.ADVANCES, party=party).exists():
            raise Http404
        return party

    def show(self, template: str, fund: Fund, status: int = 200, **context):
        """The page with the fund and its menu."""
        return self.page(status, f"claims/{template}.html", fund=fund, tones=TONES, **context)


class Recovery(RecoveryPage):
    """The ageing report by party, demands that are overdue, and disputes to decide."""

    def get(self, request, county_code):
        fund, now = self.fund(county_code), timezone.now()
        today = timezone.localdate(now)
        aged = reading.ageing(fund, now)
        overdue = reading.with_rest(reading.overdue(today).filter(fund=fund)[:SHOWN])
        for demand in overdue:
            demand.days = (today - demand.due_on).days
        return self.show(
            "recovery",
            fund,
            aged=aged,
            totals=totals(aged),
            bands=band_names(),
            overdue=overdue,
            disputes=reading.to_decide().filter(advance__fund=fund)[:SHOWN],
        )


class RecoveryExport(RecoveryPage):
    """The ageing report as a table for a spreadsheet."""

    def get(self, request, county_code):
        fund, now = self.fund(county_code), timezone.now()
        export = Export(
            title=_("Ageing of open advances"),
            columns=[
                Column(_("Liable party"), width=30),
                Column(_("Advances"), "integer", 10),
                Column(_("Still open"), "yuan"),
                *(Column(name, "yuan") for name in band_names()),
                Column(_("Demanded"), "yuan"),
                Column(_("Past due"), "yuan"),
                Column(_("In dispute"), "yuan"),
                Column(_("Not demanded yet"), "yuan"),
                Column(_("Oldest, days"), "integer", 12),
            ],
            rows=[
                (
                    row.party_name or _("not known yet"),
                    row.count,
                    row.open_fen,
                    *row.bands_fen,
                    row.demanded_fen,
                    row.overdue_fen,
                    row.disputed_fen,
                    row.not_demanded_fen,
                    row.oldest_days,
                )
                for row in reading.ageing(fund, now)
            ],
            made_at=now,
            made_by=str(request.user),
            filters=[(_("Fund"), fund.name)],
        )
        return exported(export, fund, by=request.user, now=now)


class RecoveryParty(RecoveryPage):
    """What one party owes a fund, what was demanded of it and what it has paid."""

    def get(self, request, county_code, party):
        fund = self.fund(county_code)
        party = self.party(fund, party)
        now = timezone.now()
        page = keyset_page(
            reading.advances_of(fund, party),
            cursor=request.GET.get("cursor", ""),
            order=("advanced_at", "id"),
            size=SHOWN,
        )
        for advance in page.rows:
            advance.days = age_days(advance.advanced_at, now)
        aged = next((row for row in reading.ageing(fund, now) if row.party_id == party.pk), None)
        demands = Demand.objects.filter(fund=fund, party=party).order_by("-sent_at", "-id")[:SHOWN]
        return self.show(
            "recovery_party",
            fund,
            party=party,
            aged=aged,
            list_page=page,
            demands=reading.with_rest(demands),
            receipts=reading.receipts_of(fund, party)[:SHOWN],
            months=reading.months_of(fund, party, timezone.localdate(now)),
        )


def exported(export: Export, fund: Fund, *, by, now):
    """Write an export about a fund, note that it left the house, and send it."""
    written = write(export, "xlsx")
    trail.record("report.exported", by=by, obj=fund, after=written.facts, at=now)
    return written.response()


def totals(aged) -> dict[str, object]:
    """The last line of the ageing report."""
    return {
        "count": sum(row.count for row in aged),
        "open_fen": sum(row.open_fen for row in aged),
        "bands_fen": [sum(sums) for sums in zip(*(row.bands_fen for row in aged), strict=True)],
        "demanded_fen": sum(row.demanded_fen for row in aged),
        "overdue_fen": sum(row.overdue_fen for row in aged),
        "disputed_fen": sum(row.disputed_fen for row in aged),
    }


def band_names() -> list[str]:
    """The bands of age in words, as `rules.fund.AGE_LIMITS_DAYS` draws them."""
    return [_("up to 30 days"), _("31 to 60 days"), _("61 to 90 days"), _("over 90 days")]


def party_url(fund: Fund, party: Party | None) -> str:
    """The page of one party's account; the list of advances that nobody owes yet, without one."""
    if party is None:
        return f"{reverse('claims:advance_list', args=[fund.key])}?{urlencode({'party': 'none'})}"
    return reverse("claims:recovery_party", args=[fund.key, party.pk])
