"""Many certificates in one file, made in the background, kept for a week. docs/rules/certificates.md."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.web.picture_store import FILE_MODE, FOLDER_MODE
from aftersales.web.queueing import enqueue
from training.models import Certificate, CertificatePrint
from training.models.certificates import PrintState
from training.services import certificate_pdf

MOST = 1000
KEPT = timedelta(days=7)
HALF_DONE_KEPT = timedelta(days=1)
TOLD_EVERY = 10
"""After how many pages the progress is written down."""

TASK = "aftersales.ops.tasks.make_certificate_print"
NOT_ENDED = (PrintState.WAITING, PrintState.RUNNING)

log = logging.getLogger(__name__)


def ask(certificates: Sequence[Certificate], *, by: User, now: datetime) -> CertificatePrint:
    """Have one file of these certificates made in the background, in this order.

    Raises Refused("nobody_chosen"), Refused("too_many") beyond 1000, Refused("several_counties"),
    Refused("public_url_missing").
    """
    if not certificates:
        raise Refused(_("There is no certificate to print."), code="nobody_chosen")
    if len(certificates) > MOST:
        raise Refused(
            _("At most %(most)s certificates in one file. Narrow the choice.") % {"most": MOST},
            code="too_many",
        )
    if len({certificate.county_code for certificate in certificates}) > 1:
        raise Refused(_("Choose the certificates of one county."), code="several_counties")
    certificate_pdf.public_url()
    with transaction.atomic():
        row = CertificatePrint(
            county_code=certificates[0].county_code,
            certificate_ids=[certificate.pk for certificate in certificates],
            count=len(certificates),
            asked_by=by,
            asked_at=now,
        )
        row.save(force_insert=True)
        trail.record("certificate_print.asked", by=by, obj=row, after={"count": row.count}, at=now)
        _enqueue(row, now)
    return row


def ask_again(row: CertificatePrint, *, by: User, now: datetime) -> CertificatePrint:
    """Have the file of an ended print made once more; the same certificates give the same bytes.

    Raises Refused("print_running") while it is waiting or being made, Refused("public_url_missing"),
    Refused("revoked_inside") when a certificate in it was revoked meanwhile.
    """
    certificate_pdf.public_url()
    refuse_revoked(row)
    with transaction.atomic():
        ended = CertificatePrint.objects.filter(pk=row.pk).exclude(state__in=NOT_ENDED)
        if not ended.update(state=PrintState.WAITING, done=0, problem="", ended_at=None):
            raise Refused(_("This file is just being made."), code="print_running")
        row.refresh_from_db()
        trail.record("certificate_print.asked", by=by, obj=row, after={"count": row.count}, at=now)
        _enqueue(row, now)
    return row


def make(print_id: int, *, now: datetime) -> str:
    """Make the file of a print and write the progress down; returns its state.

    May run twice, also at the same moment: the bytes are the same. What cannot be printed is said on the
    print, and nothing is tried again by itself.
    """
    with system_scope("make a file of certificates", quiet=True):
        prints = CertificatePrint.objects.filter(pk=print_id)
        if not prints.filter(state__in=NOT_ENDED).update(state=PrintState.RUNNING, done=0):
            return prints.values_list("state", flat=True).get()
        row = prints.get()
        try:
            content = _written(row)
        except Refused as refused:
            return _end(row, now, PrintState.FAILED, problem=refused.message[:200])
        except OSError:
            log.exception("A file of certificates could not be stored")
            return _end(
                row, now, PrintState.FAILED, problem=_("The file could not be stored. Try again later.")
            )
        return _end(row, now, PrintState.READY, content=content)


def refuse_revoked(row: CertificatePrint) -> None:
    """Raise Refused("revoked_inside") when one of the certificates in a file has been revoked."""
    if Certificate._base_manager.filter(pk__in=row.certificate_ids, revoked_at__isnull=False).exists():
        raise Refused(
            _("A certificate in this file has been revoked. Print the others anew."), code="revoked_inside"
        )


def path_of(row: CertificatePrint) -> Path | None:
    """Where the file of a print lies; None when there is none (any more)."""
    if not row.file_name:
        return None
    path = _folder() / row.file_name
    return path if path.is_file() else None


def sweep(*, now: datetime) -> int:
    """Remove the files that have been kept for a week, and halves that were left behind; returns how many."""
    removed = 0
    with system_scope("remove files of certificates", quiet=True):
        for row in CertificatePrint.objects.filter(kept_until__lt=now).exclude(file_name=""):
            (_folder() / row.file_name).unlink(missing_ok=True)
            with transaction.atomic():
                CertificatePrint.objects.filter(pk=row.pk, kept_until__lt=now).update(file_name="")
                trail.record("certificate_print.removed", by=system_user(), obj=row, at=now)
            removed += 1
    oldest = (now - HALF_DONE_KEPT).timestamp()
    for half in _folder().glob("*.half"):
        if half.stat().st_mtime < oldest:
            half.unlink(missing_ok=True)
            removed += 1
    return removed


def _written(row: CertificatePrint) -> bytes:
    refuse_revoked(row)
    found = Certificate.objects.select_related("station").in_bulk(row.certificate_ids)

    def tell(done: int) -> None:
        if done % TOLD_EVERY == 0:
            CertificatePrint.objects.filter(pk=row.pk, state=PrintState.RUNNING).update(done=done)

    content = certificate_pdf.write(
        [found[key] for key in row.certificate_ids],
        issuers=certificate_pdf.issuers_of({row.county_code}),
        tell=tell,
    )
    _store(_file_name(row, hashlib.sha256(content).hexdigest()), content)
    return content


def _end(
    row: CertificatePrint, now: datetime, state: PrintState, *, content: bytes = b"", problem: str = ""
) -> str:
    digest = hashlib.sha256(content).hexdigest() if content else row.sha256
    facts = {"state": state, "problem": problem, "ended_at": now}
    if content:
        facts |= {
            "done": row.count,
            "sha256": digest,
            "byte_size": len(content),
            "file_name": _file_name(row, digest),
            "kept_until": now + KEPT,
        }
    with transaction.atomic():
        if not CertificatePrint.objects.filter(pk=row.pk, state=PrintState.RUNNING).update(**facts):
            return CertificatePrint.objects.values_list("state", flat=True).get(pk=row.pk)
        trail.record(
            "certificate_print.made" if content else "certificate_print.failed",
            by=system_user(),
            obj=row,
            before={"sha256": row.sha256} if content and row.sha256 else None,
            after={"count": row.count, "sha256": digest} if content else None,
            at=now,
        )
    return state


def _enqueue(row: CertificatePrint, now: datetime) -> None:
    enqueue(TASK, row.pk, key=f"certificate_print:{row.pk}:{now.timestamp():.6f}")


def _file_name(row: CertificatePrint, sha256: str) -> str:
    return f"{row.pk}-{sha256[:32]}.pdf"


def _store(name: str, content: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    folder = _folder()
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    # A name of its own: of two that make the same file at the same moment each renames its own half.
    half = folder / f"{name}.{secrets.token_hex(8)}.half"
    half.touch(mode=FILE_MODE)
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / name)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "certificates"
