"""Addresses of figures and published reports in the API."""

from django.urls import path

from aftersales.reports.api import figures, published

urlpatterns = [
    path("figures/", figures.FiguresView.as_view(), name="figures"),
    path("figures/<slug:code>/<slug:period>/", figures.RegionFiguresView.as_view(), name="region_figures"),
    path("reports/", published.ReportsView.as_view(), name="reports"),
    path("reports/<slug:code>/<slug:period>/<int:number>/", published.ReportView.as_view(), name="report"),
]
