"""Refusals and faults for programs: problem documents as RFC 9457 describes them."""

from collections.abc import Iterator
from math import ceil
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from aftersales.lib.errors import Refused

CONTENT_TYPE = "application/problem+json"

# A refusal is 409 (the state of things does not allow it) unless the request itself was wrong.
REFUSED_STATUS = {"key_reused": 422, "key_missing": 400, "key_malformed": 400}


def titles() -> dict[int, str]:
    """The sentence for each status, in the language of the request."""
    return {
        400: _("The request cannot be read."),
        401: _("Sign in or send a valid token first."),
        403: _("You are not allowed to do this."),
        404: _("There is no such thing, or it is not yours."),
        405: _("This address does not know that method."),
        406: _("This address cannot answer in that form."),
        409: _("The rules turn this down."),
        413: _("The request is too large."),
        415: _("This form of content is not read here."),
        422: _("The request contradicts an earlier one."),
        428: _("The request does not say what it changes."),
        429: _("Too many requests; wait a moment."),
        500: _("Something went wrong on our side."),
        503: _("The service is briefly unavailable."),
    }


def document(
    *,
    status: int,
    code: str,
    detail: str = "",
    request_id: str = "",
    errors: list | None = None,
    current: Any = None,
) -> dict:
    """A problem document. `code` is the stable word a program decides by; `detail` is for a person.

    `current` is how the row stands now that was changed from a version that is no longer the last one.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(titles().get(status, "")),
        "status": status,
        "code": code,
    }
    if detail:
        body["detail"] = detail
    if errors:
        body["errors"] = errors
    if current is not None:
        body["current"] = current
    if request_id:
        body["request_id"] = request_id
    return body


def problem_response(request, *, status: int, code: str, detail: str = "") -> JsonResponse:
    """A problem document outside the API framework: error handlers and plain views."""
    body = document(status=status, code=code, detail=detail, request_id=getattr(request, "request_id", ""))
    return JsonResponse(
        body, status=status, content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )


def field_errors(detail: Any, pointer: str = "") -> Iterator[dict]:
    """Flatten nested validation errors to one row each, with a JSON pointer to the value."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            at_top = name in ("non_field_errors", NON_FIELD_ERRORS)
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            yield from field_errors(inner, pointer if at_top else f"{pointer}/{escaped}")
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from field_errors(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail), "code": getattr(detail, "code", None) or "invalid"}


def exception_handler(error: Exception, context: dict) -> Response | None:
    """Answer what a view of the API raised; None for faults, which end in the handler for 500.

    A foreign row and a missing row give the same 404.
    """
    request = context.get("request")
    headers = {}
    errors: list[dict] | None = None
    detail, current = "", None
    if isinstance(error, Refused):
        status, code, detail = REFUSED_STATUS.get(error.code, 409), error.code, str(error.message)
        current = error.details.get("current")
        if error.field:
            errors = [{"pointer": f"/{error.field}", "detail": detail, "code": code}]
    elif isinstance(error, Http404):
        status, code = 404, "not_found"
    elif isinstance(error, PermissionDenied):
        status, code = 403, "permission_denied"
    elif isinstance(error, DjangoValidationError):
        status, code = 400, "invalid"
        errors = list(field_errors(exceptions.ValidationError(detail=_as_detail(error)).detail))
    elif isinstance(error, exceptions.ValidationError):
        status, code = error.status_code, "invalid"
        errors = list(field_errors(error.detail))
    elif isinstance(error, exceptions.APIException):
        status, code = error.status_code, error.default_code
        detail = str(error.detail)
        if getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = error.auth_header
        if getattr(error, "wait", None):
            headers["Retry-After"] = str(ceil(error.wait))
    else:
        return None
    set_rollback()
    body = document(
        status=status,
        code=code,
        detail=detail,
        errors=errors,
        current=current,
        request_id=getattr(request, "request_id", ""),
    )
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _as_detail(error: DjangoValidationError) -> Any:
    return error.message_dict if hasattr(error, "error_dict") else error.messages
