"""The addresses of learning: courses, exams, certificates, classes and the handbook."""

from django.urls import URLPattern

app_name = "training"

urlpatterns: list[URLPattern] = []
