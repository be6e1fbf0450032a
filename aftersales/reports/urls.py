from django.urls import path

from aftersales.reports import export_urls
from aftersales.reports.views import editions, findings, keeping, live

app_name = "reports"
urlpatterns = [
    path("", live.IndexView.as_view(), name="index"),
    path("county-month/", live.CountyMonthView.as_view(), name="county_month"),
    path("freeze/", keeping.FreezeView.as_view(), name="freeze"),
    path("freeze/<str:period>/", keeping.FreezingView.as_view(), name="freezing"),
    path("regions/<str:region_code>/", editions.HistoryView.as_view(), name="history"),
    path("editions/<int:pk>/", editions.EditionView.as_view(), name="edition"),
    path("editions/<int:pk>/content.json", editions.EditionContentView.as_view(), name="edition_content"),
    path("editions/<int:pk>/compare/", editions.CompareView.as_view(), name="compare"),
    path("editions/<int:pk>/correct/", keeping.CorrectView.as_view(), name="correct"),
    path("editions/<int:pk>/publish/", keeping.PublishView.as_view(), name="publish"),
    path("findings/", findings.FindingsView.as_view(), name="findings"),
    *export_urls.urlpatterns,
]
