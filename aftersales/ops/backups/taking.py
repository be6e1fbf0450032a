"""Making a backup: `take`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from shutil import rmtree

from django.db import connection

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.ops.backups import manifest, media, postgres, sqlite
from aftersales.ops.backups.manifest import BackupError, Manifest, sha256_of

DATABASES = {"sqlite": sqlite, "postgresql": postgres}


def take(folder: Path, *, by: User, now: datetime) -> Manifest:
    """Write database, media and manifest into a new folder, while the system goes on working.

    The database is as of one moment, and every file its rows name is there. The folder gets its name when it
    is complete; it holds password hashes, so nobody else may read it. One event in the trail, after it.

    Raises BackupError when the folder is in use, or PostgreSQL's client programs are missing or refuse.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder} exists already; name a new folder.")
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    try:
        unfinished.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise BackupError(
            f"{unfinished} is there: another backup is running, or one was cut short. Remove it then."
        ) from None
    try:
        made = _fill(unfinished, now)
        unfinished.rename(folder)
    except BaseException:
        rmtree(unfinished)
        raise
    trail.record("backup.taken", by=by, after={"folder": folder.name, "hash": made.hash}, at=now)
    return made


def _fill(folder: Path, now: datetime) -> Manifest:
    database = DATABASES[connection.vendor]
    media.copy_new(folder)
    contents = database.take(folder)
    media.copy_new(folder)
    files, size = media.write_list(folder)
    made = Manifest(
        form=manifest.FORM,
        made_at=now.isoformat(timespec="seconds"),
        vendor=connection.vendor,
        database_file=database.FILE,
        database_sha256=sha256_of(folder / database.FILE),
        media_files=files,
        media_bytes=size,
        media_list_sha256=sha256_of(folder / media.LIST),
        **asdict(contents),
    )
    made.write(folder)
    return made
