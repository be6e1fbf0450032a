"""Pages about the network: stations, people at them, the map of a county."""

from django.urls import path

from stations.views import applications, hand_over, life, maps, people, stations

app_name = "stations"
urlpatterns = [
    path("stations/", stations.StationList.as_view(), name="station_list"),
    path("stations/new/", applications.StationNew.as_view(), name="station_new"),
    path("stations/<int:pk>/", stations.StationDetail.as_view(), name="station_detail"),
    path("stations/<int:pk>/edit/", life.StationEdit.as_view(), name="station_edit"),
    path("stations/<int:pk>/people/new/", people.AgentNew.as_view(), name="agent_new"),
    path("stations/<int:pk>/<str:action>/", life.StationMove.as_view(), name="station_move"),
    path("people/<int:pk>/hand-over/", hand_over.HandOver.as_view(), name="hand_over"),
    path("map/", maps.MapIndex.as_view(), name="map_index"),
    path("map/<str:county_code>/", maps.CountyMap.as_view(), name="county_map"),
]
