"""Values that no program means, one at a time, in every field, parameter and header of every operation."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.test import Client

from aftersales.web.api.document import document
from tests.api_schema import check
from tests.claims.pictures import jpeg
from tests.rights.api_examples import BODIES, PARAMETERS, PICTURES, QUERIES, filled
from tests.rights.api_fuzzing import routes
from tests.rights.test_fuzz import HOSTILE
from tests.rights.watch import undone

DATES = [
    "2025-02-29",
    "2026-11-31T10:00:00+08:00",
    "2026-11-20T10:00:00+99:99",
    "2026-11-20T10:00:60Z",
    "2026-W47-5",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "２０２６-11-20",
    "1763600000",
]
TEXTS = [
    *HOSTILE,
    *DATES,
    "１２．３４",
    "1" * 10_000,
    '{"a":' * 500,
    "\u202b\u0627\u0644\u0639",
    "\u0000" * 20,
    "18446744073709551616",
    "-1",
    "0",
    "1.5",
    "*",
    ",",
    "a,b,",
    '"1"',
    'W/"1"',
    "Bearer x",
]
# As they stand in JSON, for what Python would not write.
RAW = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1.5",
    "1e309",
    "-1e309",
    "NaN",
    "Infinity",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "1" + "0" * 400,
    "1" + "0" * 5_000,
    "0.1e-400",
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "[{}]",
    '["*"]',
    '[1, "a", null, {}]',
    '{"": ""}',
    '{"__proto__": {}}',
    "[" * 400 + "]" * 400,
    "[" * 20_000 + "]" * 20_000,
    '{"a":' * 400 + "1" + "}" * 400,
    json.dumps(["x"] * 2_000),
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\ud83d\\ude00"',
]
BODY_VALUES = [*RAW, *(json.dumps(text) for text in TEXTS)]
PLACE_HOLDER = "\x00here\x00"


@dataclass(frozen=True)
class Hostile:
    """One request: where the value stands, and the value."""

    method: str
    path: str
    place: str
    where: tuple[str | int, ...]
    value: str

    @property
    def name(self) -> str:
        """The operation."""
        return f"{self.method} {self.path}"

    def __str__(self) -> str:
        at = ".".join(map(str, self.where))
        return f"{self.name} {self.place} {at} = {ascii(self.value)[:80]}"


@lru_cache(maxsize=1)
def browser() -> Client:
    """One for all: loading the middleware anew takes longer than a request."""
    return Client(raise_request_exception=False)


def every() -> Iterator[Hostile]:
    """Each of these values in each place of each operation."""
    for path, methods in document("en")["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                for value in TEXTS:
                    yield Hostile(method.upper(), path, parameter["in"], (parameter["name"],), value)
            shape = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if shape:
                for where in ((), *_fields(shape["schema"])):
                    for value in BODY_VALUES:
                        yield Hostile(method.upper(), path, "body", where, value)


def some(number: int) -> list[Hostile]:
    """A fixed selection in which every place has its turn."""
    by_place: dict[tuple, list[Hostile]] = {}
    for each in every():
        by_place.setdefault((each.method, each.path, each.place, each.where), []).append(each)
    dice = random.Random("aftersales")
    for values in by_place.values():
        dice.shuffle(values)
    rounds = (
        values[turn] for turn in range(len(BODY_VALUES)) for values in by_place.values() if turn < len(values)
    )
    return [each for each, _place in zip(rounds, range(number), strict=False)]


def _fields(shape: dict, at: tuple = ()) -> Iterator[tuple]:
    if "$ref" in shape:
        shape = document("en")["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    for name in ("allOf", "anyOf", "oneOf"):
        for each in shape.get(name, ()):
            yield from _fields(each, at)
    for name, each in shape.get("properties", {}).items():
        yield (*at, name)
        yield from _fields(each, (*at, name))
    if "items" in shape:
        yield (*at, 0)
        yield from _fields(shape["items"], (*at, 0))


def send(each: Hostile, *, secret: str, known: Mapping[str, str]) -> int:
    """The status that answers a request which is right but for its value; what it wrote is taken back.

    Raises Undocumented where the document knows no such answer.
    """
    route = routes()[each.path]
    values = filled(dict(zip(route.parameters, PARAMETERS.get(route.name, ()), strict=True)), known)
    query = filled(QUERIES.get(route.name, {}), known) if each.method == "GET" else {}
    picture = PICTURES.get((route.name, each.method))
    raw: bytes | str = ""
    media = "application/json"
    if picture is not None:
        raw, media = jpeg(7), "image/jpeg"
        asked = picture.format(**known).removeprefix("?")
        query = dict(part.split("=") for part in asked.split("&") if part)
    elif each.method in ("POST", "PATCH"):
        raw = json.dumps(filled(BODIES.get((route.name, each.method), {}), known))
    headers = {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}
    if each.method != "GET":
        headers |= {"Idempotency-Key": uuid4().hex, "If-Match": '"1"'}
    if each.place == "path":
        values[each.where[0]] = each.value
    elif each.place == "query":
        query[each.where[0]] = each.value
    elif each.place == "header":
        headers[each.where[0]] = each.value.encode("utf-8", "replace").decode("latin-1")
    else:
        raw = _with(json.loads(raw), each.where, each.value)
    address = each.path
    for name, value in values.items():
        address = address.replace(f"{{{name}}}", _quoted(value))
    asked = "&".join(f"{name}={_quoted(value)}" for name, value in query.items())
    with undone():
        answer = browser().generic(
            each.method,
            address,
            raw,
            content_type=media,
            headers=headers,
            QUERY_STRING=asked,
        )
        check(
            each.method.lower(),
            answer,
            is_sparse=each.where == ("fields",),
            key=headers.get("Idempotency-Key", ""),
            match=headers.get("If-Match", ""),
        )
        if answer.streaming:
            b"".join(answer.streaming_content)
    return answer.status_code


def _quoted(value: Any) -> str:
    return quote(str(value).encode("utf-8", "surrogatepass"), safe="")


def _with(body: Any, where: tuple, value: str) -> str:
    """The body as JSON with a value, given as JSON, at a place that need not be there yet."""
    if not where:
        return value
    body = copy.deepcopy(body)
    inner = body
    for step, following in zip(where, (*where[1:], None), strict=True):
        fresh: Any = PLACE_HOLDER if following is None else [] if isinstance(following, int) else {}
        if isinstance(inner, list):
            if not inner:
                inner.append(fresh)
            elif following is None or not isinstance(inner[0], type(fresh)):
                inner[0] = fresh
        elif following is None or not isinstance(inner.get(step), type(fresh)):
            inner[step] = fresh
        inner = inner[step]
    return json.dumps(body).replace(json.dumps(PLACE_HOLDER), value)
