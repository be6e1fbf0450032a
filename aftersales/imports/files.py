"""Uploaded lists under MEDIA_ROOT: sealed under the key of their row, open only while a run reads them."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from aftersales.accounts import sealing
from aftersales.imports.models import ListImport
from aftersales.web.picture_store import FILE_MODE, FOLDER_MODE

OPEN_KEPT = timedelta(hours=1)
STRAY_KEPT = timedelta(hours=24)
OPEN_MODE = 0o600


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "lists"


def keep(person_key: str, content: bytes) -> str:
    """Write a list sealed, synced and renamed into place; returns its name. Raises OSError.

    Call it before the row is written: a file without a row is swept away later.
    """
    folder().mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    half = folder() / f"{name}.part"
    with half.open("xb") as file:
        half.chmod(FILE_MODE)
        file.write(sealing.seal_bytes(person_key, content))
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder() / name)
    return name


def is_kept(row: ListImport) -> bool:
    return bool(row.kept_name) and (folder() / row.kept_name).is_file()


@contextmanager
def opened(row: ListImport) -> Iterator[Path]:
    """The list in the clear under its own name, in a folder that is gone afterwards.

    A run that is killed leaves that folder behind; `sweep` takes it away within the hour. Raises OSError,
    and sealing.SealError when the file was altered.
    """
    content = sealing.unseal_bytes(row.person_key, (folder() / row.kept_name).read_bytes())
    place = _open_folder() / secrets.token_hex(8)
    place.mkdir(mode=0o700, parents=True)
    try:
        path = place / row.file_name
        path.touch(mode=OPEN_MODE, exist_ok=False)
        path.write_bytes(content)
        yield path
    finally:
        shutil.rmtree(place, ignore_errors=True)


def drop(name: str) -> None:
    """Remove a sealed list, if it is there."""
    if name:
        (folder() / name).unlink(missing_ok=True)


def sweep(*, known: frozenset[str], now: datetime) -> int:
    """Remove what killed runs left open, and lists that no row knows; returns how many."""
    removed = 0
    for place in _open_folder().glob("*"):
        if place.stat().st_mtime < (now - OPEN_KEPT).timestamp():
            shutil.rmtree(place, ignore_errors=True)
            removed += 1
    for stray in folder().glob("*"):
        is_old = stray.stat().st_mtime < (now - STRAY_KEPT).timestamp()
        if stray.is_file() and stray.name not in known and is_old:
            stray.unlink(missing_ok=True)
            removed += 1
    return removed


def _open_folder() -> Path:
    return folder() / "open"
