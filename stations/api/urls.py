"""Addresses of this area in the API."""

urlpatterns = []
