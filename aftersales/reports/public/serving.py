"""Files that anybody may keep: with an ETag, so that who has one already is not sent it again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header, quote_etag

FRESH_SECONDS = 600


def answer_with_etag(
    request, build: Callable[[], bytes], *, etag: str, content_type: str, file_name: str
) -> HttpResponse:
    """The bytes that `build` makes as a download, or 304 where the reader has them.

    `etag` is known without building. Browsers and caches may keep the answer for ten minutes before they
    ask again; nothing in it hangs on who asks.
    """
    tag = quote_etag(etag)
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(build(), content_type=content_type)
        response.headers["Content-Disposition"] = content_disposition_header(True, file_name)
    response.headers["ETag"] = tag
    # Open data is meant to be read by programs of other sites as well.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_cache_control(response, public=True, max_age=FRESH_SECONDS)
    return response
