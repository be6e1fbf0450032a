"""What a request did to the database: every writing statement, and fingerprints of whole tables."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator, Set
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from aftersales.accounts.scoping import Scope, acting_in

WRITING = re.compile(r"\s*(INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)
OTHER_WRITING = re.compile(r"\s*(CREATE|DROP|ALTER|TRUNCATE|REPLACE|GRANT|REVOKE)\b", re.IGNORECASE)
# Who asked and when: sessions, the throttle of sign-ins, the trail, signs of life of a health probe, and the
# log of what was taken out of the reports.
KEPT_ABOUT_REQUESTS = frozenset(
    {"django_session", "audit_auditevent", "ops_heartbeat", "web_failurecount", "reports_reportexport"}
)
KEPT_PREFIX = "axes_"


def is_about_requests(table: str) -> bool:
    return table in KEPT_ABOUT_REQUESTS or table.startswith(KEPT_PREFIX)


class WriteWatch:
    """Names the tables that writing statements touched, whether or not a row changed."""

    def __init__(self):
        self.tables: set[str] = set()

    def __call__(self, execute, sql, params, many, context):
        if found := WRITING.match(sql):
            self.tables.add(found.group(2).lower())
        elif OTHER_WRITING.match(sql):
            self.tables.add(sql.strip()[:60])
        return execute(sql, params, many, context)

    @property
    def changed(self) -> set[str]:
        """The tables beside those that hold who asked and when."""
        return {table for table in self.tables if not is_about_requests(table)}


@contextmanager
def watching() -> Iterator[WriteWatch]:
    watch = WriteWatch()
    with connection.execute_wrapper(watch):
        yield watch


@contextmanager
def undone() -> Iterator[None]:
    """Everything written inside is taken back at the end, also where a service insists on durability."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


def kept_models() -> list[type[Model]]:
    """Every table of the system, history tables and the task queue included."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not is_about_requests(model._meta.db_table)
    ]


def fingerprint(models: list[type[Model]] | None = None) -> dict[str, tuple[int, str]]:
    """Count and hash of every row of these tables, of all by default, read past every scope."""
    return {
        model._meta.db_table: _digest(model._base_manager.order_by("pk").values_list())
        for model in models or kept_models()
    }


def fingerprint_of(scope: Scope, written: Set[str] | None = None) -> dict[str, tuple[int, str]]:
    """Count and hash of the rows that a scope reaches: what a place looks like from inside.

    Knowing the tables that were written to, those that cannot have changed are left out.
    """
    everything = written is None or not written.isdisjoint(_tables_that_place_others())
    with acting_in(scope):
        return {
            model._meta.db_table: _digest(model.objects.order_by("pk").values_list())
            for model in scoped_models()
            if everything or model._meta.db_table in written
        }


@cache
def scoped_models() -> tuple[type[Model], ...]:
    return tuple(model for model in kept_models() if hasattr(model, "scope_paths"))


@cache
def _tables_that_place_others() -> frozenset[str]:
    """Tables by whose rows the scope decides about rows of another table."""
    paths = {
        (model, path.partition("__")[0])
        for model in scoped_models()
        for path in dataclasses.astuple(model.scope_paths)
        if path and "__" in path
    }
    return frozenset(model._meta.get_field(name).related_model._meta.db_table for model, name in paths)


def _digest(rows) -> tuple[int, str]:
    listed = [repr(row) for row in rows]
    return len(listed), hashlib.sha256("\n".join(listed).encode()).hexdigest()[:16]


def differences(before: dict, after: dict) -> list[str]:
    return sorted(table for table in before.keys() | after.keys() if before.get(table) != after.get(table))
