"""What every answer carries: a number to quote, and headers that keep a browser on the safe side."""

import logging
import re
import secrets
import time

from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import BadRequest
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control

from aftersales.web.logging import request_id

log = logging.getLogger("aftersales.request")

GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def signed_in(request):
    """The signed-in user if the request already read one; asking here must not reach for the database."""
    user = getattr(request, "_cached_user", None)
    return user if user is not None and user.is_authenticated else None


class RequestIdMiddleware:
    """Numbers the request, says so in the answer, and logs one line when it is done.

    A proxy's own X-Request-ID is kept when it is harmless. The log line names the route, not the
    path: paths hold claim and certificate numbers.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        token = request_id.set(request.request_id)
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.request_id
            log.info("request", extra=self._facts(request, response, begun))
        finally:
            request_id.reset(token)
        return response

    @staticmethod
    def _facts(request, response, begun: float) -> dict:
        match = request.resolver_match
        facts = {
            "method": request.method if request.method in METHODS else "other",
            "route": match.route if match else "",
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - begun) * 1000),
        }
        user = signed_in(request)
        if user is not None:
            facts["user_id"] = user.pk
        return facts


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages and answers to programs for slow lines.

    Pictures are compressed already, and what is streamed is meant to leave piece by piece. Django pads
    what it compresses, and its form tokens differ in every answer, so a secret cannot be measured.
    """

    COMPRESSED = ("text/", "application/json", "application/problem+json")

    def process_response(self, request, response):
        if response.streaming or not response.get("Content-Type", "").startswith(self.COMPRESSED):
            return response
        return super().process_response(request, response)


class SecurityHeadersMiddleware:
    """Sets the headers that Django and the content policy leave out, and refuses NUL in an address.

    A page that was made for somebody signed in is not stored: the computer at a village point is
    shared. After signing out the browser is told to drop drafts.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if signed_in(request) is not None and "Cache-Control" not in response:
            patch_cache_control(response, private=True, no_store=True)
        if getattr(request, "has_signed_out", False):
            response.headers["Clear-Site-Data"] = '"storage"'
        return response

    def process_view(self, request, view, args, kwargs):
        # PostgreSQL cannot hold NUL in a text; met in a query it would end as a server error.
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path:
            raise BadRequest("NUL in the address")


def _remember_sign_out(sender, request, user, **kwargs):
    if request is not None:
        request.has_signed_out = True


def watch_sign_out() -> None:
    """Listen for sign-outs, so that the answer can clear what the browser keeps."""
    user_logged_out.connect(_remember_sign_out, dispatch_uid="web.clear_site_data")
