"""The OpenAPI document as rows that a page can show."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from aftersales.accounts.api_scopes import ApiScope

COMPONENTS = "#/components/"
METHODS = ("get", "post", "put", "patch", "delete")
DEPTH = 6


@dataclass(frozen=True)
class Row:
    """A parameter, or a field of a body: its name, what kind of value it is, and what it means."""

    name: str
    kind: str
    words: str
    is_required: bool = False


@dataclass(frozen=True)
class Answer:
    """A status that an operation may answer with, and the codes of its refusals."""

    status: str
    words: str
    codes: list[str]


@dataclass(frozen=True)
class Operation:
    """One method of one address as a page shows it."""

    name: str
    method: str
    path: str
    summary: str
    about: str
    scope: str
    for_consumers: bool
    parameters: list[Row] = field(default_factory=list)
    sent: list[Row] = field(default_factory=list)
    answered: list[Row] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    request_example: str = ""
    answer_example: str = ""


@dataclass(frozen=True)
class Area:
    """The operations under one word of the path."""

    name: str
    title: str
    about: str
    operations: list[Operation]


def areas(told: dict[str, Any]) -> list[Area]:
    """All operations of a document by area, in its order."""
    found: dict[str, list[Operation]] = {}
    for path, item in told["paths"].items():
        for method in METHODS:
            if method in item:
                each = item[method]
                found.setdefault(each["tags"][0], []).append(_operation(told, path, method, each))
    return [
        Area(tag["name"], tag["x-displayName"], tag["description"], found[tag["name"]])
        for tag in told["tags"]
    ]


def _operation(told: dict, path: str, method: str, each: dict) -> Operation:
    answers = {status: _resolved(told, one) for status, one in each["responses"].items()}
    success = next(status for status in answers if status.startswith("2"))
    sent = each.get("requestBody", {}).get("content", {})
    answered = answers[success].get("content", {})
    scopes = {scope.value: scope.label for scope in ApiScope}
    return Operation(
        name=each["operationId"],
        method=method.upper(),
        path=path,
        summary=each["summary"],
        about=_plain(each["description"]),
        scope=f"{each['x-scope']} · {scopes[each['x-scope']]}" if each["x-scope"] in scopes else "",
        for_consumers=each["x-for-consumers"],
        parameters=[
            Row(
                one["name"],
                _kind(told, one["schema"]),
                _plain(one.get("description", "")),
                one.get("required", False),
            )
            for one in each["parameters"]
        ],
        sent=_body(told, sent),
        answered=_body(told, answered),
        answers=[
            Answer(status, _plain(one["description"]), sorted(_codes(told, one)))
            for status, one in answers.items()
        ],
        request_example=_example(sent),
        answer_example=_example(answered),
    )


def _body(told: dict, content: dict) -> list[Row]:
    rows: list[Row] = []
    for kind, media in content.items():
        if kind.endswith("json"):
            rows += _fields(told, media["schema"], "", 0)
        else:
            rows.append(Row(kind, _("bytes"), ""))
    return rows


def _fields(told: dict, shape: dict, prefix: str, depth: int) -> Iterator[Row]:
    shape = _open(told, shape)
    required = shape.get("required", [])
    for name, inner in shape.get("properties", {}).items():
        opened = _open(told, inner)
        yield Row(prefix + name, _kind(told, inner), _words(told, inner), name in required)
        if depth < DEPTH:
            if opened.get("properties"):
                yield from _fields(told, inner, f"{prefix}{name}.", depth + 1)
            elif _open(told, opened.get("items", {})).get("properties"):
                yield from _fields(told, opened["items"], f"{prefix}{name}[].", depth + 1)


def _open(told: dict, shape: dict) -> dict:
    """A shape without references and without the wrapping that says it may be null."""
    shape = _resolved(told, shape)
    for wrap in ("allOf", "oneOf", "anyOf"):
        inner = [one for one in shape.get(wrap, ()) if one != {"type": "null"}]
        if len(inner) == 1:
            rest = {name: value for name, value in shape.items() if name != wrap}
            return {**_open(told, inner[0]), **rest}
    return shape


def _resolved(told: dict, shape: dict) -> dict:
    if "$ref" not in shape:
        return shape
    found: Any = told
    for part in shape["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def _words(told: dict, shape: dict) -> str:
    return _plain(shape.get("description") or _open(told, shape).get("description", ""))


def _plain(text: str) -> str:
    """A sentence of the document without the marks of Markdown."""
    return text.replace("`", "")


def _kind(told: dict, shape: dict) -> str:
    opened = _open(told, shape)
    if "enum" in opened:
        return " | ".join(str(each) for each in opened["enum"] if each is not None)
    given = opened.get("type", "object")
    kind = next((each for each in given if each != "null"), "null") if isinstance(given, list) else given
    if kind == "array":
        return _("list of %(kind)s") % {"kind": _kind(told, opened.get("items", {}))}
    known = {
        "string": {"date-time": _("moment"), "date": _("day"), "binary": _("bytes")}.get(
            opened.get("format", ""), _("a text")
        ),
        "integer": _("whole number"),
        "number": _("a number"),
        "boolean": _("yes or no"),
        "object": _("object"),
    }
    return known.get(kind, kind)


def _codes(told: dict, answer: dict) -> set[str]:
    for kind, media in answer.get("content", {}).items():
        if kind.endswith("problem+json"):
            return set(media["schema"]["allOf"][1]["properties"]["code"]["enum"])
    return set()


def _example(content: dict) -> str:
    value = content.get("application/json", {}).get("example")
    return "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)
