"""Pages about other systems, for the people of a county who keep them."""

from django.urls import URLPattern

app_name = "integration"
urlpatterns: list[URLPattern] = []
