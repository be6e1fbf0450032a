"""Forms of the account pages."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """User name and password; the same answer for a wrong password and an unknown name."""

    error_messages = {
        "invalid_login": _("User name or password is not right. After five wrong tries wait 15 minutes."),
        "inactive": _("User name or password is not right. After five wrong tries wait 15 minutes."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget = forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True, "maxlength": 150}
        )
        self.fields["password"].widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
