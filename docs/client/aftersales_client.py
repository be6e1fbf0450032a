"""A client of the Aftersales API with nothing but the standard library. Copy it and change what you like.

    client = Client("https://aftersales.example.cn", token="aft_...")
    claim = client.post("claims/", {"order_number": "SO-1", ...})
    for each in client.pages("claims/", status="proposed"):
        print(each["number"])

Every POST carries an Idempotency-Key. When the connection breaks, or the answer is 429 or 503, the same
request is sent again under the same key, so that it has one effect however often it arrives.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

RETRIED = (429, 502, 503, 504)
TRIES = 6
LONGEST_WAIT = 60.0
OLDEST_SECONDS = 300


class Problem(Exception):
    """The API turned a request down. Decide by `code`; `detail` is a sentence for people."""

    def __init__(self, status: int, told: Mapping[str, Any]):
        self.status = status
        self.code: str = told.get("code", "unknown")
        self.detail: str = told.get("detail", told.get("title", ""))
        self.errors: list[dict[str, str]] = told.get("errors", [])
        self.current: Any = told.get("current")
        self.request_id: str = told.get("request_id", "")
        super().__init__(f"{status} {self.code}: {self.detail or self.errors} ({self.request_id})")


class Unreachable(Exception):
    """No answer after every try. The effect may have happened: send the same key again later."""

    def __init__(self, key: str):
        self.key = key
        super().__init__("no answer")


@dataclass(frozen=True)
class Answer:
    """What came back. `version` is what a change of it is sent with."""

    status: int
    body: Any
    headers: Mapping[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def version(self) -> int | None:
        tag = self.headers.get("ETag", "").removeprefix("W/").strip('"')
        return int(tag) if tag.isdigit() else None


class Client:
    """Requests under one token, or under a consumer's session (`client.on_behalf(secret)`)."""

    def __init__(
        self,
        base: str,
        token: str,
        *,
        language: str = "zh-CN",
        timeout: float = 30,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self.base = base.rstrip("/")
        self.token = token
        self.language = language
        self.timeout = timeout
        self.sleep = sleep

    def on_behalf(self, session: str) -> Client:
        """The same client for a consumer who has signed in."""
        return Client(self.base, session, language=self.language, timeout=self.timeout, sleep=self.sleep)

    def get(self, path: str, **query: Any) -> Answer:
        """Read one thing, or one page of a list."""
        return self._send("GET", _with_query(path, query))

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        where: str | None = _with_query(path, query)
        while where:
            page = self._send("GET", where)
            yield from page["data"]
            where = page["next"]

    def post(self, path: str, body: Any = None, *, key: str = "", version: int | None = None) -> Answer:
        """Make something happen, once. Keep `key` if you may have to ask again after a restart."""
        return self._send("POST", path, body, key=key or new_key(), version=version)

    def patch(self, path: str, body: Any, *, version: int) -> Answer:
        """Change something that stood at `version`. Raises Problem("stale") when it has moved on."""
        return self._send("PATCH", path, body, version=version)

    def delete(self, path: str, *, version: int | None = None) -> Answer:
        """End or remove something."""
        return self._send("DELETE", path, version=version)

    def send_photo(self, path: str, picture: bytes, *, kind: str = "image/jpeg", key: str = "", **query: Any):
        """Send one picture as it is."""
        return self._send("POST", _with_query(path, query), raw=(picture, kind), key=key or new_key())

    # --- how a request travels ----------------------------------------------------------------------

    def _send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        version: int | None = None,
        raw: tuple[bytes, str] | None = None,
    ) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": self.language}
        data = None
        if raw is not None:
            data, headers["Content-Type"] = raw
        elif method in ("POST", "PATCH", "PUT"):
            data, headers["Content-Type"] = json.dumps(body or {}).encode(), "application/json"
        if key:
            headers["Idempotency-Key"] = key
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        where = self.base + path if path.startswith("/") else f"{self.base}/api/v1/{path}"
        for attempt in range(TRIES):
            request = urllib.request.Request(where, data=data, headers=headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as found:
                    return Answer(found.status, _parsed(found.read(), found.headers), found.headers)
            except urllib.error.HTTPError as refused:
                told = _parsed(refused.read(), refused.headers)
                if refused.code not in RETRIED or attempt == TRIES - 1:
                    raise Problem(refused.code, told if isinstance(told, dict) else {}) from None
                wait = refused.headers.get("Retry-After", "")
                self.sleep(min(float(wait), LONGEST_WAIT) if wait.isdigit() else _pause(attempt))
            except (OSError, HTTPException):
                if attempt < TRIES - 1:
                    self.sleep(_pause(attempt))
        raise Unreachable(key)


def new_key() -> str:
    """A random Idempotency-Key."""
    return secrets.token_urlsafe(24)


def verify_webhook(
    headers: Mapping[str, str], body: bytes, secret: str, *, now: float | None = None
) -> dict[str, Any]:
    """The event in a webhook, if it is from us and not older than five minutes. Raises ValueError otherwise.

    `body` is what arrived, byte by byte. Remember the event's id and ignore one you have seen: an event
    may be sent more than once, always with the same id.
    """
    sent_at = headers["Aftersales-Time"]
    signed = b".".join([headers["Aftersales-Id"].encode(), sent_at.encode(), body])
    expected = "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    given = [each.strip() for each in headers["Aftersales-Signature"].split(",")]
    if not any(hmac.compare_digest(expected, each) for each in given):
        raise ValueError("the signature is wrong")
    if abs((time.time() if now is None else now) - float(sent_at)) > OLDEST_SECONDS:
        raise ValueError("the message is too old")
    return json.loads(body)


def _with_query(path: str, query: Mapping[str, Any]) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    return f"{path}{'&' if '?' in path else '?'}{urllib.parse.urlencode(given)}" if given else path


def _parsed(raw: bytes, headers: Mapping[str, str]) -> Any:
    if not raw:
        return None
    return json.loads(raw) if "json" in headers.get("Content-Type", "") else raw


def _pause(attempt: int) -> float:
    """Longer with each try, and never the same for two programs."""
    return min(2**attempt, LONGEST_WAIT) * (0.5 + secrets.randbelow(1000) / 1000)
