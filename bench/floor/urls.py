from django.urls import path

from bench.floor import views

urlpatterns = [
    path("queue/<str:county_code>/", views.queue),
    path("claim/<str:number>/", views.claim),
]
