from django.urls import path

from claims.views import public, public_clocks

app_name = "public"
urlpatterns = [
    path("track/", public.TrackView.as_view(), name="track"),
    path("rules/", public.RulesView.as_view(), name="rules"),
    path("rules/clocks/", public_clocks.ClocksView.as_view(), name="clocks"),
]
