"""Pages and files about the programme that need no account."""

from django.urls import path

from aftersales.reports.public import files, heads, quarters

app_name = "report_public"
urlpatterns = [
    path("report/", quarters.ReportsView.as_view(), name="reports"),
    path("report/heads/", heads.HeadsView.as_view(), name="heads"),
    path("report/heads/<str:day>.txt", heads.HeadTextView.as_view(), name="head_text"),
    path("report/<str:region_code>/<str:period>/", quarters.QuarterView.as_view(), name="quarter"),
    path(
        "report/<str:region_code>/<str:period>/<int:number>.<str:form>",
        files.EditionFileView.as_view(),
        name="edition_file",
    ),
]
