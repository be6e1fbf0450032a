from django.urls import path, register_converter

from aftersales.dashboards import programme_views, views


class CountyCodeConverter:
    """A 12-digit code of a county."""

    regex = r"[0-9]{6}000000"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(CountyCodeConverter, "county_code")

app_name = "dashboards"
urlpatterns = [
    path("station/", views.StationBoardView.as_view(), name="station"),
    path("county/", views.CountiesView.as_view(), name="counties"),
    path("county/<county_code:county_code>/", views.CountyBoardView.as_view(), name="county"),
    path(
        "county/<county_code:county_code>/escalations/",
        views.EscalationBoardView.as_view(),
        name="escalations",
    ),
    path("people/<county_code:county_code>/", views.PeopleBoardView.as_view(), name="people"),
    path("programme/", programme_views.ProgrammeView.as_view(), name="programme"),
    path("programme/plan/", programme_views.PlanView.as_view(), name="programme_plan"),
    path("programme/<county_code:county_code>/", programme_views.PhaseView.as_view(), name="programme_phase"),
]
