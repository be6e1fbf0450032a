"""Whether an answer of the API is what the OpenAPI document says; used by every test that calls the API."""

import json
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.urls import Resolver404
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from aftersales.web.api.document import document

# Where answers are taken down as the examples of the document; see docs/api.md.
EXAMPLES = os.environ.get("API_EXAMPLES", "")
MOST_SIGNS = 3000
CONVERTED = re.compile(r"<(?:[^:>]+:)?([^>]+)>")


class Undocumented(AssertionError):
    """An answer that the OpenAPI document does not know."""


def check(
    method: str, answer, *, is_sparse: bool = False, key: str = "", match: str = "", sent: str = ""
) -> None:
    """Raise Undocumented unless status, kind and body of this answer are documented. `is_sparse`: only some
    fields were asked for. `key` and `match` are the Idempotency-Key and If-Match that were sent."""
    try:
        path = template(answer.resolver_match.route)
    except Resolver404:
        return
    operation = document()["paths"].get(path, {}).get(method.lower())
    if operation is None:
        if answer.status_code not in (401, 403, 405, 429):
            _complain(method, path, answer, "there is no such operation in the schema")
        return
    if answer.status_code == 405:
        return
    _check_needs(method, path, operation, answer, key, match)
    status = str(answer.status_code)
    if status not in operation["responses"]:
        _complain(
            method,
            path,
            answer,
            "this status is not documented: name its code in `refusals`, or the status in `statuses`",
        )
    _check_body(method, path, status, answer, is_sparse)
    if EXAMPLES and status.startswith("2") and not is_sparse:
        _take_down(operation["operationId"], status, answer, sent)


def template(route: str) -> str:
    """A route of ours as a path of the document."""
    return "/" + CONVERTED.sub(r"{\1}", route)


def _check_needs(method, path, operation, answer, key, match) -> None:
    needed = {each["name"] for each in operation.get("parameters", ()) if each.get("required")}
    done = 200 <= answer.status_code < 300
    for name, given in (("Idempotency-Key", key), ("If-Match", match)):
        if name in needed and not given and done:
            _complain(method, path, answer, f"{name} is required by the schema and was not asked for")


def _check_body(method, path, status, answer, is_sparse) -> None:
    documented = _resolved(document()["paths"][path][method.lower()]["responses"][status])
    content = documented.get("content", {})
    if not content:
        if answer.streaming or answer.content:
            _complain(method, path, answer, "a body where none is documented")
        return
    kind = answer.headers.get("Content-Type", "").split(";")[0]
    if kind not in content:
        _complain(method, path, answer, f"{kind} is not documented, but {', '.join(content)}")
    if not kind.endswith("json"):
        return
    body = json.loads(answer.content)
    validator = _validator(method.lower(), path, status, kind, is_sparse)
    wrong = best_match(validator.iter_errors(body))
    if wrong is not None:
        _complain(method, path, answer, f"at {wrong.json_path}: {wrong.message[:600]}")


@lru_cache(maxsize=2000)
def _validator(method: str, path: str, status: str, kind: str, is_sparse: bool) -> Draft202012Validator:
    shape = _resolved(document()["paths"][path][method]["responses"][status])["content"][kind]["schema"]
    components = _strict_components(method, path, status, is_sparse)
    return Draft202012Validator({**shape, "components": components})


def _strict_components(method: str, path: str, status: str, is_sparse: bool) -> dict[str, Any]:
    """The components made strict: nothing undocumented, and nothing missing unless `is_sparse`."""
    schemas = {}
    for name, shape in document()["components"]["schemas"].items():
        strict = dict(shape)
        if "properties" in shape and "additionalProperties" not in shape:
            strict["additionalProperties"] = False
            if not is_sparse and name not in ("Problem", "FieldError"):
                strict["required"] = list(shape["properties"])
        schemas[name] = strict
    return {"schemas": schemas}


def _resolved(answer: dict) -> dict:
    name = answer.get("$ref", "").removeprefix("#/components/responses/")
    return document()["components"]["responses"][name] if name else answer


def _take_down(name: str, status: str, answer, sent: str) -> None:
    """Keep this answer as the example of its operation, unless a fuller one is there."""
    file = Path(EXAMPLES)
    kept = json.loads(file.read_text()) if file.exists() else {}
    example: dict[str, Any] = {"status": status}
    if sent:
        example["request"] = json.loads(sent)
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        example["response"] = _shortened(json.loads(answer.content))
    length = len(json.dumps(example))
    if length < MOST_SIGNS and length > len(json.dumps(kept.get(name, ""))):
        kept[name] = example
        file.write_text(json.dumps(dict(sorted(kept.items())), ensure_ascii=False, indent=1) + "\n")


def _shortened(value: Any) -> Any:
    """Lists by their first two elements, secrets by dots."""
    if isinstance(value, list):
        return [_shortened(each) for each in value[:2]]
    if isinstance(value, dict):
        return {name: "…" if name == "secret" else _shortened(each) for name, each in value.items()}
    return value


def _complain(method: str, path: str, answer, text: str) -> None:
    shown = answer.content[:600].decode(errors="replace") if not answer.streaming else "(a stream)"
    raise Undocumented(f"{method.upper()} {path} answered {answer.status_code}: {text}. {shown}")
