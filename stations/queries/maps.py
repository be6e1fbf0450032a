"""Stations and villages as points of a map, for every map that shows them."""

from __future__ import annotations

from math import cos, radians, sin

from django.utils.translation import gettext as _

from aftersales.web.maps import MapPoint, PointStyle
from stations.models import Station
from stations.models.network import StationState, TierChoices
from stations.queries.network import VillagePoint

ROUGH, COVERED, OPEN = "rough", "covered", "open"
BESIDE_DEGREES = 0.008
"""A village point that is known by its township alone is drawn beside it, not under it."""


def village_styles() -> dict[str, PointStyle]:
    """How village points and villages are drawn, the most important first."""
    return {
        TierChoices.VILLAGE: PointStyle(_("Village point"), 5.5, "#1b5e43", label_size=12),
        ROUGH: PointStyle(_("Place known roughly"), 5, "#8fbfa5", label_size=11),
        COVERED: PointStyle(_("Village reached"), 2.4, "#5b8f74", is_labelled=False),
        OPEN: PointStyle(_("Village not reached"), 2.4, "#c98a3a", is_labelled=False),
    }


def station_point(station: Station, *, note: str, url: str = "", kind: str = "", mark: str = "") -> MapPoint:
    """A station that has a point; drawn by its tier, or as the caller's kind."""
    is_rough = station.tier == TierChoices.VILLAGE and not station.point_is_own
    is_operating = station.state == StationState.OPERATING
    # The golden angle spreads those of one township evenly around it.
    turn, aside = radians(station.pk * 137.5), BESIDE_DEGREES if is_rough else 0
    return MapPoint(
        key=f"s{station.pk}",
        lon=station.lon + aside * sin(turn),
        lat=station.lat + aside * cos(turn),
        label=station.name,
        kind=kind or (ROUGH if is_rough else station.tier),
        parent_key=f"s{station.parent_id}" if station.parent_id else "",
        url=url,
        note=note,
        radius_km=station.radius_m / 1000 if station.point_is_own and is_operating else 0,
        mark=mark,
    )


def village_point(village: VillagePoint) -> MapPoint:
    """A village, as one that is reached or not."""
    return MapPoint(
        key=f"v{village.code}",
        lon=village.lon,
        lat=village.lat,
        label=village.name,
        kind=COVERED if village.is_covered else OPEN,
    )
