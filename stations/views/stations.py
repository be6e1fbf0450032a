"""The list of stations, and everything about one of them."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.exports import Column
from aftersales.web.paging import capped_count, keyset_page
from stations import queries
from stations.access.list_exports import export_asked, list_export
from stations.forms.stations import StationFilterForm
from stations.models import Region, Station
from stations.models.network import StationState, TierChoices
from stations.rules.opening import opening_slots
from stations.rules.regions import Level, ancestors, prefix
from stations.services.network import HOURS
from stations.views.life import steps_from
from stations.views.pages import SEES_COUNTY, SEES_STATION, NetworkPage, mark

PAGE_SIZE = 40
CHILDREN_SHOWN = 60
NEAR_SHOWN = 12


class StationList(NetworkPage):
    """Stations in reach, by place; a file with ?format=."""

    permission = SEES_COUNTY
    template_name = "stations/station_list.html"

    def get(self, request):
        counties = list(queries.counties_in_reach())
        county = self._county(counties)
        form = StationFilterForm(request.GET, counties=counties, townships=self._townships(county))
        form.is_valid()
        wanted = form.cleaned_data
        rows = self._filtered(wanted).select_related("region", "parent")
        if file_form := export_asked(request):
            return list_export(
                request,
                file_form,
                title=_("Stations"),
                columns=station_columns(),
                rows=rows.order_by("region_id", "id"),
                cells=station_cells,
            )
        page = keyset_page(
            rows, cursor=request.GET.get("cursor", ""), order=("region_id", "id"), size=PAGE_SIZE
        )
        mark(page.rows)
        return self.page(
            form=form,
            list_page=page,
            count=capped_count(rows),
            county=county,
            is_filtered=any(wanted.values()),
        )

    def _county(self, counties: list[Region]) -> Region | None:
        """The one county in reach, or the chosen one of several."""
        asked = self.request.GET.get("county", "")
        chosen = [county for county in counties if county.code == asked]
        return counties[0] if len(counties) == 1 else next(iter(chosen), None)

    @staticmethod
    def _townships(county: Region | None) -> list[Region]:
        if county is None:
            return []
        inside = queries.living(queries.regions_inside(prefix(county.code))).filter(level=Level.TOWNSHIP)
        return list(queries.in_reach(inside).order_by("code"))

    @staticmethod
    def _filtered(wanted: dict):
        place = wanted.get("township") or wanted.get("county")
        rows = queries.stations_inside(prefix(place)) if place else Station.objects.all()
        rows = queries.search_stations(rows, wanted.get("q", ""))
        if wanted.get("tier"):
            rows = rows.filter(tier=wanted["tier"])
        if wanted.get("state"):
            return rows.filter(state=wanted["state"])
        return rows.exclude(state=StationState.CLOSED)


def station_columns() -> list[Column]:
    """The columns of the list of stations as a file."""
    return [
        Column(_("Station"), width=30),
        Column(_("Tier")),
        Column(_("State")),
        Column(_("Code of the place"), width=18),
        Column(_("Place"), width=20),
        Column(_("Station above"), width=30),
        Column(_("Operating since"), "day", 14),
        Column(_("Telephone"), width=18),
    ]


def station_cells(station: Station) -> list:
    """One station as a row of that file."""
    return [
        station.name,
        station.get_tier_display(),
        station.get_state_display(),
        station.region_id,
        station.region.name,
        station.parent.name if station.parent else "",
        station.opened_on,
        station.phone,
    ]


class StationDetail(NetworkPage):
    """One station: where it stands, when it is open, who works there, what is below it, whom it reaches."""

    permission = SEES_STATION
    template_name = "stations/station_detail.html"

    def get(self, request, pk):
        station = get_object_or_404(Station.objects.select_related("region", "parent"), pk=pk)
        places = Region.objects.in_bulk(ancestors(station.region_id))
        children = list(
            station.children.exclude(state=StationState.CLOSED).order_by("region_id", "pk")[
                : CHILDREN_SHOWN + 1
            ]
        )
        is_village = station.tier == TierChoices.VILLAGE
        near = queries.villages_near(station) if is_village else []
        today = timezone.localdate()
        people = list(queries.people_of(station))
        for agent in people:
            agent.is_certified = agent.certified_until is not None and agent.certified_until >= today
        mark([station, *children])
        return self.page(
            station=station,
            above=[places[code] for code in reversed(ancestors(station.region_id)) if code in places],
            slots=opening_slots(*(getattr(station, field) for field in HOURS)),
            people=people,
            children=children[:CHILDREN_SHOWN],
            has_more_children=len(children) > CHILDREN_SHOWN,
            near=near[:NEAR_SHOWN],
            near_count=len(near),
            coverage=None if is_village else queries.coverage(station.region_id),
            steps=steps_from(station),
        )
