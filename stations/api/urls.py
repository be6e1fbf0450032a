"""Addresses of places, stations and the working calendar in the API."""

from django.urls import path

from stations.api import calendar, regions, stations

urlpatterns = [
    path("regions/", regions.RegionsView.as_view(), name="regions"),
    path("regions/<slug:code>/", regions.RegionView.as_view(), name="region"),
    path("stations/", stations.StationsView.as_view(), name="stations"),
    path("stations/near/", stations.StationsNearView.as_view(), name="stations_near"),
    path("stations/<int:id>/", stations.StationView.as_view(), name="station"),
    path("calendar/", calendar.CalendarView.as_view(), name="calendar"),
]
