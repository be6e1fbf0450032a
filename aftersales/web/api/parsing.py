"""Bodies that the API reads: JSON of bounded size and depth, in text that can be written again."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.parsers import BaseParser

MOST_BYTES = 4 * 1024 * 1024
SURROGATE = b"\\ud"


class TooLarge(exceptions.APIException):
    """The body is larger than what is read here."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self, most_bytes: int):
        super().__init__(_("Send at most %(most)s bytes at a time.") % {"most": most_bytes})


def bounded(stream, most_bytes: int) -> bytes:
    """The whole body. Raises TooLarge as soon as it is longer, whatever its header says."""
    read = stream.read(most_bytes + 1)
    if len(read) > most_bytes:
        raise TooLarge(most_bytes)
    return read


class BoundedJsonParser(BaseParser):
    """JSON in UTF-8, at most four megabytes, without NaN, halves of signs, and nesting without end."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None) -> Any:
        raw = bounded(stream, MOST_BYTES)
        try:
            parsed = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
            if SURROGATE in raw.lower():
                json.dumps(parsed, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise exceptions.ParseError(_("The body is not JSON.")) from None
        return parsed


def _refuse(name: str) -> None:
    raise ValueError(name)
