"""The files beside the database, and the list of their hashes in the form of `sha256sum`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path, PurePosixPath

from django.conf import settings

from aftersales.ops.backups.manifest import BackupError, sha256_of
from aftersales.web.picture_store import FILE_MODE, FOLDER_MODE

FOLDER = "media"
LIST = "media.sha256"
# Holds halves of files that are just being written.
QUARANTINE = "quarantine"


def copy_new(target: Path) -> None:
    """Copy what is stored and not in the backup yet; what vanishes meanwhile was thrown away by its owner.

    Stored files never change, so a second pass after the database's snapshot catches what came in between.
    """
    root = Path(settings.MEDIA_ROOT)
    for name in _names(root):
        copy = target / FOLDER / name
        if copy.exists():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(root / name, copy)
        except FileNotFoundError:
            copy.unlink(missing_ok=True)


def write_list(target: Path) -> tuple[int, int]:
    """Write the list of the copied files; returns their number and bytes."""
    (target / FOLDER).mkdir(exist_ok=True)
    names = _names(target / FOLDER)
    lines = [f"{sha256_of(target / FOLDER / name)}  {FOLDER}/{name}\n" for name in names]
    (target / LIST).write_text("".join(lines), encoding="utf-8")
    return len(names), sum((target / FOLDER / name).stat().st_size for name in names)


def check(source: Path) -> dict[str, str]:
    """Hash by name of every file in the list. Raises BackupError for one that does not fit."""
    listed = {}
    for line in (source / LIST).read_text(encoding="utf-8").splitlines():
        sha256, _blank, path = line.partition("  ")
        name = PurePosixPath(path)
        if name.parts[:1] != (FOLDER,) or ".." in name.parts:
            raise BackupError(f"{LIST} names {path}, which does not belong to a backup.")
        if sha256_of(source / name) != sha256:
            raise BackupError(f"{path} does not fit its hash: the backup is damaged.")
        listed[str(name.relative_to(FOLDER))] = sha256
    return listed


def bring_back(source: Path, listed: dict[str, str]) -> None:
    """Put the listed files where they are stored; others there are left to the sweep of strays."""
    root = Path(settings.MEDIA_ROOT)
    for name, sha256 in listed.items():
        stored = root / name
        if stored.is_file() and sha256_of(stored) == sha256:
            continue
        stored.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        waiting = stored.with_name(f"{stored.name}.restored")
        shutil.copyfile(source / FOLDER / name, waiting)
        waiting.chmod(FILE_MODE)
        with waiting.open("rb") as file:
            os.fsync(file.fileno())
        waiting.rename(stored)


def _names(root: Path) -> list[str]:
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink() and path.relative_to(root).parts[0] != QUARANTINE
    )
