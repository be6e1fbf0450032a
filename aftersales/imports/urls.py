from django.urls import path

from aftersales.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.ImportHome.as_view(), name="home"),
    path("lists/<int:pk>/", views.ImportDetail.as_view(), name="detail"),
    path("lists/<int:pk>/confirm/", views.ImportConfirm.as_view(), name="confirm"),
    path("lists/<int:pk>/stop/", views.ImportStop.as_view(), name="stop"),
    path("lists/<int:pk>/take-back/", views.ImportTakeBack.as_view(), name="take_back"),
    path("lists/<int:pk>/corrections/", views.ImportCorrections.as_view(), name="corrections"),
    path("<slug:kind>/", views.ImportNew.as_view(), name="new"),
    path("<slug:kind>/template.<slug:form>", views.ImportTemplate.as_view(), name="template"),
]
