"""Pages for what went wrong: plain words, what to do next, never the inside of the program."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.template import loader
from django.utils.translation import gettext as _

from aftersales.web.problems import problem_response

API_PREFIX = "/api/"
RETRY_SECONDS = 30

# Shown when even the error page cannot be rendered; no template, no database, no catalogue.
LAST_RESORT = (
    '<!doctype html><html lang="zh-Hans"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">'
    "<title>系统出错</title><h1>系统出错，请稍后再试</h1><p>您填写的内容没有提交成功。请稍等几分钟后返回重试。</p>"
    '<p><a href="/">返回首页</a></p></html>'
)


def bad_request(request, exception=None):
    """400: the request could not be read."""
    return _answer(request, 400, "bad_request")


def permission_denied(request, exception=None):
    """403: signed in, but not allowed."""
    return _answer(request, 403, "permission_denied")


def page_not_found(request, exception=None):
    """404: no such thing, or not yours; the two look the same."""
    return _answer(request, 404, "not_found")


def server_error(request):
    """500, or 503 while the database cannot be reached. Reads nothing from the database."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _answer(request, 500, "server_error")


def unavailable(request):
    """503 with the seconds after which trying again makes sense."""
    response = _answer(request, 503, "unavailable")
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def csrf_failure(request, reason=""):
    """403 for a form that was not ours, or whose cookie is gone; says how to send it again."""
    return _answer(
        request, 403, "form_expired", template="403_csrf.html", no_cookie=reason == REASON_NO_CSRF_COOKIE
    )


def _answer(request, status: int, code: str, template: str = "", **facts) -> HttpResponse:
    if request.path.startswith(API_PREFIX):
        detail = _("Quote the request id if you ask for help.")
        return problem_response(request, status=status, code=code, detail=detail)
    context = {
        "status": status,
        "path": request.path,
        "request_id": getattr(request, "request_id", ""),
        **facts,
    }
    # A page about an error may not raise a second one.
    try:
        # Without the request no context processor runs: session and user would need the database.
        page = loader.get_template(template or f"{status}.html").render(context)
    except Exception:
        page = LAST_RESORT
    return HttpResponse(page, status=status)
