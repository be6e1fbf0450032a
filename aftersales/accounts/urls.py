from django.contrib.auth.views import LogoutView
from django.urls import path

from aftersales.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("start/", views.LandingView.as_view(), name="landing"),
    path("me/", views.ProfileView.as_view(), name="profile"),
    path("password/", views.PasswordChangeView.as_view(), name="password_change"),
    path("sign-out-everywhere/", views.SignOutEverywhereView.as_view(), name="sign_out_everywhere"),
]
