"""Every address that Django's resolver knows, in two flat lists: pages for people, doors for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, get_resolver, reverse

MODEL_PAGES = ("changelist", "add", "change", "delete", "history")
API = "api:"
SHORT = "short"
"""The address of a row without "change" at its end, which leads on to the one with it."""


@dataclass(frozen=True)
class Route:
    """One URL pattern: its name with namespaces (or its pattern when it has none) and its parameters.

    `forms` are the regular expressions that the parameters have to fit, where the address says so, and
    `view_class` is the class behind it, where it is one.
    """

    name: str
    pattern: str
    parameters: tuple[str, ...]
    is_named: bool
    forms: tuple[str, ...] = ()
    view_class: type | None = None

    def url(self, values: dict[str, object]) -> str:
        """The address with these values; an unnamed pattern is filled in by hand."""
        if self.is_named:
            return reverse(self.name, kwargs=values)
        text = "/" + self.pattern
        for parameter, value in values.items():
            text = text.replace(f"<path:{parameter}>", str(value)).replace(
                f"(?P<{parameter}>.*)$", str(value)
            )
        return text


@cache
def all_routes() -> tuple[Route, ...]:
    """The pages: what is asked for with a session in a browser."""
    return tuple(route for route in _every_route() if not route.name.startswith(API))


@cache
def api_routes() -> tuple[Route, ...]:
    """The doors of the API: what is asked for with a token; tests/rights/api_matrix.csv."""
    return tuple(route for route in _every_route() if route.name.startswith(API))


@cache
def _every_route() -> tuple[Route, ...]:
    return tuple(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns, prefix: str, namespaces: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            name = ":".join((*namespaces, pattern.name)) if pattern.name else path
            forms = tuple(each.regex for each in pattern.pattern.converters.values())
            view = getattr(pattern.callback, "cls", None)
            yield Route(name, path, tuple(pattern.pattern.regex.groupindex), bool(pattern.name), forms, view)
        else:
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, path, inner)


def registered_models() -> dict[str, type[Model]]:
    """Models of the admin by label: "stations.station"."""
    return {model._meta.label_lower: model for model in admin.site._registry}


@cache
def model_page(route: Route) -> tuple[type[Model], str] | None:
    """The model and kind of page of a route that Django makes for a registered model."""
    for model in admin.site._registry:
        if (
            route.pattern
            == f"{settings.ADMIN_PATH}{model._meta.app_label}/{model._meta.model_name}/<path:object_id>/"
        ):
            return model, SHORT
        stem = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
        kind = route.name.removeprefix(stem)
        if route.name.startswith(stem) and kind in MODEL_PAGES:
            return model, kind
    return None
