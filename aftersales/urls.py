"""Every address of the system, one include per area."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from aftersales.web.views import styleguide
from claims.views.home import Home

handler400 = "aftersales.web.errors.bad_request"
handler403 = "aftersales.web.errors.permission_denied"
handler404 = "aftersales.web.errors.page_not_found"
handler500 = "aftersales.web.errors.server_error"

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("", include("aftersales.ops.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("account/", include("aftersales.accounts.urls")),
    path("inbox/", include("aftersales.notices.urls")),
    path("", include("stations.urls")),
    path("claims/", include("claims.urls")),
    path("supervision/", include("claims.supervision_urls")),
    path("", include("claims.public_urls")),
    path("training/", include("training.urls")),
    path("", include("training.public_urls")),
    path("dashboards/", include("aftersales.dashboards.urls")),
    path("reports/", include("aftersales.reports.urls")),
    path("", include("aftersales.reports.public_urls")),
    path("integration/", include("aftersales.integration.urls")),
    path("imports/", include("aftersales.imports.urls")),
    path("api/v1/", include("aftersales.api")),
    path("api/", include("aftersales.integration.docs_urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
]

if settings.DEVELOPMENT:
    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
