from django.urls import path

from aftersales.reports.views import exports as views

urlpatterns = [
    path("exports/", views.ExportList.as_view(), name="export_list"),
    path("exports/new/", views.ExportNew.as_view(), name="export_new"),
    path("exports/<int:pk>/", views.ExportDetail.as_view(), name="export_detail"),
    path("exports/<int:pk>/stop/", views.ExportStop.as_view(), name="export_stop"),
    path("exports/<int:pk>/approve/", views.ExportApprove.as_view(), name="export_approve"),
    path("exports/<int:pk>/refuse/", views.ExportRefuse.as_view(), name="export_refuse"),
    path("exports/<int:pk>/file/<str:token>/", views.ExportFile.as_view(), name="export_file"),
    path("editions/<int:pk>/file/<str:form>/", views.EditionFile.as_view(), name="edition_file"),
]
