"""Bringing a backup back: `restore`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from aftersales.accounts import sealing
from aftersales.accounts.models import SYSTEM_USERNAME, User, system_user
from aftersales.audit import trail
from aftersales.audit.append_only import expected_triggers, present_triggers
from aftersales.audit.heads import first_broken_head
from aftersales.audit.models import AuditEvent
from aftersales.audit.sealing import first_broken_block
from aftersales.audit.trail import system_scope
from aftersales.ops.backups import manifest, media
from aftersales.ops.backups.manifest import BackupError, Manifest, sha256_of
from aftersales.ops.backups.taking import DATABASES
from aftersales.ops.key_rotation import sealed_models
from claims.models import Claim, Consumer, Movement, Order
from claims.queries import invariants
from stations.models import Grant, Region, Station

# What no freshly migrated database holds.
WORK = (Region, Station, Grant, Consumer, Order, Claim, Movement, AuditEvent)
NAMED_AT_MOST = 3


def restore(folder: Path, *, replace: bool, now: datetime) -> Manifest:
    """Put the system back as it was when the backup was made, and prove that it is.

    Everything is checked before anything is touched. Files come back first, since a file without a row does
    no harm. Afterwards rows are counted, and keys, triggers, the audit chain and the money invariants looked
    at. One event in the trail.

    Raises BackupError for a damaged backup, another version of the system, another kind of database, missing
    master keys, or a database with work in it unless `replace`; and, with what is wrong, when the restored
    system does not hold together.
    """
    kept = manifest.read(folder)
    _check_version(kept)
    _check_keys(kept)
    listed = _check_files(folder, kept)
    if not replace:
        _check_is_empty()
    media.bring_back(folder, listed)
    DATABASES[connection.vendor].bring_back(folder)
    with system_scope("check what was restored", quiet=True):
        wrong = list(_complaints(kept))
        if wrong:
            raise BackupError("Restored, but not sound:\n" + "\n".join(wrong))
        trail.record(
            "backup.restored",
            by=system_user(),
            after={"folder": folder.name, "hash": kept.hash, "made_at": kept.made_at},
            at=now,
        )
    return kept


def _check_version(kept: Manifest) -> None:
    if kept.vendor != connection.vendor:
        raise BackupError(f"The backup is of {kept.vendor}, this system runs on {connection.vendor}.")
    known = {
        f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    }
    differing = sorted(known ^ set(kept.migrations))
    if differing:
        named = ", ".join(differing[:NAMED_AT_MOST]) + (" …" if len(differing) > NAMED_AT_MOST else "")
        raise BackupError(
            f"The backup was made by another version of the system ({named}). "
            "Install that version, restore, then upgrade."
        )


def _check_keys(kept: Manifest) -> None:
    missing = sorted(set(kept.key_ids) - sealing.master_keys().keys())
    if missing:
        raise BackupError(
            f"FIELD_KEYS lacks {', '.join(missing)}: "
            "without it the personal data in the backup cannot be read."
        )


def _check_files(folder: Path, kept: Manifest) -> dict[str, str]:
    for name, sha256 in (
        (kept.database_file, kept.database_sha256),
        (media.LIST, kept.media_list_sha256),
    ):
        if sha256_of(folder / name) != sha256:
            raise BackupError(f"{name} does not fit its hash: the backup is damaged.")
    return media.check(folder)


def _check_is_empty() -> None:
    tables = set(connection.introspection.table_names())
    with system_scope("is there work in the database", quiet=True):
        found = [
            model._meta.db_table
            for model in WORK
            if model._meta.db_table in tables and model.objects.exists()
        ]
        if User._meta.db_table in tables and User.objects.exclude(username=SYSTEM_USERNAME).exists():
            found.append(User._meta.db_table)
    if found:
        raise BackupError(
            f"The database is in use ({', '.join(sorted(found)[:NAMED_AT_MOST])}). "
            "With --replace everything in it is lost for what the backup holds."
        )


def _complaints(kept: Manifest) -> Iterator[str]:
    rows = DATABASES[connection.vendor].present().rows
    for table in sorted(kept.rows.keys() | rows.keys()):
        if rows.get(table) != kept.rows.get(table):
            yield f"{table}: {rows.get(table)} rows, in the backup {kept.rows.get(table)}"
    missing = expected_triggers(connection.vendor).keys() - present_triggers(connection)
    yield from (f"trigger {name}: missing" for name in sorted(missing))
    for model in sealed_models():
        for key_id in kept.key_ids:
            yield from _does_not_open(model, key_id)
    broken = first_broken_block()
    if broken:
        yield f"broken block {broken.county_code or 'programme'}/{broken.number}: {broken.why}"
    if head := first_broken_head():
        yield f"broken head {head.day}: {head.why}"
    yield from invariants.violations()


def _does_not_open(model, key_id: str) -> Iterator[str]:
    """A key of the same id may be another key."""
    person = model.objects.filter(person_key__startswith=f"{key_id}:").order_by("pk").first()
    try:
        if person is not None:
            sealing.check_key(person.person_key)
    except sealing.SealError as error:
        yield f"{model._meta.label} {person.pk}: {error}"
