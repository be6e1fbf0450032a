"""The addresses of learning: courses, exams, certificates, classes and the handbook."""

from django.urls import URLPattern, path

from training.views import records

app_name = "training"

RECORDS = [
    path("people/<int:pk>/record/", records.PersonRecord.as_view(), name="person_record"),
    path("record/", records.OwnRecord.as_view(), name="own_record"),
]

urlpatterns: list[URLPattern] = [
    *RECORDS,
]
