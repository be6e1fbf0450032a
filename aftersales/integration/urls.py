"""Pages about other systems, for the people of a county who keep them."""

from django.urls import path

from aftersales.integration.views import clients, subscriptions, tokens, usage

app_name = "integration"
urlpatterns = [
    path("", clients.Clients.as_view(), name="clients"),
    path("applications/new/", clients.ClientNew.as_view(), name="client_new"),
    path("applications/<int:pk>/", clients.Client.as_view(), name="client"),
    path("applications/<int:pk>/usage/", usage.UsagePage.as_view(), name="usage"),
    path("applications/<int:pk>/tokens/new/", tokens.TokenNew.as_view(), name="token_new"),
    path("applications/<int:pk>/<str:step>/", clients.ClientStep.as_view(), name="client_step"),
    path("tokens/<int:pk>/rotate/", tokens.TokenRotate.as_view(), name="token_rotate"),
    path("tokens/<int:pk>/revoke/", tokens.TokenRevoke.as_view(), name="token_revoke"),
    path("subscriptions/", subscriptions.Subscriptions.as_view(), name="subscriptions"),
    path("subscriptions/new/", subscriptions.SubscriptionNew.as_view(), name="subscription_new"),
    path("subscriptions/<int:pk>/", subscriptions.Subscription.as_view(), name="subscription"),
    path("subscriptions/<int:pk>/edit/", subscriptions.SubscriptionEdit.as_view(), name="subscription_edit"),
    path("subscriptions/<int:pk>/test/", subscriptions.SubscriptionTest.as_view(), name="subscription_test"),
    path(
        "subscriptions/<int:pk>/secret/",
        subscriptions.SubscriptionSecret.as_view(),
        name="subscription_secret",
    ),
    path(
        "subscriptions/<int:pk>/<str:step>/",
        subscriptions.SubscriptionStep.as_view(),
        name="subscription_step",
    ),
    path("deliveries/<int:pk>/replay/", subscriptions.DeliveryReplay.as_view(), name="delivery_replay"),
]
