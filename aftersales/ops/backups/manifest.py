"""What a backup holds and what it needs, in `manifest.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "manifest.json"
FORM = 1
CHUNK = 1024 * 1024


class BackupError(Exception):
    """A backup cannot be made or brought back; the message is a sentence for the operator."""


@dataclass(frozen=True)
class Manifest:
    """`migrations` are those applied; `key_ids` the master keys that personal data needs, never the keys.

    `rows` counts every table of the snapshot. `media_list_sha256` is over the list that names every file.
    """

    form: int
    made_at: str
    vendor: str
    database_file: str
    database_sha256: str
    migrations: list[str]
    key_ids: list[str]
    rows: dict[str, int]
    media_files: int
    media_bytes: int
    media_list_sha256: str

    @property
    def hash(self) -> str:
        """SHA-256 over everything the manifest says, and through it over everything in the folder."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def write(self, folder: Path) -> None:
        text = json.dumps({**asdict(self), "hash": self.hash}, indent=1, sort_keys=True)
        (folder / NAME).write_text(f"{text}\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest of a folder. Raises BackupError when there is none or it was changed."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        kept = told.pop("hash")
        manifest = Manifest(**told)
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no {NAME}: it is no backup, or an unfinished one.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError(f"{NAME} cannot be read: the backup is damaged, or of a later form.") from None
    if manifest.form != FORM or manifest.hash != kept:
        raise BackupError(f"{NAME} does not fit its own hash: the backup is damaged.")
    return manifest


def sha256_of(path: Path) -> str:
    """The hash of a file's content. Raises BackupError when the file is gone."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        raise BackupError(f"{path.name} is missing: the backup is damaged.") from None
    return digest.hexdigest()
