"""Wrapping every person's key with the newest master key: `rotate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Left

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.accounts.personal import OwnKey
from aftersales.audit import trail

BATCH = 500


@dataclass
class Rotation:
    """How many keys were wrapped anew, were wrapped by the newest master key already, or did not open."""

    rewrapped: int = 0
    unchanged: int = 0
    refused: int = 0

    def __str__(self):
        """Read by scripts, so never translated."""
        told = f"rewrapped {self.rewrapped}, unchanged {self.unchanged}"
        return f"{told}, refused {self.refused}" if self.refused else told


def rotate(*, by: User, now: datetime, refuse: Callable[[str, str], None]) -> Rotation:
    """Wrap the keys of all persons with the newest master key, batch by batch, and say so in the trail.

    Only the short keys change; what they seal stays as it is. May be repeated: what is done stays done. A
    key that does not open is told to `refuse` with its row and the reason, and left alone. Erased persons
    have no key and do not count. Wants a scope that reaches everything.
    """
    newest = sealing.newest_master_id()
    rotation = Rotation()
    for model in sealed_models():
        wrapped = _with_mark(model, newest)
        rotation.unchanged += wrapped.filter(mark=f"{newest}:").count()
        for batch in _batches(wrapped.exclude(mark=f"{newest}:")):
            with transaction.atomic():
                for person in batch:
                    _rewrap(person, rotation, refuse)
    after = {"key": newest, "rewrapped": rotation.rewrapped, "unchanged": rotation.unchanged}
    trail.record("keys.rotated", by=by, after=after | {"refused": rotation.refused}, at=now)
    return rotation


def sealed_models() -> list[type[OwnKey]]:
    """Every table whose rows seal personal data under a key of their own."""
    return [model for model in apps.get_models() if issubclass(model, OwnKey)]


def _with_mark(model: type[OwnKey], newest: str) -> QuerySet:
    """Persons with a key, and its beginning: SQLite's LIKE would take K1 for k1."""
    return (
        model.objects.exclude(person_key="")
        .annotate(mark=Left("person_key", Value(len(newest) + 1)))
        .only("person_key")
        .order_by("pk")
    )


def _batches(persons: QuerySet) -> Iterator[list[OwnKey]]:
    """In the order of their keys, each asked for when the one before is done."""
    last = 0
    while batch := list(persons.filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk


def _rewrap(person: OwnKey, rotation: Rotation, refuse: Callable[[str, str], None]) -> None:
    before = person.person_key
    try:
        person.rewrap_key()
    except sealing.SealError as error:
        rotation.refused += 1
        refuse(f"{person._meta.label} {person.pk}", str(error))
        return
    # Not where the person was erased meanwhile.
    rotation.rewrapped += (
        type(person).objects.filter(pk=person.pk, person_key=before).update(person_key=person.person_key)
    )
