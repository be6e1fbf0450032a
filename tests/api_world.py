"""Applications with tokens for tests, and a caller that sends what a program would send."""

from collections.abc import Collection
from datetime import timedelta
from itertools import count
from json import dumps as _json

from django.test import Client as HttpClient

from aftersales.accounts.api_scopes import ApiScope
from aftersales.accounts.roles import Role
from aftersales.accounts.sealing import phone_index
from aftersales.integration.models import ApiClient, ApiToken, ConsumerSession
from aftersales.integration.services import secrets
from stations.models import Party
from stations.rules.regions import county_code
from tests.api_schema import check
from tests.factories import NOW, give, make_user, seeing_everything

EVERY_SCOPE = tuple(ApiScope.values)
_numbers = count(1)


def make_client(party: Party, *, region: str = "", name: str = "", **fields) -> ApiClient:
    """An application of a party that acts in a region, or in the whole programme."""
    name = name or f"application {next(_numbers)}"
    county = county_code(region) if region else ""
    user = make_user(f"api-{next(_numbers)}", full_name=name, county=county)
    give(user, Role.INTEGRATION, region=region)
    with seeing_everything():
        return ApiClient.objects.create(
            party=party, name=name, user=user, county_code=county, created_at=NOW, **fields
        )


def make_token(client: ApiClient, scopes: Collection[str] = EVERY_SCOPE, **fields) -> tuple[ApiToken, str]:
    """A token and its secret, good until 2036 unless told otherwise."""
    secret = secrets.new(secrets.TOKEN)
    values = {
        "label": "test",
        "rate_per_minute": 100_000,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=3650),
        **fields,
    }
    with seeing_everything():
        token = ApiToken.objects.create(
            client=client,
            county_code=client.county_code,
            prefix=secrets.prefix(secret),
            digest=secrets.digest(secret),
            scopes=sorted(scopes),
            **values,
        )
    return token, secret


def make_session(token: ApiToken, phone: str, **fields) -> str:
    """A consumer who has proved this phone in the application of a token; returns the session's secret."""
    secret = secrets.new(secrets.SESSION)
    values = {"created_at": NOW, "expires_at": NOW + timedelta(days=3650), **fields}
    with seeing_everything():
        ConsumerSession.objects.create(
            client=token.client,
            token=token,
            phone_index=phone_index(phone),
            digest=secrets.digest(secret),
            **values,
        )
    return secret


class Api:
    """A program that talks to the API under one token. Paths are relative to /api/v1/."""

    def __init__(self, secret: str = "", **headers: str):
        self.http = HttpClient(raise_request_exception=False)
        self.headers = {**({"authorization": f"Bearer {secret}"} if secret else {}), **headers}

    def get(self, path: str, query: dict | None = None, **headers: str):
        return self._checked("get", path, headers, query=query or {})

    def post(self, path: str, body=None, *, key: str | None = "", version: int | None = None, **headers: str):
        """`key` is the Idempotency-Key: a new one unless given, none with None."""
        if version is not None:
            headers["if-match"] = f'"{version}"'
        if key is not None:
            headers["idempotency-key"] = key or f"test-key-{next(_numbers):08d}"
        return self.send("post", path, body, **headers)

    def patch(self, path: str, body=None, *, version: int | None = None, **headers: str):
        if version is not None:
            headers["if-match"] = f'"{version}"'
        return self.send("patch", path, body, **headers)

    def picture(self, path: str, body: bytes, *, kind: str = "image/jpeg", key: str = "", **headers: str):
        """Send one picture as the body."""
        headers["idempotency-key"] = key or f"test-key-{next(_numbers):08d}"
        return self.http.post(f"/api/v1/{path}", body, content_type=kind, headers={**self.headers, **headers})

    def delete(self, path: str, **headers: str):
        return self.http.delete(f"/api/v1/{path}", headers={**self.headers, **headers})

    def send(self, method: str, path: str, body=None, **headers: str):
        return self._checked(method, path, headers, json={} if body is None else body)

    def send_bytes(self, method: str, path: str, body: bytes, kind: str, **headers: str):
        """A body that is no JSON, such as a picture."""
        if method == "post":
            headers.setdefault("idempotency-key", f"test-key-{next(_numbers):08d}")
        return self._checked(method, path, headers, raw=(body, kind))

    def _checked(self, method: str, path: str, headers: dict, *, query=None, json=None, raw=None):
        """Send it, and see that the answer is one that the OpenAPI document knows."""
        sent = {**self.headers, **headers}
        if raw is None and json is not None:
            raw = (_json(json), "application/json")
        if raw is None:
            answer = getattr(self.http, method)(f"/api/v1/{path}", query, headers=sent)
        else:
            answer = getattr(self.http, method)(f"/api/v1/{path}", raw[0], content_type=raw[1], headers=sent)
        check(
            method,
            answer,
            is_sparse="fields" in (query or {}) or "fields=" in path,
            key=sent.get("idempotency-key", ""),
            match=sent.get("if-match", ""),
            sent=raw[0] if raw is not None and raw[1] == "application/json" else "",
        )
        return answer
