"""The map of a county and how well its stations cover it."""

from math import cos, radians, sin

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.web.maps import MapPoint, PointStyle, draw_map
from stations import queries
from stations.models import Region, Station
from stations.models.network import StationState, TierChoices
from stations.views.pages import SEES_COUNTY, NetworkPage, mark

LISTED = 400
ROUGH = "rough"
# A village point that is known by its township alone is drawn beside it, not under it.
BESIDE_DEGREES = 0.008


def styles() -> dict[str, PointStyle]:
    """How each kind of place is drawn, the most important first."""
    return {
        TierChoices.COUNTY: PointStyle(_("Centre"), 9, "#a3241b", label_size=14),
        TierChoices.TOWNSHIP: PointStyle(_("Standby point"), 6.5, "#1c5478", label_size=12),
        TierChoices.VILLAGE: PointStyle(_("Village point"), 5.5, "#1b5e43", label_size=12),
        ROUGH: PointStyle(_("Place known roughly"), 5, "#8fbfa5", label_size=11),
        "covered": PointStyle(_("Village reached"), 2.4, "#5b8f74", is_labelled=False),
        "open": PointStyle(_("Village not reached"), 2.4, "#c98a3a", is_labelled=False),
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
                [*map(_station_point, on_map), *map(_village_point, villages)],
                styles(),
            ),
            coverage=queries.coverage(county.code),
            stations=mark(listed[:LISTED]),
            has_more=len(listed) > LISTED,
            unplaced=sum(station.lat is None for station in listed),
        )


def _station_point(station: Station) -> MapPoint:
    is_rough = station.tier == TierChoices.VILLAGE and not station.point_is_own
    is_operating = station.state == StationState.OPERATING
    turn = radians(station.pk * 137.5)
    aside = BESIDE_DEGREES if is_rough else 0
    return MapPoint(
        key=f"s{station.pk}",
        lon=station.lon + aside * sin(turn),
        lat=station.lat + aside * cos(turn),
        label=station.name,
        kind=ROUGH if is_rough else station.tier,
        parent_key=f"s{station.parent_id}" if station.parent_id else "",
        url=reverse("stations:station_detail", args=[station.pk]),
        note=f"{station.get_tier_display()} · {station.get_state_display()}",
        radius_km=station.radius_m / 1000 if station.point_is_own and is_operating else 0,
    )


def _village_point(village: queries.VillagePoint) -> MapPoint:
    return MapPoint(
        key=f"v{village.code}",
        lon=village.lon,
        lat=village.lat,
        label=village.name,
        kind="covered" if village.is_covered else "open",
    )
