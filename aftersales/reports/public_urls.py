"""Pages and files about the programme that need no account."""

from django.urls import path

from aftersales.reports.public import files, heads, open_data, quarters, transparency

app_name = "report_public"
urlpatterns = [
    path("report/", quarters.ReportsView.as_view(), name="reports"),
    path("report/heads/", heads.HeadsView.as_view(), name="heads"),
    path("report/heads/<str:day>.txt", heads.HeadTextView.as_view(), name="head_text"),
    path("report/transparency/", transparency.TransparencyView.as_view(), name="transparency"),
    path("report/<str:region_code>/<str:period>/", quarters.QuarterView.as_view(), name="quarter"),
    path(
        "report/<str:region_code>/<str:period>/<int:number>.<str:form>",
        files.EditionFileView.as_view(),
        name="edition_file",
    ),
    path("open-data/", open_data.OpenDataView.as_view(), name="open_data"),
    path("open-data/dictionary/", open_data.DictionaryView.as_view(), name="dictionary"),
    path("open-data/dictionary.<str:form>", open_data.DictionaryFileView.as_view(), name="dictionary_file"),
    path("open-data/heads.csv", open_data.HeadsFileView.as_view(), name="heads_file"),
    path("open-data/<str:period>/SHA256SUMS", open_data.SumsView.as_view(), name="open_sums"),
    path("open-data/<str:period>/<str:name>.csv", open_data.OpenFileView.as_view(), name="open_file"),
]
