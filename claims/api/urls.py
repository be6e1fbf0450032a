"""Addresses of this area in the API."""

from django.urls import path

from claims.api import (
    adapters,
    choice,
    choices,
    claims,
    consumers,
    follow_ups,
    order_batches,
    orders,
    payouts,
    photos,
    progress,
    rules,
    steps,
)

urlpatterns = [
    path("orders/", orders.OrdersView.as_view(), name="orders"),
    path("orders/batches/", order_batches.OrderBatchesView.as_view(), name="order_batches"),
    path("orders/<int:order_id>/", orders.OrderView.as_view(), name="order"),
    path("adapters/", adapters.AdaptersView.as_view(), name="adapters"),
    path("rules/", rules.RulesView.as_view(), name="rules"),
    path("choices/", choices.ChoicesView.as_view(), name="choices"),
    path("claims/", claims.ClaimsView.as_view(), name="claims"),
    path("claims/<slug:number>/", claims.ClaimView.as_view(), name="claim"),
    path("claims/<slug:number>/progress/", progress.ProgressView.as_view(), name="claim_progress"),
    path("claims/<slug:number>/options/", choice.OptionsView.as_view(), name="claim_options"),
    path("claims/<slug:number>/choice/", choice.ChoiceView.as_view(), name="claim_choice"),
    path("claims/<slug:number>/withdrawal/", steps.WithdrawalView.as_view(), name="claim_withdrawal"),
    path("claims/<slug:number>/score/", steps.ScoreView.as_view(), name="claim_score"),
    path("claims/<slug:number>/appeal/", steps.AppealView.as_view(), name="claim_appeal"),
    path("claims/<slug:number>/photos/", photos.ClaimPhotosView.as_view(), name="claim_photos"),
    path("photos/", photos.StagedPhotosView.as_view(), name="photos"),
    path("photos/<int:photo_id>/", photos.PhotoView.as_view(), name="photo_file"),
    path("payouts/", payouts.PayoutsView.as_view(), name="payouts"),
    path("payouts/<slug:number>/", payouts.PayoutView.as_view(), name="payout"),
    path(
        "payouts/<slug:number>/confirmation/", payouts.ConfirmationView.as_view(), name="payout_confirmation"
    ),
    path("follow-ups/", follow_ups.FollowUpsView.as_view(), name="follow_ups"),
    path("consumers/me/", consumers.ConsumerView.as_view(), name="consumer"),
]
