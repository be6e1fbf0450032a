from django.urls import path, register_converter

from aftersales.dashboards import programme_views, region_views, views, wall_views


class CountyCodeConverter:
    """A 12-digit code of a county."""

    regex = r"[0-9]{6}000000"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class RegionCodeConverter:
    """A 12-digit code of a region of any level; zeros are the whole country."""

    regex = r"[0-9]{12}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(CountyCodeConverter, "county_code")
register_converter(RegionCodeConverter, "region_code")

app_name = "dashboards"
urlpatterns = [
    path("station/", views.StationBoardView.as_view(), name="station"),
    path("station/now/", views.StationNowView.as_view(), name="station_now"),
    path("county/", views.CountiesView.as_view(), name="counties"),
    path("county/<county_code:county_code>/", views.CountyBoardView.as_view(), name="county"),
    path("county/<county_code:county_code>/now/", views.CountyNowView.as_view(), name="county_now"),
    path(
        "county/<county_code:county_code>/escalations/",
        views.EscalationBoardView.as_view(),
        name="escalations",
    ),
    path("people/<county_code:county_code>/", views.PeopleBoardView.as_view(), name="people"),
    path("region/", region_views.RegionsView.as_view(), name="regions"),
    path("region/<region_code:code>/", region_views.RegionBoardView.as_view(), name="region"),
    path("region/<region_code:code>/league/", region_views.LeagueView.as_view(), name="league"),
    path("wall/<county_code:county_code>/", wall_views.WallView.as_view(), name="wall"),
    path("programme/", programme_views.ProgrammeView.as_view(), name="programme"),
    path("programme/plan/", programme_views.PlanView.as_view(), name="programme_plan"),
    path("programme/<county_code:county_code>/", programme_views.PhaseView.as_view(), name="programme_phase"),
]
