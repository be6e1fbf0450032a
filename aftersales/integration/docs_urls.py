"""Pages about the API for everybody."""

from django.urls import path

from aftersales.integration.docs import views

app_name = "api_docs"
urlpatterns = [
    path("schema/", views.SchemaView.as_view(), name="schema"),
    path("docs/", views.DocsView.as_view(), name="docs"),
    path("docs/try/", views.TryView.as_view(), name="try"),
    path("docs/<slug:area>/", views.AreaView.as_view(), name="area"),
    path("guide/", views.GuideView.as_view(), name="guide"),
    path("errors/", views.ErrorsView.as_view(), name="errors"),
]
