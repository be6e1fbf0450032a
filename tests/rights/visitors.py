"""Somebody with a browser: asks, is answered, and leaves the world as it was."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.test import Client

from aftersales.accounts.models import User
from tests.rights.answers import Answer
from tests.rights.watch import undone, watching


def in_short(fault: BaseException) -> str:
    """What went wrong and the last line of ours on the way to it."""
    frames = [
        frame for frame in traceback.extract_tb(fault.__traceback__) if "site-packages" not in frame.filename
    ]
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    return f"{type(fault).__name__}: {str(fault)[:120]} at {where}"


class BareClient(Client):
    """The test client without its book-keeping of templates and contexts, which costs more than the pages."""

    def request(self, **request):
        return self.handler(self._base_environ(**request))


@dataclass(frozen=True)
class Visit:
    """One answer, the tables written to on the way to it, and what `look` saw before that was taken back."""

    answer: Answer
    changed: frozenset[str]
    seen: Any = None


class Visitor:
    """An account in a browser of its own. Cookies are those of the sign-in for every request."""

    def __init__(self, role: str, user: User | None, *, enforce_csrf_checks: bool = False):
        self.role = role
        self.user = user
        self.client = BareClient(raise_request_exception=False, enforce_csrf_checks=enforce_csrf_checks)
        if user is not None:
            # As the database knows them now: the world's own object may be older.
            self.client.force_login(User.objects.get(pk=user.pk))
        self._signed_in = self.client.cookies.output(header="", sep=";")

    def ask(
        self, method: str, url: str, data=None, *, look: Callable[[Set[str]], Any] | None = None, **environ
    ) -> Visit:
        """Send a request and take back whatever it writes.

        `look` is called before that, if anything was written beside what is kept about requests, with the
        tables that were written to.
        """
        faults: list[str] = []

        def note(sender, **kwargs):
            faults.append(in_short(sys.exc_info()[1]))

        seen = None
        got_request_exception.connect(note)
        try:
            with undone(), watching() as watch:
                answer = self._send(method, url, data, faults, environ)
                if look is not None and watch.changed:
                    seen = look(watch.changed)
        finally:
            got_request_exception.disconnect(note)
        return Visit(answer, frozenset(watch.changed), seen)

    def _send(self, method, url, data, faults, environ) -> Answer:
        self.client.cookies = SimpleCookie(self._signed_in)
        send = getattr(self.client, method.lower())
        if method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
            response = send(url, data or "", content_type="application/x-www-form-urlencoded", **environ)
        else:
            response = send(url, data or {}, **environ)
        return Answer.of(response, faults[-1] if faults else "")

    def get(self, url: str, data=None, **environ) -> Answer:
        return self.ask("GET", url, data, **environ).answer

    def post(self, url: str, data=None, **environ) -> Answer:
        return self.ask("POST", url, data, **environ).answer

    @property
    def session_key(self) -> str:
        cookie = SimpleCookie(self._signed_in).get(settings.SESSION_COOKIE_NAME)
        return cookie.value if cookie else ""


class LastingVisitor(Visitor):
    """Nobody takes back what this one writes."""

    def ask(self, method: str, url: str, data=None, *, look=None, **environ) -> Visit:
        return Visit(self._send(method, url, data, [], environ), frozenset())


def told(findings: Iterable[object], limit: int = 20) -> str:
    """Findings one under the other, for the message of a failed assertion."""
    listed = [str(finding) for finding in findings]
    more = [f"… and {len(listed) - limit} more"] if len(listed) > limit else []
    return "\n".join([f"{len(listed)} findings:", *listed[:limit], *more])
