"""Addresses for everybody, without an account: the handbook, and whether a certificate is good."""

from django.urls import URLPattern, path

from training.views import verification

app_name = "training_public"

VERIFICATION = [
    path("verify/", verification.Verify.as_view(), name="verify"),
    path("verify/<str:number>/", verification.VerifyNumber.as_view(), name="verify_number"),
]

urlpatterns: list[URLPattern] = [
    *VERIFICATION,
]
