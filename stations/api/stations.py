"""Stations for other systems: where they are, when they are open, which are near."""

from datetime import date, timedelta

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.lib.errors import InvalidValue
from aftersales.web.api.fields import Input, Output
from aftersales.web.api.filters import CodeFilter
from aftersales.web.api.reference import ReferenceView
from stations import queries
from stations.api.regions import RegionNameOut
from stations.models import Region, Station
from stations.models.network import FunctionTag, StationState, TierChoices
from stations.queries.calendar import HoursBook, calendar_between
from stations.rules.regions import ancestors, prefix

OPENED = [
    (state.value, state.label)
    for state in (StationState.OPERATING, StationState.SUSPENDED, StationState.CLOSED)
]
"""A station that has not opened yet is the county's own business."""

DAYS_SHOWN = 7
NEAREST = 20
MOST_KM = 50


def opened() -> QuerySet[Station]:
    """Stations in the caller's scope that are or once were open to the public."""
    return Station.objects.filter(state__in=[state for state, _words in OPENED]).select_related("region")


class StationFilter(django_filters.FilterSet):
    region = django_filters.CharFilter(
        method="inside", max_length=12, label="12-digit code of a place; everything inside it."
    )
    tier = CodeFilter(choices=TierChoices.choices)
    state = CodeFilter(choices=OPENED)
    q = django_filters.CharFilter(method="called", max_length=60, label="Part of the name or of the place.")

    def inside(self, stations, _name, code):
        try:
            within = queries.stations_inside(prefix(code))
        except InvalidValue:
            raise serializers.ValidationError({"region": [_("This is no code of a place.")]}) from None
        return stations.filter(pk__in=within.values("pk"))

    def called(self, stations, _name, text):
        return queries.search_stations(stations, text)


class ListedStationOut(Output):
    id = serializers.IntegerField()
    name = serializers.CharField()
    tier = serializers.ChoiceField(TierChoices.choices)
    tier_words = serializers.CharField(source="get_tier_display")
    state = serializers.ChoiceField(OPENED)
    state_words = serializers.CharField(source="get_state_display")
    region = RegionNameOut(help_text="The place it stands for.")
    county = serializers.CharField(source="county_code", help_text="12-digit code of its county.")
    parent = serializers.IntegerField(
        source="parent_id", allow_null=True, help_text="The station it hands over to."
    )
    phone = serializers.CharField(help_text="Public telephone; empty where there is none.")
    lon = serializers.FloatField(allow_null=True, help_text="WGS 84, degrees.")
    lat = serializers.FloatField(allow_null=True)
    is_exact = serializers.BooleanField(
        source="point_is_own", help_text="False: the point is only that of the township."
    )
    radius_m = serializers.IntegerField(help_text="How far it serves, in metres.")
    functions = serializers.ListField(child=serializers.ChoiceField(FunctionTag.choices))
    opened_on = serializers.DateField(allow_null=True)


class SpanOut(Output):
    opens = serializers.TimeField(format="%H:%M")
    closes = serializers.TimeField(format="%H:%M")


class OpeningDayOut(Output):
    date = serializers.DateField()
    is_working_day = serializers.BooleanField()
    hours = SpanOut(many=True, help_text="Empty on days that are not worked.")


class OneStationOut(ListedStationOut):
    above = RegionNameOut(many=True, help_text="The places its region lies in, the nearest first.")
    opening = OpeningDayOut(many=True, help_text="Today and the six days after, by the working calendar.")


class NearStationOut(ListedStationOut):
    distance_m = serializers.IntegerField(help_text="Metres as the crow flies.")


class NearOut(Output):
    data = NearStationOut(many=True)


class NearQuery(Input):
    lon = serializers.FloatField(min_value=73, max_value=136)
    lat = serializers.FloatField(min_value=3, max_value=54)
    within_km = serializers.IntegerField(min_value=1, max_value=MOST_KM, default=10)
    limit = serializers.IntegerField(min_value=1, max_value=MOST_KM, default=NEAREST)


class StationsView(ReferenceView):
    """Stations in the regions of the application that are or once were open to the public."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = ListedStationOut
    filterset_class = StationFilter
    order = ("region_id", "id")
    is_list = True

    def get(self, request):
        """List stations"""
        return self.page(opened())


class StationsNearView(ReferenceView):
    """Operating stations around a point in China, the nearest first. WGS 84; points of map services in
    China (GCJ-02) have to be converted, they are off by several hundred metres."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = NearOut
    query_class = NearQuery
    parameters = {
        "lon": {"type": "number", "minimum": 73, "maximum": 136, "required": True},
        "lat": {"type": "number", "minimum": 3, "maximum": 54, "required": True},
        "within_km": {"type": "integer", "minimum": 1, "maximum": MOST_KM, "default": 10},
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST_KM, "default": NEAREST},
    }

    def get(self, request):
        """Find stations near a point"""
        asked = self.asked()
        found = queries.near((asked["lat"], asked["lon"]), asked["within_km"] * 1000)
        rows = []
        for station, distance in found[: asked["limit"]]:
            station.distance_m = round(distance)
            rows.append(station)
        return Response(self.shown({"data": rows}))


class StationView(ReferenceView):
    """One station, with the places it lies in and when it is open this week."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = OneStationOut

    def get(self, request, id):
        """Show a station"""
        rows = opened().select_related("region", "parent__parent")
        station = get_object_or_404(rows, pk=id)
        above = Region.objects.in_bulk(ancestors(station.region_id))
        station.above = [above[each] for each in ancestors(station.region_id) if each in above]
        station.opening = opening_of(station, timezone.localdate())
        return self.one(station)


def opening_of(station: Station, today: date) -> list[dict]:
    """When a station is open from today on: its hours on working days, none on others."""
    days = [today + timedelta(days=number) for number in range(DAYS_SHOWN)]
    calendar = calendar_between(days[0], days[-1])
    hours = HoursBook([station.county_code], on=today)
    slots = hours.windows(station, station.county_code) if station.state == StationState.OPERATING else ()
    return [
        {
            "date": day,
            "is_working_day": calendar.is_working_day(day),
            "hours": [{"opens": opens, "closes": closes} for opens, closes in slots]
            if calendar.is_working_day(day)
            else [],
        }
        for day in days
    ]
