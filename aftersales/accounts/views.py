"""Signing in, one's own page, changing the password, signing out everywhere."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth import views as auth_views
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseRedirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import RedirectView, TemplateView, View

from aftersales.accounts import services
from aftersales.accounts.forms import SignInForm
from aftersales.accounts.frames import frame_of
from aftersales.accounts.roles import ROLE_SENTENCES, Role


class SignInView(auth_views.LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True


class LandingView(LoginRequiredMixin, RedirectView):
    """Where a person starts: station pages, learning, admin, reports or a provider's orders, by what they may
    do."""

    def get_redirect_url(self, *args, **kwargs):
        user = self.request.user
        if user.has_perm("claims.use_station_pages") and not user.has_perm("accounts.use_admin"):
            return reverse("home")
        if user.has_perm("training.issue_certificate"):
            return reverse("training:home")
        if user.has_perm("accounts.use_admin"):
            return reverse("admin:index")
        if user.has_perm("reports.view_reports"):
            return reverse("reports:index")
        if user.has_perm("claims.use_provider_pages"):
            return reverse("claims:provider_home")
        return reverse("accounts:profile")


class ProfileView(LoginRequiredMixin, TemplateView):
    """My own page: who I am, what I may do and where, until when."""

    template_name = "accounts/profile.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        grants = [
            {"grant": grant, "sentence": ROLE_SENTENCES[Role(grant.role)]}
            for grant in services.own_grants(user)
            if grant.role in Role.values
        ]
        return super().get_context_data(grants=grants, frame=frame_of(user), **kwargs)


class PasswordChangeView(auth_views.PasswordChangeView):
    """A new password ends every other session of the account."""

    template_name = "registration/password_change_form.html"
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form):
        response = super().form_valid(form)
        services.chose_own_password(user=self.request.user)
        messages.success(self.request, _("Password changed. All your other devices have been signed out."))
        return response


class SignOutEverywhereView(LoginRequiredMixin, View):
    """Ends every session of the account but this one."""

    http_method_names = ["post"]

    def post(self, request):
        services.end_sessions(user=request.user)
        update_session_auth_hash(request, request.user)
        messages.success(request, _("All your other devices have been signed out."))
        return HttpResponseRedirect(reverse("accounts:profile"))
