"""Addresses for everybody, without an account: the handbook, and whether a certificate is good."""

from django.urls import URLPattern, path

from training.views import article_texts, public_handbook, verification

app_name = "training_public"

HANDBOOK = [
    path("handbook/", public_handbook.PublicHandbook.as_view(), name="handbook"),
    path("handbook/<slug:code>/", public_handbook.PublicArticle.as_view(), name="handbook_article"),
    path("handbook/<slug:code>/print/", public_handbook.PublicArticlePrint.as_view(), name="handbook_print"),
    path("handbook/pictures/<int:pk>/", article_texts.PublicPicture.as_view(), name="handbook_picture"),
]

VERIFICATION = [
    path("verify/", verification.Verify.as_view(), name="verify"),
    path("verify/<str:number>/", verification.VerifyNumber.as_view(), name="verify_number"),
]

urlpatterns: list[URLPattern] = [
    *HANDBOOK,
    *VERIFICATION,
]
