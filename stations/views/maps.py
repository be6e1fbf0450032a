"""The map of a county and how well its stations cover it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.web.maps import MapPoint, PointStyle, draw_map
from stations import queries
from stations.models import Region, Station
from stations.models.network import StationState, TierChoices
from stations.queries.maps import station_point, village_point, village_styles
from stations.views.pages import SEES_COUNTY, NetworkPage, mark

LISTED = 400


def styles() -> dict[str, PointStyle]:
    """How each kind of place is drawn, the most important first."""
    return {
        TierChoices.COUNTY: PointStyle(_("Centre"), 9, "#a3241b", label_size=14),
        TierChoices.TOWNSHIP: PointStyle(_("Standby point"), 6.5, "#1c5478", label_size=12),
        **village_styles(),
    }


class MapIndex(NetworkPage):
    """The counties in reach; straight to the map when there is one."""

    permission = SEES_COUNTY
    template_name = "stations/map_index.html"

    def get(self, request):
        counties = list(queries.counties_in_reach().select_related("parent__parent"))
        if len(counties) == 1:
            return redirect("stations:county_map", counties[0].code)
        return self.page(counties=counties)


class CountyMap(NetworkPage):
    """Stations by tier with their radius, villages by whether they are reached, figures and a list beside."""

    permission = SEES_COUNTY
    template_name = "stations/county_map.html"

    def get(self, request, county_code):
        county = get_object_or_404(Region, pk=county_code)
        stations = queries.stations_inside(county.code[:6])
        if county.code != f"{county.code[:6]}000000" or not stations.exists():
            raise Http404
        on_map, villages = queries.map_points(county.code)
        listed = list(
            stations.exclude(state=StationState.CLOSED)
            .select_related("region", "parent")
            .order_by("region_id", "pk")[: LISTED + 1]
        )
        return self.page(
            county=county,
            drawing=draw_map(
                _("Stations in %(county)s") % {"county": county.name},
                [*map(_station_point, on_map), *map(village_point, villages)],
                styles(),
            ),
            coverage=queries.coverage(county.code),
            stations=mark(listed[:LISTED]),
            has_more=len(listed) > LISTED,
            unplaced=sum(station.lat is None for station in listed),
        )


def _station_point(station: Station) -> MapPoint:
    return station_point(
        station,
        note=f"{station.get_tier_display()} · {station.get_state_display()}",
        url=reverse("stations:station_detail", args=[station.pk]),
    )
