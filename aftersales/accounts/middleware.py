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
BOUND = "bound_to"
UNATTENDED = "X-Unattended"
"""Sent with what a page fetches by itself: that nobody asked keeps no session alive."""


def bind_session(request, path: str) -> None:
    """From now on this session opens nothing but one page and what lies under it; anything else ends it.

    For a screen on a wall: it does not time out, because there is nothing to be found on it, but half a day
    after the sign-in it is over.
    """
    request.session[BOUND] = path


def bound_to(request) -> str:
    """The one page that this session opens; "" for all."""
    return request.session.get(BOUND, "")


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
        bound = bound_to(request)
        idle = IDLE_IN_ADMIN if request.user.has_perm("accounts.use_admin") else IDLE_AT_STATION
        is_idle = not bound and now - seen > idle.total_seconds()
        if is_idle or now - started > LONGEST.total_seconds() or not request.path.startswith(bound):
            logout(request)
        elif now - seen > NOTED_EVERY.total_seconds() and UNATTENDED not in request.headers:
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
