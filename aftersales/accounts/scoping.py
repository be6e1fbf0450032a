"""The scope: which rows the person acting may see, ambient and closed by default.

A scope is set once, at the door: by the middleware for pages and admin, after token authentication
for the API, and by `system_scope` in tasks and commands. The default manager of every tenant model
applies it and raises `ScopeMissing` when none is set, so drop-downs, filters, autocomplete, delete
pages and related fields follow without code of their own.

What stays outside: `_base_manager` (Django's own reading of a foreign key from a row that was
already let through), raw SQL, and unique constraints.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import models

COUNTY_DIGITS = 6
CODE_DIGITS = 12


class ScopeMissing(RuntimeError):
    """Rows were asked for while nobody had said on whose behalf."""


@dataclass(frozen=True)
class Scope:
    """Region prefixes (significant digits of the official code), station ids, or everywhere."""

    who: str
    regions: frozenset[str] = field(default_factory=frozenset)
    stations: frozenset[int] = field(default_factory=frozenset)
    everywhere: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.everywhere or self.regions or self.stations)


@dataclass(frozen=True)
class ScopePaths:
    """Where a model keeps what a scope asks for, over forward keys only; "" where it has none.

    county: a 12-digit county code on the row or one key away. region: the 12-digit code of the place,
    for scopes narrower than a county. station: the station's id.
    """

    county: str
    region: str = ""
    station: str = ""


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope:
    scope = _current.get()
    if scope is None:
        raise ScopeMissing("No scope is set: enter one with acting_in() or system_scope(reason).")
    return scope


@contextmanager
def acting_in(scope: Scope) -> Iterator[Scope]:
    """Let everything inside see what this scope reaches and nothing else."""
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def enter(scope: Scope | None):
    """Set the scope for a request; give the returned token to `leave` when the request ends."""
    return _current.set(scope)


def leave(token) -> None:
    _current.reset(token)


def code_range(prefix: str) -> tuple[str, str]:
    """First and last 12-digit code inside a region, so that one index range answers."""
    return prefix.ljust(CODE_DIGITS, "0"), prefix.ljust(CODE_DIGITS, "9")


def inside(path: str, prefix: str) -> models.Q:
    """The condition that the 12-digit code at `path` lies in a region; works for foreign keys too."""
    first, last = code_range(prefix)
    return models.Q(**{f"{path}__gte": first, f"{path}__lte": last})


def scope_filter(scope: Scope, paths: ScopePaths) -> models.Q | None:
    """The condition for rows inside the scope; None when the scope reaches everything."""
    if scope.everywhere:
        return None
    condition = models.Q(pk__in=[])
    for prefix in sorted(scope.regions):
        if len(prefix) == COUNTY_DIGITS:
            condition |= models.Q(**{paths.county: code_range(prefix)[0]})
        elif len(prefix) < COUNTY_DIGITS:
            condition |= inside(paths.county, prefix)
        elif paths.region:
            condition |= inside(paths.region, prefix)
    if scope.stations and paths.station:
        condition |= models.Q(**{f"{paths.station}__in": sorted(scope.stations)})
    return condition


class ScopedQuerySet(models.QuerySet):
    """Rows that the current scope reaches."""


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    """The default manager of every tenant model; raises ScopeMissing when no scope is set."""

    def get_queryset(self):
        queryset = super().get_queryset()
        condition = scope_filter(current_scope(), self.model.scope_paths)
        return queryset if condition is None else queryset.filter(condition)
