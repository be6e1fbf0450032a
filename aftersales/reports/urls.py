from django.urls import path

from aftersales.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.IndexView.as_view(), name="index"),
    path("county-month/", views.CountyMonthView.as_view(), name="county_month"),
]
