"""Home visits as lists: today's, the open ones, those to agree again, all; and as a table to take away."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.audit import trail
from aftersales.web.exports import Column, Export, write
from aftersales.web.paging import capped_counts, keyset_page
from claims.filters import VisitFilter
from claims.models import Visit
from claims.queries import visits as reading
from claims.queries.costs import of_visits
from claims.rules.costs import Cost, total
from claims.rules.visits import VisitState
from claims.views.places import CasePage
from claims.views.tones import VISIT_TONES
from stations.access.places import own_station, permissions

PAGE_SIZE = 30
SEND = "claims.send_others"
TABS = {
    "today": gettext_lazy("Today"),
    "open": gettext_lazy("Planned"),
    "again": gettext_lazy("To agree again"),
    "nobody": gettext_lazy("Nobody goes yet"),
    "all": gettext_lazy("All"),
}


class VisitListPage(CasePage):
    """A page with a list of visits; the address says which and how it is filtered."""

    permission = "claims.plan_visit"

    def asked(self) -> tuple[str, VisitFilter]:
        """The tab, and the filters over all visits in reach."""
        tab = self.request.GET.get("tab", "today")
        return tab if tab in TABS else "today", VisitFilter(
            self.request.GET, queryset=Visit.objects.all(), person=self.request.user, refuses=False
        )

    def of_tab(self, tab: str, rows):
        """The visits of one tab among these."""
        if tab == "today":
            return reading.of_today(rows, now=timezone.now())
        if tab == "open":
            return reading.still_open(rows)
        if tab == "again":
            return reading.to_agree_again(rows)
        return reading.without_anybody(rows) if tab == "nobody" else rows


class VisitList(VisitListPage):
    """The lists of visits, each with its number; open ones the next first, others the last first."""

    template_name = "claims/visit_list.html"

    def get(self, request):
        tab, filters = self.asked()
        wanted = filters.wanted
        of_tabs = {key: self.of_tab(key, filters.qs) for key in TABS}
        counts = capped_counts({key: rows.order_by() for key, rows in of_tabs.items()})
        page = keyset_page(
            reading.listed(of_tabs[tab]),
            cursor=request.GET.get("cursor", ""),
            order=reading.LAST_ORDER if tab in ("again", "all") else reading.NEXT_ORDER,
            size=PAGE_SIZE,
        )
        for visit in page.rows:
            visit.tone = VISIT_TONES[VisitState(visit.state)]
            visit.is_late = visit.state == VisitState.PLANNED and visit.ends_at < timezone.now()
        station = own_station(request.user)
        return self.page(
            tab=tab,
            tabs=[(key, label, counts[key]) for key, label in TABS.items()],
            form=filters.form,
            text=wanted.get("q", ""),
            is_filtered=any(value for name, value in wanted.items() if name != "q"),
            list_page=page,
            may_export=SEND in permissions(request.user),
            place=station,
            shows_station=station is None,
        )


class VisitExport(VisitListPage):
    """The visits of the list as it is filtered, as a table for a spreadsheet; no name, phone or address."""

    permission = SEND

    def get(self, request):
        tab, filters = self.asked()
        now = timezone.now()
        rows = reading.listed(self.of_tab(tab, filters.qs)).order_by(*reading.LAST_ORDER)
        costs = of_visits(rows)
        written = write(
            Export(
                title=_("Home visits"),
                columns=columns(),
                rows=(cells(visit, costs.get(visit.pk, ())) for visit in rows.iterator(chunk_size=500)),
                made_at=now,
                made_by=str(request.user),
                filters=[(_("List"), str(TABS[tab])), *_in_words(filters)],
            ),
            "xlsx",
        )
        trail.record("visit.exported", by=request.user, after=written.facts, at=now)
        return written.response()


def columns() -> list[Column]:
    """The columns of the table."""
    return [
        Column(_("Claim"), width=18),
        Column(_("Goods"), width=24),
        Column(_("Kind")),
        Column(_("State")),
        Column(_("From"), "moment", 18),
        Column(_("To"), "moment", 18),
        Column(_("Village"), width=20),
        Column(_("Sent by station"), width=28),
        Column(_("Who goes"), width=20),
        Column(_("Distance in metres"), "integer", 12),
        Column(_("On the road by")),
        Column(_("Outcome"), width=24),
        Column(_("Cost in yuan"), "yuan", 14),
        Column(_("Planned"), "moment", 18),
        Column(_("Ended"), "moment", 18),
    ]


def cells(visit: Visit, costs: tuple[Cost, ...]) -> list:
    """One visit as a row of the table, with what it cost so far."""
    return [
        visit.claim.number,
        visit.claim.order_line.product,
        visit.get_kind_display(),
        visit.get_state_display(),
        visit.starts_at,
        visit.ends_at,
        visit.place.name,
        visit.station.name,
        str(visit.technician or visit.provider or ""),
        visit.distance_m,
        visit.get_transport_display() if visit.transport else "",
        visit.get_outcome_display()
        if visit.outcome
        else visit.get_failure_display()
        if visit.failure
        else "",
        total(costs) if costs else None,
        visit.planned_at,
        visit.ended_at,
    ]


def _in_words(filters: VisitFilter) -> list[tuple[str, str]]:
    """The filters that are set, as the table says them; what was searched for may name somebody."""
    said = {name: value for name, value in filters.wanted.items() if value and name != "q"}
    fields = filters.form.fields
    return [
        (str(fields[name].label), str(dict(getattr(fields[name], "choices", ())).get(value, value)))
        for name, value in said.items()
        if name != "mine"
    ] + ([(str(fields["mine"].label), _("yes"))] if "mine" in said else [])
