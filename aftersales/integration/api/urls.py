"""Addresses of applications themselves in the API."""

from django.urls import path

from aftersales.integration.api.token import TokenView

urlpatterns = [
    path("token/", TokenView.as_view(), name="token"),
]
