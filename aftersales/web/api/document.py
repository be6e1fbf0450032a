"""The whole OpenAPI document: made once for a process and a language, with its entity tag."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import get_lib_doc_excludes
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

from aftersales.web.api import wording
from aftersales.web.api.fields import Input, Output
from aftersales.web.api.problem_docs import FIELD_ERROR, PROBLEM, common_responses

SCHEMAS = "#/components/schemas/"


@lru_cache(maxsize=2)
def document(language: str = "en") -> dict[str, Any]:
    """The OpenAPI 3.1 document with its words in a language ("en" or "zh-hans")."""
    with translation.override(language):
        made = SchemaGenerator().get_schema(request=None, public=True)
    told = json.loads(OpenApiJsonRenderer().render(made, renderer_context={}))
    told["info"]["description"] = wording.areas()["info"][language[:2]]
    wording.describe_areas(told, language)
    wording.illustrate(told)
    if language != "en":
        wording.translate(told)
    return told


@lru_cache(maxsize=4)
def rendered(language: str, form: str) -> tuple[bytes, str]:
    """The document as "json" or "yaml", and its entity tag."""
    if form == "yaml":
        body = OpenApiYamlRenderer().render(document(language), renderer_context={})
    else:
        body = json.dumps(document(language), ensure_ascii=False).encode()
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def bases() -> list[type]:
    """Classes whose docstrings are for programmers here and say nothing of a schema."""
    return [*get_lib_doc_excludes(), Input, Output]


# --- hooks of the generator ---------------------------------------------------------------------------


def add_problems(result: dict, generator: Any, **kwargs: Any) -> dict:
    """Add the components of refusals, which no serializer makes."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"], schemas["FieldError"] = PROBLEM, FIELD_ERROR
    result["components"]["responses"] = common_responses()
    return result


def free_sparse_fields(result: dict, generator: Any, **kwargs: Any) -> dict:
    """What `?fields=` may leave out is not required: the fields of what stands at the top of an answer."""
    schemas = result["components"]["schemas"]
    for operation in operations(result):
        if any(each["name"] == "fields" for each in operation.get("parameters", ())):
            for name in _top_names(operation, schemas):
                schemas[name].pop("required", None)
    return result


def name_words(result: dict, generator: Any, **kwargs: Any) -> dict:
    """Give every list of words that is a TextChoices of ours the name of its class."""
    names = _names_of_choices()
    schemas = result["components"]["schemas"]

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(each) for each in node]
        if not isinstance(node, dict):
            return node
        node = {key: walk(value) for key, value in node.items() if key != "x-spec-enum-id"}
        values = node.get("enum")
        if isinstance(values, list) and all(isinstance(each, str) for each in values):
            name = names.get(frozenset(values))
            if name is not None and node.get("type") == "string":
                schemas.setdefault(name, {"type": "string", "enum": values})
                rest = {key: value for key, value in node.items() if key not in ("type", "enum")}
                return {"allOf": [{"$ref": SCHEMAS + name}], **rest} if rest else {"$ref": SCHEMAS + name}
        return node

    result["paths"] = walk(result["paths"])
    named = set(names.values())
    for name, shape in list(schemas.items()):
        if name not in named:
            schemas[name] = walk(shape)
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def operations(result: dict) -> Iterator[dict]:
    """Every operation of a document."""
    for item in result["paths"].values():
        yield from item.values()


def _top_names(operation: dict, schemas: dict) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        shape = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if not status.startswith("2") or "$ref" not in shape:
            continue
        name = shape["$ref"].removeprefix(SCHEMAS)
        rows = schemas[name].get("properties", {}).get("data", {}).get("items", {})
        yield rows["$ref"].removeprefix(SCHEMAS) if "$ref" in rows else name


def _names_of_choices() -> dict[frozenset[str], str]:
    """The class of each set of words; of two with the same words the first by its name. Where two classes
    share a name, neither gives it to its words."""
    classes = sorted(models.TextChoices.__subclasses__(), key=lambda each: each.__name__)
    words = {(each.__name__, frozenset(each.values)) for each in classes if each.values}
    shared = Counter(name for name, _values in words)
    found: dict[frozenset[str], str] = {}
    for name, values in sorted(words, key=lambda each: each[0]):
        if shared[name] == 1:
            found.setdefault(values, name)
    return found
