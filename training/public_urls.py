"""Addresses for everybody, without an account: the handbook, and whether a certificate is good."""

from django.urls import URLPattern

app_name = "training_public"

urlpatterns: list[URLPattern] = []
