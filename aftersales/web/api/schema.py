"""How the OpenAPI schema is told: each operation from what its view declares. docs/api.md."""

from collections.abc import Iterator
from typing import Any

import django_filters
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import is_list_serializer
from rest_framework import serializers

from aftersales.web.api import field_docs, problem_docs
from aftersales.web.api.fields import Input, TextField
from aftersales.web.api.filters import LARGEST_KEY, KeyFilter
from aftersales.web.api.parameters import IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH, LANGUAGE, parameter
from aftersales.web.api.problem_docs import RATE_HEADERS

BODIES = ("POST", "PUT", "PATCH")
VERBS = {"POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "remove"}
FILTERS = {
    KeyFilter: {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY},
    django_filters.IsoDateTimeFilter: {"type": "string", "format": "date-time"},
    django_filters.DateFilter: {"type": "string", "format": "date"},
    django_filters.NumberFilter: {"type": "integer"},
    django_filters.BooleanFilter: {"type": "string", "enum": ["true", "false"]},
}


class ApiSchema(AutoSchema):
    """The operation of one method of an ApiView."""

    def get_operation_id(self) -> str:
        """`claims_list`, `claims_read`, `claims_photos_create`: the words of the path and what is done."""
        words = [word.replace("-", "_") for word in self._tokenize_path()]
        if self.method == "GET":
            verb = "list" if self._is_list_view() else "read" if self.path.endswith("}/") else "show"
        else:
            verb = VERBS[self.method]
        return "_".join([*words, verb])

    def get_summary(self) -> str:
        return (getattr(self.view, self.method.lower()).__doc__ or "").strip().split("\n")[0]

    def get_description(self) -> str:
        _summary, _break, more = (getattr(self.view, self.method.lower()).__doc__ or "").partition("\n")
        parts = (_plain(type(self.view).__doc__ or ""), _plain(more))
        return "\n\n".join(part for part in parts if part)

    def get_tags(self) -> list[str]:
        return self._tokenize_path()[:1]

    def get_auth(self) -> list[dict]:
        scope = self.view.scope_of(self.method)
        return [{name: [scope] for name in each} for each in super().get_auth()]

    def get_extensions(self) -> dict:
        return {"x-scope": self.view.scope_of(self.method), "x-for-consumers": self.view.for_consumers}

    # --- parameters -------------------------------------------------------------------------------

    def _get_parameters(self) -> list[dict]:
        found = {(each["name"], each["in"]): each for each in super()._get_parameters()}
        for each in self._own_parameters():
            found[each["name"], each["in"]] = each
        return sorted(found.values(), key=lambda each: (each["in"] != "path", each["in"], each["name"]))

    def _own_parameters(self) -> Iterator[dict]:
        yield LANGUAGE
        for name, shape in self.view.query_of(self.method).items():
            yield parameter(name, "query", shape)
        yield from self._asked_parameters()
        if self.method == "GET" and self._output() is not None and "GET" not in self.view.answers_with:
            names = list(self._output()().fields)
            yield {
                **parameter("fields", "query", {"type": "array", "items": {"enum": names}, "minItems": 1}),
                "explode": False,
                "description": "Only these fields, separated by commas; all unless told.",
            }
        if self.method == "POST":
            yield IDEMPOTENCY_KEY
        if self.method in self.view.if_match:
            yield IF_MATCH
        if self.method == "GET" and self.method in self.view.tagged:
            yield IF_NONE_MATCH

    def _asked_parameters(self) -> Iterator[dict]:
        """What the view's `query_class` reads: with POST where there is one, else with GET."""
        asked = getattr(self.view, "query_class", None)
        if asked is not None and self.method == ("POST" if "POST" in self.view.scopes else "GET"):
            told = self._map_basic_serializer(asked(), "request")
            for name, shape in told["properties"].items():
                yield parameter(name, "query", shape, required=name in told.get("required", ()))

    def _get_filter_parameters(self) -> list[dict]:
        chosen = getattr(self.view, "filterset_class", None)
        if not self._is_list_view() or chosen is None:
            return []
        return [_filter_parameter(name, each) for name, each in chosen.base_filters.items()]

    def _is_list_view(self, serializer=None) -> bool:
        return self.method == "GET" and self.view.is_list

    # --- bodies -----------------------------------------------------------------------------------

    def _output(self):
        return self.view.output_of(self.method)

    def get_request_serializer(self):
        return self.view.input_classes.get(self.method)

    def get_response_serializers(self):
        return self._output()

    def _get_request_body(self, direction="request"):
        media = self.view.reads.get(self.method)
        if media:
            shape = {"type": "string", "format": "binary"}
            return {"content": {each: {"schema": shape} for each in media}, "required": True}
        if self.method not in BODIES or self.get_request_serializer() is None:
            return None
        return super()._get_request_body(direction)

    def _get_response_bodies(self, direction="response") -> dict:
        answers = {str(status): self._success(str(status)) for status in self.view.statuses_of(self.method)}
        if self.method == "GET" and self.method in self.view.tagged:
            answers["304"] = {"description": "Unchanged since the ETag that was sent."}
        return {**answers, **problem_docs.responses(self.view, self.method, self.path)}

    def _success(self, status: str) -> dict:
        media = self.view.answers_with.get(self.method)
        if media:
            answer = {
                "description": "",
                "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in media},
            }
        else:
            answer = self._get_response_for_code(self._output() if status != "204" else None, status)
        answer["description"] = self.get_summary()
        headers = {**answer.get("headers", {}), **RATE_HEADERS}
        if self.method in self.view.tagged:
            headers["ETag"] = {"description": "The version, for If-Match.", "schema": {"type": "string"}}
        if self.method == "POST":
            headers["Idempotency-Replayed"] = {
                "description": "`true` where the effect had happened before and its answer is told again.",
                "schema": {"type": "string", "enum": ["true"]},
            }
        return {**answer, "headers": headers}

    # --- fields -----------------------------------------------------------------------------------

    def _map_serializer_field(self, field, direction, bypass_extensions=False):
        found = super()._map_serializer_field(field, direction, bypass_extensions)
        if found and is_list_serializer(field):
            if getattr(field, "max_length", None) is not None:
                found["maxItems"] = field.max_length
            if direction == "request" and not field.allow_empty:
                found["minItems"] = 1
        return found

    def _get_serializer_field_meta(self, field, direction) -> dict:
        meta = super()._get_serializer_field_meta(field, direction)
        if direction == "request" and isinstance(field, serializers.CharField) and not field.allow_blank:
            meta["minLength"] = 1
        if direction == "request" and isinstance(field, TextField):
            meta["pattern"] = field_docs.printable(field)
        return meta

    def _map_basic_serializer(self, serializer, direction):
        found = super()._map_basic_serializer(serializer, direction)
        if direction == "request" and isinstance(serializer, Input):
            found["additionalProperties"] = False
        return found


def _filter_parameter(name: str, each) -> dict:
    shape: dict[str, Any] = {"type": "string", "maxLength": each.extra.get("max_length", 200)}
    for kind, known in FILTERS.items():
        if isinstance(each, kind):
            shape = dict(known)
            break
    choices = each.extra.get("choices")
    if choices is not None:
        listed = choices() if callable(choices) else choices
        shape = {"type": "string", "enum": [str(value) for value, _words in listed]}
    if isinstance(each, django_filters.MultipleChoiceFilter):
        shape = {"type": "array", "items": shape}
    return parameter(name, "query", shape, description=str(each.extra.get("help_text") or each.label or ""))


def _plain(text: str) -> str:
    """The paragraphs of a docstring, each in one line."""
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(" ".join(line.strip() for line in each.split("\n")) for each in paragraphs)
