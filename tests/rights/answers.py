"""What somebody received, spelled out so that a mark is found however it was written."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, unquote_plus

from django.http import HttpResponseBase

ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
# What differs between two answers to the same question: tokens, keys and the number of the request.
CHANGING = re.compile(
    r'(?<=name="csrfmiddlewaretoken" value=")[^"]+'
    r'|(?<=name="form_key" value=")[^"]+'
    r'|(?<=data-form-key=")[^"]+'
    r'|(?<="free_bytes": )\d+'
    r"|\b[0-9a-f]{16}\b"
)
TOO_SHORT = 5
"""Words of up to so many signs may stand in a page by chance."""


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of one answer; `fault` is the traceback behind a server error."""

    status: int
    headers: dict[str, str]
    body: bytes
    fault: str = ""

    @classmethod
    def of(cls, response: HttpResponseBase, fault: str = "") -> Answer:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        cookies = "; ".join(morsel.OutputString() for morsel in response.cookies.values())
        headers = {name.lower(): value for name, value in response.headers.items()}
        return cls(response.status_code, {**headers, "set-cookie": cookies}, body, fault)

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    @cached_property
    def page(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def told(self) -> str:
        """Headers and body as text; what is packed or escaped is unpacked first.

        Marks are letters, digits and Chinese signs, which HTML writes as they are.
        """
        text = self.page
        if self.body.startswith(b"PK\x03\x04"):
            text = _unzipped(self.body)
        elif self.kind == "application/json":
            text = ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{unquote_plus(headers)}\n\n{text}"

    def shows(self, marks: Iterable[str], but: Iterable[str] = ()) -> list[str]:
        """Which of these strings the answer holds outside the words of `but`, each with what follows it."""
        told, found = self.told, []
        for word in but:
            told = told.replace(word, "~")
        for mark in marks:
            at = told.find(mark)
            if at >= 0:
                found.append(re.match(r"[\w*]+", told[at : at + 40]).group())
        return sorted(found)

    def alike(self, asked_for: Mapping[str, object]) -> tuple:
        """Status, place and body without what changes and without what was asked for: equal for two
        questions that must not be told apart."""
        text, place = CHANGING.sub("~", html.unescape(self.page)), unquote_plus(self.location)
        literals = {str(each) for each in asked_for.values()}
        for literal in sorted({*literals, *map(quote, literals)}, key=len, reverse=True):
            if len(literal) > TOO_SHORT or not literal.isascii():
                text, place = text.replace(literal, "?"), place.replace(literal, "?")
        return self.status, place, text


def _unzipped(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
