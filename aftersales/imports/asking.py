"""Lists of people: uploaded, agreed to, given up, taken back. docs/imports.md, section 5."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.accounts.scoping import CODE_DIGITS, COUNTY_DIGITS, Scope
from aftersales.audit import trail
from aftersales.imports import files
from aftersales.imports.kinds import KINDS, Kind
from aftersales.imports.models import ImportState, ListImport
from aftersales.lib.errors import Refused
from aftersales.web.exports import safe_file_name
from aftersales.web.queueing import enqueue
from stations.access.scope import Authority, authority_of
from stations.models import Station
from stations.rules.regions import NATION

TASK = "aftersales.ops.tasks.run_list_import"
KEPT = timedelta(days=7)
MOST_OPEN = 3
AT_ONCE_ROWS = 5000
"""Up to this many rows of a kind in slices go in together or not at all, if that is what is wanted."""
LOOKED_AT = (ImportState.QUEUED, ImportState.CHECKING)
BROUGHT_IN = (ImportState.CONFIRMED, ImportState.ENTERING)
UNDER_WAY = (*LOOKED_AT, *BROUGHT_IN)
OPEN = (*UNDER_WAY, ImportState.CHECKED)


def may(kind: Kind, held: Authority) -> bool:
    """Whether these grants let somebody bring in lists of a kind."""
    if kind.throughout:
        return kind.permission in held.permissions_throughout("")
    return kind.permission in held.permissions


def ask(
    *,
    kind: Kind,
    content: bytes,
    file_name: str,
    form: str,
    options: Mapping[str, Any],
    by: User,
    now: datetime,
) -> ListImport:
    """Keep a list sealed and have every row looked at in the background; nothing of it goes in yet.

    Raises Refused("imports_open") while three lists of the same person have not ended,
    Refused("storage_unavailable") when the file cannot be written.
    """
    key = sealing.new_person_key()
    try:
        kept_name = files.keep(key, content)
    except OSError:
        raise Refused(
            _("The file could not be stored. Try again later."), code="storage_unavailable", field="file"
        ) from None
    with transaction.atomic():
        row = ListImport(
            kind=kind.code,
            county_code=_county_of(authority_of(by, now=now).reach(kind.permission)),
            file_name=safe_file_name(file_name.rpartition(".")[0], form),
            form=form,
            sha256=hashlib.sha256(content).hexdigest(),
            byte_size=len(content),
            person_key=key,
            kept_name=kept_name,
            options=dict(options),
            language=translation.get_language(),
            asked_by=by,
            asked_at=now,
            kept_until=now + KEPT,
        )
        row.save(force_insert=True)
        if ListImport.objects.filter(asked_by=by, state__in=OPEN).count() > MOST_OPEN:
            raise Refused(
                _("Three of your lists are not finished yet. Bring them in, or give one up."),
                code="imports_open",
            )
        trail.record("list.uploaded", by=by, obj=row, after=facts_of(row), at=now)
        enqueue_run(row)
    return row


def confirm(*, row: ListImport, keep_good: bool, by: User, now: datetime) -> ListImport:
    """Have the rows brought in: all of them, or with `keep_good` those without mistakes.

    Raises Refused: "import_not_checked" unless the list waits for this, "import_gone" when its file is no
    longer kept, "rows_refused" without `keep_good` when there are rows with mistakes, "nothing_to_do" when
    no row is left.
    """
    if not files.is_kept(row):
        raise Refused(_("The file is no longer kept. Upload it again."), code="import_gone")
    if row.refused_rows and not keep_good:
        raise Refused(
            _("Rows with mistakes: %(number)s. Correct them, or agree to bring in the others alone.")
            % {"number": row.refused_rows},
            code="rows_refused",
        )
    if not (row.new_rows or row.changed_rows or row.unchanged_rows):
        raise Refused(_("There is no row that could be brought in."), code="nothing_to_do")
    foreseen = counts_of(row)
    with transaction.atomic():
        waiting = ListImport.objects.filter(pk=row.pk, state=ImportState.CHECKED)
        if not waiting.update(
            state=ImportState.CONFIRMED,
            keep_good=keep_good,
            foreseen=foreseen,
            confirmed_at=now,
            new_rows=0,
            changed_rows=0,
            unchanged_rows=0,
            refused_rows=0,
            settled_line=0,
            slice=0,
        ):
            raise Refused(_("This list does not wait for your decision."), code="import_not_checked")
        row.refused.all().delete()
        row.refresh_from_db()
        trail.record("list.confirmed", by=by, obj=row, after={"keep_good": keep_good, **foreseen}, at=now)
        enqueue_run(row)
    return row


def stop(*, row: ListImport, by: User, now: datetime) -> ListImport:
    """Give a list up; what went in already stays, and that is said. Raises Refused("import_ended")."""
    with transaction.atomic():
        open_rows = ListImport.objects.filter(pk=row.pk, state__in=OPEN)
        if not open_rows.update(state=ImportState.STOPPED, ended_at=now):
            raise Refused(_("This list has ended already."), code="import_ended")
        row.refresh_from_db()
        trail.record("list.stopped", by=by, obj=row, after=counts_of(row), at=now)
    forget(row)
    return row


def take_back(*, row: ListImport, by: User, now: datetime) -> Mapping[str, int]:
    """Undo what a list entered, as far as its kind can; returns how many rows went and how many stayed.

    Raises Refused: "cannot_take_back" for kinds that cannot, "import_not_done" unless it was brought in.
    """
    kind = KINDS[row.kind]
    if kind.take_back is None:
        raise Refused(str(kind.back_words), code="cannot_take_back")
    with transaction.atomic():
        done = ListImport.objects.filter(pk=row.pk, state=ImportState.DONE)
        if not done.update(state=ImportState.UNDONE, ended_at=now):
            raise Refused(
                _("This list was not brought in, or was taken back already."), code="import_not_done"
            )
        result = kind.take_back(entered_by=row.asked_by, entered_at=row.confirmed_at, by=by, now=now)
        row.refresh_from_db()
        trail.record("list.taken_back", by=by, obj=row, after=dict(result), at=now)
    return result


def forget(row: ListImport) -> None:
    """Let the file go, with its key, its sample and its refused rows; the numbers stay."""
    kept_name = row.kept_name
    with transaction.atomic():
        ListImport._base_manager.filter(pk=row.pk).update(person_key="", kept_name="", sample_sealed="")
        row.refused.all().delete()
    files.drop(kept_name)


def enqueue_run(row: ListImport) -> None:
    """Have a list looked at or brought in, or gone on with: one job for each slice of each."""
    phase = "look" if row.state in LOOKED_AT else "enter"
    enqueue(TASK, row.pk, key=f"list_import:{row.pk}:{phase}:{row.slice}")


def counts_of(row: ListImport) -> dict[str, int]:
    return {
        "new": row.new_rows,
        "changed": row.changed_rows,
        "unchanged": row.unchanged_rows,
        "refused": row.refused_rows,
    }


def facts_of(row: ListImport) -> dict[str, Any]:
    """What the trail says of an uploaded list: which bytes, how many, of what kind."""
    return {"kind": row.kind, "form": row.form, "bytes": row.byte_size, "sha256": row.sha256}


def _county_of(scope: Scope) -> str:
    """The county for which somebody brings a list in; the first of several, the nation for everywhere."""
    if scope.everywhere or scope.is_empty:
        return NATION
    if scope.regions:
        return sorted(scope.regions)[0][:COUNTY_DIGITS].ljust(CODE_DIGITS, "0")
    return Station._base_manager.get(pk=sorted(scope.stations)[0]).county_code
