from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "aftersales.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        from django.contrib.auth.signals import user_logged_in

        from aftersales.accounts.middleware import note_sign_in

        user_logged_in.connect(note_sign_in, dispatch_uid="note_sign_in")
