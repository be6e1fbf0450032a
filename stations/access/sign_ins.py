"""Sign-ins, failed ones and sign-outs in the trail."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.models import Outcome


def _signed_in(sender, request, user, **kwargs):
    trail.record("account.signed_in", by=user, obj=user)


def _signed_out(sender, request, user, **kwargs):
    if user is not None:
        trail.record("account.signed_out", by=user, obj=user)


def _failed(sender, credentials, request=None, **kwargs):
    """A known account is named; what else was typed may be a password in the wrong field and is not kept."""
    user = User.objects.filter(username=str(credentials.get("username", ""))[:150]).first()
    trail.record("account.sign_in_failed", by=None, obj=user, outcome=Outcome.REFUSED)


def connect() -> None:
    user_logged_in.connect(_signed_in, dispatch_uid="trail_signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="trail_signed_out")
    user_login_failed.connect(_failed, dispatch_uid="trail_sign_in_failed")
