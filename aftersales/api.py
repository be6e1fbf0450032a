"""Every address of the REST API, one include per area. docs/api.md."""

from django.urls import include, path

app_name = "api"

urlpatterns = [
    path("", include("aftersales.integration.api.urls")),
    path("", include("claims.api.urls")),
    path("", include("stations.api.urls")),
    path("", include("training.api.urls")),
    path("", include("aftersales.reports.api.urls")),
]
