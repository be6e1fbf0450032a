"""Sessions end after idleness and half a day; a password somebody was given opens one page only."""

from datetime import timedelta

from django.contrib.auth import logout
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

IDLE_IN_ADMIN = timedelta(minutes=30)
IDLE_AT_STATION = timedelta(hours=4)
LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=2)


def note_sign_in(sender, request, user, **kwargs):
    """Signal handler: the session's age counts from the sign-in."""
    request.session["started_at"] = request.session["seen_at"] = timezone.now().timestamp()


class SessionAgeMiddleware:
    """Signs out whoever was idle too long: 30 minutes for those who decide and pay, 4 hours at stations.

    An agent's phone lies on her own counter and the signal is poor; see docs/decisions/idle-sessions.md.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            self._keep_or_end(request)
        return self.get_response(request)

    def _keep_or_end(self, request):
        now = timezone.now().timestamp()
        started = request.session.setdefault("started_at", now)
        seen = request.session.setdefault("seen_at", now)
        idle = IDLE_IN_ADMIN if request.user.has_perm("accounts.use_admin") else IDLE_AT_STATION
        if now - seen > idle.total_seconds() or now - started > LONGEST.total_seconds():
            logout(request)
        elif now - seen > NOTED_EVERY.total_seconds():
            request.session["seen_at"] = now


class OneTimePasswordMiddleware:
    """Whoever signed in with a password they were given chooses their own before anything else."""

    ALLOWED = ("accounts:password_change", "accounts:logout", "set_language")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if getattr(request.user, "password_is_one_time", False):
            allowed = {reverse(name) for name in self.ALLOWED}
            if request.path not in allowed:
                return HttpResponseRedirect(reverse("accounts:password_change"))
        return self.get_response(request)
