"""Reports that go on while the main database cannot be reached.

Whoever reads reports carries a signed pass that says who they are and where their grants count. It is looked
at in one case only: the answer to a report would be "unavailable". Then the page is made again from the
read-only connection, which may be a replica, within the reach of the pass. docs/decisions/reports-go-on.md.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.template.response import SimpleTemplateResponse
from django.urls import resolve
from django.utils import timezone

from aftersales.accounts import scoping
from aftersales.accounts.models import User
from aftersales.web import errors
from stations.access.scope import Authority, Granted, authority, scope_of_grants

COOKIE = "report_pass"
PATH = "/reports/"
SALT = "aftersales.reports.standby"
LASTS = timedelta(hours=1)
RENEWED_EVERY = timedelta(minutes=10)
PERMISSION = "reports.view_reports"
READING = ("GET", "HEAD")


def pass_for(user, *, now) -> str:
    """A signed pass with what `user` may read now."""
    held = authority(user)
    facts = {
        "at": int(now.timestamp()),
        "user": user.pk,
        "username": user.get_username(),
        "name": user.full_name,
        "county": user.county_code,
        "grants": [asdict(grant) for grant in held.grants],
    }
    return signing.dumps(facts, salt=SALT, compress=True)


def read_pass(value: str, *, now) -> dict | None:
    """What a pass says, or None when it is not ours, or too old."""
    try:
        facts = signing.loads(value, salt=SALT)
    except signing.BadSignature:
        return None
    return facts if 0 <= now.timestamp() - facts["at"] <= LASTS.total_seconds() else None


def reader_of(facts: dict) -> User:
    """The person a pass stands for, with the authority it carries; nothing is read from a database."""
    reader = User(
        pk=facts["user"],
        username=facts["username"],
        full_name=facts["name"],
        county_code=facts["county"],
        is_active=True,
    )
    grants = tuple(Granted(**grant) for grant in facts["grants"])
    reader._authority = Authority(scope=scope_of_grants(reader.get_username(), grants), grants=grants)
    return reader


class StandbyMiddleware:
    """Hands out passes with the pages of reports, and answers with one while the main database is away."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if getattr(request, "has_signed_out", False):
            response.delete_cookie(COOKIE, path=PATH)
        if not request.path_info.startswith(PATH):
            return response
        if response.status_code == 503 and request.method in READING:
            return self._from_the_replica(request) or response
        self._keep_pass(request, response)
        return response

    @staticmethod
    def _keep_pass(request, response) -> None:
        now = timezone.now()
        user = getattr(request, "_cached_user", None)
        carried = request.COOKIES.get(COOKIE, "")
        known = read_pass(carried, now=now) if carried else None
        if user is None or not user.is_authenticated or not user.has_perm(PERMISSION):
            if carried:
                response.delete_cookie(COOKIE, path=PATH)
            return
        is_young = known and now.timestamp() - known["at"] < RENEWED_EVERY.total_seconds()
        if is_young and known["grants"] == [asdict(grant) for grant in authority(user).grants]:
            return
        response.set_cookie(
            COOKIE,
            pass_for(user, now=now),
            max_age=LASTS,
            path=PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )

    @staticmethod
    def _from_the_replica(request):
        """The page from the read-only connection, or None when there is no pass or no replica either."""
        facts = read_pass(request.COOKIES.get(COOKIE, ""), now=timezone.now())
        if facts is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        request.user = reader_of(facts)
        request.is_standby = True
        token = scoping.enter(authority(request.user).scope)
        try:
            match = request.resolver_match = resolve(request.path_info)
            response = match.func(request, *match.args, **match.kwargs)
            return response.render() if isinstance(response, SimpleTemplateResponse) else response
        except Http404:
            return errors.page_not_found(request)
        except PermissionDenied:
            return errors.permission_denied(request)
        except (OperationalError, InterfaceError):
            return None
        finally:
            scoping.leave(token)
