"""Addresses of applications themselves in the API."""

from django.urls import path

from aftersales.integration.api.sessions import CodesView, CurrentSessionView, SessionsView
from aftersales.integration.api.token import TokenView

urlpatterns = [
    path("sessions/codes/", CodesView.as_view(), name="session_codes"),
    path("sessions/", SessionsView.as_view(), name="sessions"),
    path("sessions/current/", CurrentSessionView.as_view(), name="session_current"),
    path("token/", TokenView.as_view(), name="token"),
]
