"""The base of every door of the API: scopes, strict parameters, one effect for each key, pages, tags."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from aftersales.lib.errors import Refused
from aftersales.web import idempotency
from aftersales.web.api.access import HasScope
from aftersales.web.api.fields import Input, Output, only_asked
from aftersales.web.api.paging import KeysetPagination
from aftersales.web.api.versions import etag, has_already
from aftersales.web.idempotency import Answer

KEY_HEADER, REPLAYED_HEADER = "Idempotency-Key", "Idempotency-Replayed"
KEPT_HEADERS = ("ETag", "Location")
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True)
class Made:
    """What came of a POST: the answer, and the row it made or changed."""

    body: Any
    row: models.Model
    status: int = 201
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiView(GenericAPIView):
    """One address of the API.

    `scopes` names the ApiScope of each method, `for_consumers` lets consumers' sessions in, `only_consumers`
    nobody else. `refusals` lists for each method the codes its service may refuse with, which is what the
    schema documents. `order` is the keyset of the list, `filterset_class` its named filters, `parameters`
    what else the query may hold: names, or names with the schema of each. `post_parameters` are those of
    every other method.
    `serializer_class` is an Output, `input_classes` the Input of each method that reads a body.

    For the schema alone: `output_classes` names the Output of a method where it is another one (None where
    there is no body), `statuses` its statuses where they are not 200, 201 of POST and 204 of DELETE.
    `reads` and `answers_with` name the media types of methods that read or answer something else than JSON.
    `if_match` are the methods that ask for a version, `tagged` those that answer with its ETag.
    """

    scopes: Mapping[str, str] = {}
    for_consumers = False
    only_consumers = False
    refusals: Mapping[str, Collection[str]] = {}
    order: tuple[str, ...] = ("-id",)
    parameters: Collection[str] = frozenset()
    post_parameters: Collection[str] = frozenset()
    input_classes: Mapping[str, type[Input]] = {}
    output_classes: Mapping[str, type[Output] | None] = {}
    statuses: Mapping[str, int | tuple[int, ...]] = {}
    reads: Mapping[str, Collection[str]] = {}
    answers_with: Mapping[str, Collection[str]] = {}
    if_match: Collection[str] = ("PUT", "PATCH", "DELETE")
    tagged: Collection[str] = ()
    permission_classes = (HasScope,)
    filter_backends = (DjangoFilterBackend,)
    pagination_class = KeysetPagination
    filterset_class = None
    is_list = False

    def scope_of(self, method: str) -> str | None:
        """The scope a method needs; HEAD is GET, and OPTIONS tells what GET would."""
        return self.scopes.get({"HEAD": "GET", "OPTIONS": "GET"}.get(method, method)) or next(
            iter(self.scopes.values()), None
        )

    # --- what the schema is told --------------------------------------------------------------------

    def output_of(self, method: str) -> type[Output] | None:
        """What a method answers; None without a body."""
        return self.output_classes.get(method, None if method == "DELETE" else self.serializer_class)

    def statuses_of(self, method: str) -> tuple[int, ...]:
        """The statuses of success."""
        usual = 201 if method == "POST" else 200 if self.output_of(method) or method == "GET" else 204
        given = self.statuses.get(method, usual)
        return given if isinstance(given, tuple) else (given,)

    def query_of(self, method: str) -> dict[str, Mapping[str, Any]]:
        """The schema of each name that the query of a method may hold, beside filters and pages."""
        names = self.parameters if method == "GET" else self.post_parameters
        if isinstance(names, Mapping):
            return dict(names)
        return {name: {"type": "string", "maxLength": 200} for name in sorted(names)}

    # --- what every request goes through ------------------------------------------------------------

    def initial(self, request, *args, **kwargs):
        language = _language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            self._check_parameters(request)
        self._check_values(request)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Content-Language", translation.get_language())
        for name, value in getattr(request, "rate", {}).items():
            response.headers[name] = value
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    def _check_parameters(self, request) -> None:
        known = {*self.parameters, *([] if "GET" in self.answers_with else ["fields"])}
        if self.is_list:
            known |= {"cursor", "limit", *getattr(self.filterset_class, "base_filters", ())}
        unknown = sorted(name for name in request.query_params if name not in known)
        if unknown:
            raise serializers.ValidationError(
                {
                    name[:80]: [
                        serializers.ErrorDetail(_("This list has no such filter."), code="unknown_parameter")
                    ]
                    for name in unknown[:20]
                }
            )

    def _check_values(self, request) -> None:
        """A filter that comes empty is a mistake of a program and not the wish for everything."""
        narrowing = {"fields", "limit"}
        if self.is_list:
            narrowing |= set(getattr(self.filterset_class, "base_filters", ()))
        shapes = self.query_of("GET" if request.method == "HEAD" else request.method)
        wrong = {}
        for name, values in request.query_params.lists():
            shape = shapes.get(name, {})
            if name in narrowing and "" in values:
                wrong[name] = (_("Leave this out instead of sending it empty."), "blank")
            elif "enum" in shape and not set(values) <= set(map(str, shape["enum"])):
                wrong[name] = (_("This is not one of the values it can have."), "invalid_choice")
            elif "maxLength" in shape and max(map(len, values)) > shape["maxLength"]:
                wrong[name] = (
                    _("Send at most %(most)s characters.") % {"most": shape["maxLength"]},
                    "max_length",
                )
        if wrong:
            raise serializers.ValidationError(
                {name: [serializers.ErrorDetail(text, code=code)] for name, (text, code) in wrong.items()}
            )

    # --- answers ----------------------------------------------------------------------------------

    def shown(self, row: Any, *, many: bool = False, serializer_class: type[Output] | None = None) -> Any:
        """A row, or several, as the API tells them, with only the fields that were asked for."""
        chosen = serializer_class or self.serializer_class
        only = only_asked(chosen, self.request.query_params.get("fields", ""))
        return chosen(row, many=many, only=only, context=self.get_serializer_context()).data

    def page(self, queryset: models.QuerySet, **kwargs) -> Response:
        """One page of a list, filtered as the query asks."""
        rows = self.paginate_queryset(self.filter_queryset(queryset))
        return self.get_paginated_response(self.shown(rows, many=True, **kwargs))

    def one(self, row: Any, *, version: int | None = None, **kwargs) -> Response:
        """One row with the tag of its version; 304 without a body where the caller has it already."""
        body = self.shown(row, **kwargs)
        if version is None:
            return Response(body)
        if has_already(self.request, etag(version)):
            return Response(status=304, headers={"ETag": etag(version)})
        return Response(body, headers={"ETag": etag(version)})

    # --- requests ---------------------------------------------------------------------------------

    def given(self, **context) -> dict[str, Any]:
        """The body of this request, checked. Raises a validation error."""
        chosen = self.input_classes[self.request.method]
        form = chosen(data=self.request.data, context={**self.get_serializer_context(), **context})
        form.is_valid(raise_exception=True)
        return form.validated_data

    def once(self, effect: Callable[[], Made], *, body: Any = None) -> Response:
        """Carry out `effect` for the first request under its Idempotency-Key; later ones get its answer.

        Key, effect and answer are one transaction (docs/trust.md, D3). `body` is what the request is told
        apart by; the parsed body unless given. Raises Refused("key_missing", "key_malformed",
        "key_reused") and whatever the effect refuses, which leaves the key free.
        """
        request = self.request
        key = request.headers.get(KEY_HEADER, "")
        if not key:
            raise Refused(_("Send an Idempotency-Key: a random text of your own."), code="key_missing")
        told_apart = {
            "method": request.method,
            "path": request.path_info,
            "body": request.data if body is None else body,
        }

        def keep() -> Answer:
            made = effect()
            response = {
                "status": made.status,
                "body": json.loads(JSONRenderer().render(made.body)),
                "headers": {name: made.headers[name] for name in KEPT_HEADERS if name in made.headers},
            }
            return Answer.to(made.row, response)

        answer, is_replay = idempotency.once(
            client=request.auth.client_key,
            key=key,
            fingerprint=idempotency.fingerprint(told_apart),
            effect=keep,
        )
        headers = {**answer.response["headers"], **({REPLAYED_HEADER: "true"} if is_replay else {})}
        return Response(answer.response["body"], status=answer.response["status"], headers=headers)

    def unless_stale(self, act: Callable[[], Response], current: Callable[[], Any]) -> Response:
        """What `act` answers; where somebody was faster, the refusal tells how the row stands now."""
        try:
            return act()
        except Refused as refused:
            if refused.code == "stale":
                refused.details["current"] = json.loads(JSONRenderer().render(current()))
            raise


def _language(request) -> str:
    """Chinese unless Accept-Language puts English first among the two."""
    wanted = [part.split(";")[0].strip().lower()[:2] for part in _accepted(request)]
    return next((LANGUAGES[each] for each in wanted if each in LANGUAGES), settings.LANGUAGE_CODE)


def _accepted(request) -> list[str]:
    return request.headers.get("Accept-Language", "").split(",")[:10]
