"""Files of exports under MEDIA_ROOT: whole under their name or not there at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.reports.models import ReportExport
from aftersales.web.picture_store import FILE_MODE, FOLDER_MODE

HALF_DONE_KEPT = timedelta(days=2)
RUNNING = "export_running"


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "reports"


@contextmanager
def part(row: ReportExport) -> Iterator[IO[bytes]]:
    """The unfinished file of an export, for one writer at a time.

    Raises Refused("export_running") when somebody else writes it.
    """
    folder().mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    path = _part_path(row)
    path.touch(mode=FILE_MODE)
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(_("This file is just being made."), code=RUNNING) from None
        yield file


def keep(row: ReportExport) -> tuple[str, str, int]:
    """Give the finished part its name; returns the name, the SHA-256 and the size in bytes."""
    path = _part_path(row)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    name = f"{row.pk}-{digest[:32]}.{row.form}"
    size = path.stat().st_size
    path.rename(folder() / name)
    return name, digest, size


def drop(row: ReportExport) -> None:
    """Remove what there is of an export."""
    _part_path(row).unlink(missing_ok=True)
    if row.file_name:
        (folder() / row.file_name).unlink(missing_ok=True)


def path_of(row: ReportExport) -> Path | None:
    """Where the finished file lies; None when there is none (any more)."""
    if not row.file_name:
        return None
    path = folder() / row.file_name
    return path if path.is_file() else None


def settle(file: IO[bytes]) -> int:
    """Bring what was written to disk; returns the size."""
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def drop_old_parts(now: datetime) -> int:
    """Remove parts that nobody has written to for two days; returns how many."""
    oldest, removed = (now - HALF_DONE_KEPT).timestamp(), 0
    for half in folder().glob("*.part"):
        if half.stat().st_mtime < oldest:
            half.unlink(missing_ok=True)
            removed += 1
    return removed


def _part_path(row: ReportExport) -> Path:
    return folder() / f"{row.pk}.part"
