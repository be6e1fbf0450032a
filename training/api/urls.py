"""Addresses of the handbook and of certificates in the API."""

from django.urls import path

from training.api import certificates, handbook

urlpatterns = [
    path("handbook/", handbook.HandbookView.as_view(), name="handbook"),
    path("handbook/<slug:code>/", handbook.ArticleView.as_view(), name="handbook_article"),
    path("certificates/<slug:number>/", certificates.CertificateView.as_view(), name="certificate"),
]
