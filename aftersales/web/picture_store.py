"""Private storage of rebuilt pictures, and the only way they are sent out.

A picture lies under MEDIA_ROOT at ``pictures/ab/cd/<name>.jpg`` with its thumbnail beside it; the name is 128
random bits and says nothing. There is no MEDIA_URL: the caller's view decides who may see a picture.
"""

import contextlib
import logging
import os
import re
import secrets
from collections.abc import Container
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web import pictures
from aftersales.web.pictures import CleanPicture

log = logging.getLogger(__name__)

NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
FILE_NAME = re.compile(r"(?P<name>[0-9a-f]{32})(-small)?\.jpg", re.ASCII)
STRAY_AGE = timedelta(hours=24)
FILE_MODE = 0o640
FOLDER_MODE = 0o750
CACHE_SECONDS = 24 * 3600


class NoSuchPicture(LookupError):
    """No picture is stored under this name, or the name is not one of ours."""


def store(picture: CleanPicture) -> str:
    """Write a rebuilt picture and its thumbnail to disk and return the name to keep in the row.

    Both are written to quarantine, synced and renamed into place, the thumbnail first; so a name that was
    returned stands for two complete files. Call it before the row is written: a file without a row is swept
    away later, a row without a file could not be mended.

    Raises Refused("storage_unavailable") when the disk refuses, and leaves nothing behind then.
    """
    return _write(picture.jpeg, pictures.thumbnail(picture))


def _write(jpeg: bytes, small: bytes) -> str:
    """Put a picture and its thumbnail under a new name."""
    name = secrets.token_hex(16)
    try:
        _put(_location(name, small=True), small)
        _put(_location(name), jpeg)
    except OSError as error:
        log.exception("A picture could not be written")
        remove(name)
        raise Refused(
            _("The photo could not be stored just now. Send it again later."), code="storage_unavailable"
        ) from error
    return name


def path_of(name: str, *, small: bool = False) -> Path:
    """Return where a stored picture or its thumbnail lies. Raises NoSuchPicture."""
    if not NAME.fullmatch(name):
        raise NoSuchPicture("not the name of a picture")
    path = _location(name, small=small)
    if path.is_symlink() or not path.is_file():
        raise NoSuchPicture(name)
    return path


def grey_levels(name: str, side: int) -> bytes:
    """Return a stored picture as side by side grey levels, for comparing looks. Raises NoSuchPicture."""
    with path_of(name, small=True).open("rb") as thumbnail:
        return pictures.grey_levels(thumbnail, side)


def copy(name: str) -> str:
    """Store the same picture once more and return the name of the copy, for a row that owns its file.

    Raises NoSuchPicture, and what `store` refuses.
    """
    jpeg = path_of(name).read_bytes()
    small = path_of(name, small=True).read_bytes()
    return _write(jpeg, small)


def remove(name: str) -> None:
    """Delete a picture and its thumbnail; what is already gone does not matter.

    For photos whose term has ended. Empty the name in the row first. Raises NoSuchPicture for a foreign name.
    """
    if not NAME.fullmatch(name):
        raise NoSuchPicture("not the name of a picture")
    for small in (False, True):
        _location(name, small=small).unlink(missing_ok=True)


def sweep(known_names: Container[str], older_than: timedelta = STRAY_AGE, *, now: datetime) -> int:
    """Delete files that no row names and that are older than ``older_than``; return how many.

    Strays come from a transaction that was rolled back after store() or a process killed inside it. Their age
    keeps a picture safe whose row is about to be written. Files that are not ours are left alone.
    """
    oldest_kept = (now - older_than).timestamp()
    removed = 0
    for path in [*_root().glob("pictures/*/*/*.jpg"), *_root().glob("quarantine/*.jpg")]:
        named = FILE_NAME.fullmatch(path.name)
        is_known = path.parent.name != "quarantine" and named and named["name"] in known_names
        with contextlib.suppress(FileNotFoundError):
            if named and not is_known and path.lstat().st_mtime < oldest_kept:
                path.unlink()
                removed += 1
    return removed


def serve_picture(request: HttpRequest, name: str, thumbnail: bool = False) -> HttpResponseBase:
    """Answer with a stored picture. The caller has checked that this person may see it.

    Whatever lies on disk goes out as image/jpeg that a browser neither sniffs nor runs, kept by this browser
    alone for a day. With settings.MEDIA_ACCEL_PREFIX nginx sends the bytes; its location must repeat the
    headers X-Content-Type-Options and Content-Security-Policy, because nginx drops those of this answer.

    Raises Http404 for a name that is not stored.
    """
    try:
        path = path_of(name, small=thumbnail)
    except NoSuchPicture as missing:
        raise Http404 from missing
    etag = f'"{path.stem}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = _answer(path)
        response["Content-Type"] = "image/jpeg"
        response["Content-Disposition"] = f'inline; filename="photo-{name[:8]}.jpg"'
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={CACHE_SECONDS}, immutable"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _answer(path: Path) -> HttpResponseBase:
    prefix = settings.MEDIA_ACCEL_PREFIX
    if not prefix:
        return FileResponse(path.open("rb"))
    response = HttpResponse()
    response["X-Accel-Redirect"] = f"{prefix.rstrip('/')}/{path.relative_to(_root()).as_posix()}"
    return response


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)


def _location(name: str, *, small: bool = False) -> Path:
    return _root() / "pictures" / name[:2] / name[2:4] / f"{name}{'-small' if small else ''}.jpg"


def _put(target: Path, content: bytes) -> None:
    quarantine = _root() / "quarantine"
    quarantine.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    target.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    waiting = quarantine / target.name
    try:
        waiting.touch(mode=FILE_MODE, exist_ok=False)
        with waiting.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        waiting.rename(target)
    except OSError:
        waiting.unlink(missing_ok=True)
        raise
    # The new entries of the folders must survive a loss of power too.
    for folder in target.parents[:3]:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
