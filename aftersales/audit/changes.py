"""Changing what is said about a row: only what differs is written, and the trail keeps how it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from aftersales.accounts.models import User
from aftersales.audit import trail


def change_row(
    row: Model,
    values: Mapping[str, Any],
    *,
    verb: str,
    by: User,
    now: datetime,
    told: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> bool:
    """Write those of these values that differ from the row; False when none does, and nothing is recorded.

    `told` says what the trail keeps of the values.
    """
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not before:
        return False
    after = {name: values[name] for name in before}
    with transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**after)
        trail.record(verb, by=by, obj=row, before=told(before), after=told(after), at=now)
    row.refresh_from_db()
    return True
