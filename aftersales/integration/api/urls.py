"""Addresses of applications themselves in the API."""

from django.urls import path

from aftersales.integration.api.deliveries import DeliveriesView, ReplayView
from aftersales.integration.api.events import EventsView, KindsView
from aftersales.integration.api.sessions import CodesView, CurrentSessionView, SessionsView
from aftersales.integration.api.token import TokenView
from aftersales.integration.api.webhooks import (
    SecretView,
    SubscriptionsView,
    SubscriptionView,
    TestView,
)

urlpatterns = [
    path("webhooks/", SubscriptionsView.as_view(), name="webhooks"),
    path("webhooks/<int:webhook_id>/", SubscriptionView.as_view(), name="webhook"),
    path("webhooks/<int:webhook_id>/test/", TestView.as_view(), name="webhook_test"),
    path("webhooks/<int:webhook_id>/secret/", SecretView.as_view(), name="webhook_secret"),
    path("webhooks/<int:webhook_id>/deliveries/", DeliveriesView.as_view(), name="webhook_deliveries"),
    path("deliveries/<int:delivery_id>/replay/", ReplayView.as_view(), name="delivery_replay"),
    path("events/", EventsView.as_view(), name="events"),
    path("events/kinds/", KindsView.as_view(), name="event_kinds"),
    path("sessions/codes/", CodesView.as_view(), name="session_codes"),
    path("sessions/", SessionsView.as_view(), name="sessions"),
    path("sessions/current/", CurrentSessionView.as_view(), name="session_current"),
    path("token/", TokenView.as_view(), name="token"),
]
