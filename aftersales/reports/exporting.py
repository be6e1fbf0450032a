"""Exports of reports: noted, asked for, approved, made in the background, fetched. docs/rules/exports.md."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.accounts.scoping import acting_in
from aftersales.audit import trail
from aftersales.audit.models import Outcome
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period
from aftersales.reports import case_lists, export_files
from aftersales.reports.models import Edition, ReportExport
from aftersales.reports.models.exports import ExportForm, ExportState
from aftersales.web import exports
from aftersales.web.queueing import enqueue
from stations.access.scope import authority_of
from stations.rules.regions import NATION

READ = "reports.view_reports"
CASES = "cases"
DOWNLOAD = "download"
APPROVAL_ABOVE = 100_000
"""Lists with more rows than this need a second person."""
MOST = {ExportForm.XLSX: exports.ROW_LIMIT, ExportForm.CSV: 1_000_000}
"""How many rows a file of this form may have; a workbook with more is nothing to work with."""
KEPT = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(hours=24)
SLICE_SECONDS = 30
"""After this long the writing is handed on to the next job, well before a job's time is up."""
TOLD_EVERY = 5000
TASK = "aftersales.ops.tasks.make_report_export"
SALT = "reports.export"
UNDER_WAY = (ExportState.WAITING, ExportState.WORKING)
NOT_ENDED = (ExportState.HELD, *UNDER_WAY)

log = logging.getLogger(__name__)


def note(
    *,
    written: exports.Written,
    what: str,
    form: str,
    region_code: str,
    asked: dict[str, Any],
    by: User,
    now: datetime,
    edition: Edition | None = None,
) -> ReportExport:
    """Write a download that is just leaving into the log of exports; its file is not kept."""
    with transaction.atomic():
        row = ReportExport(
            what=what,
            form=form,
            region_code=region_code,
            asked=asked,
            edition=edition,
            title=written.file_name.rpartition(".")[0][:120],
            state=ExportState.DONE,
            count=written.rows,
            done=written.rows,
            sha256=written.sha256,
            byte_size=size_of(written.file),
            asked_by=by,
            asked_at=now,
            ended_at=now,
            fetched=1,
        )
        row.save(force_insert=True)
        trail.record("report.exported", by=by, obj=row, county_code=region_code, after=_facts(row), at=now)
    return row


def ask(
    *, region_code: str, region_name: str, period: Period, form: str, by: User, now: datetime
) -> ReportExport:
    """Have a list of the claims of a region and a period made in the background.

    Above 100,000 rows it waits until a second person has approved it. Raises Refused("nothing_to_export"),
    Refused("too_many_rows") beyond what the form holds, Refused("exports_open") while three of the same
    person are not ended.
    """
    most = MOST[ExportForm(form)]
    count = case_lists.count(region_code, period, most=most)
    if not count:
        raise Refused(
            _("No claims were filed there in this period."), code="nothing_to_export", field="period"
        )
    if count > most:
        raise Refused(_too_many(form), code="too_many_rows", field="form")
    with transaction.atomic():
        row = ReportExport(
            what=CASES,
            form=form,
            region_code=region_code,
            asked={"region": region_code, "period": period.name, "language": translation.get_language()},
            title=_("Claims %(place)s %(period)s") % {"place": region_name, "period": period.name},
            state=ExportState.HELD if count > APPROVAL_ABOVE else ExportState.WAITING,
            count=count,
            asked_by=by,
            asked_at=now,
        )
        row.save(force_insert=True)
        if ReportExport.objects.filter(asked_by=by, state__in=NOT_ENDED).count() > 3:
            raise Refused(
                _("Three of your files are not finished yet. Wait for them, or stop one."),
                code="exports_open",
            )
        trail.record(
            "report_export.asked", by=by, obj=row, county_code=region_code, after=_facts(row), at=now
        )
        if row.state == ExportState.WAITING:
            _enqueue(row)
    return row


def approve(row: ReportExport, *, by: User, now: datetime) -> ReportExport:
    """Let a large list be made. Raises Refused("own_export"), Refused("export_not_held")."""
    _refuse_own(row, by)
    with transaction.atomic():
        _decide(row, ExportState.WAITING, by=by, now=now)
        trail.record("report_export.approved", by=by, obj=row, county_code=row.region_code, at=now)
        _enqueue(row)
    return row


def refuse(row: ReportExport, *, reason: str, by: User, now: datetime) -> ReportExport:
    """Say that a large list is not made, and why. Raises as `approve`, and Refused("reason_missing")."""
    _refuse_own(row, by)
    if not reason.strip():
        raise Refused(_("Say why."), code="reason_missing", field="reason")
    with transaction.atomic():
        _decide(row, ExportState.REFUSED, by=by, now=now, ended_at=now, problem=reason.strip())
        trail.record(
            "report_export.refused", by=by, obj=row, county_code=row.region_code, reason=reason, at=now
        )
    return row


def stop(row: ReportExport, *, by: User, now: datetime) -> ReportExport:
    """Give up a file that is not ended, or remove a finished one. Raises Refused("export_ended")."""
    with transaction.atomic():
        mine = ReportExport.objects.filter(pk=row.pk)
        if not (
            mine.filter(state__in=NOT_ENDED).update(state=ExportState.STOPPED, ended_at=now)
            or mine.filter(state=ExportState.DONE).exclude(file_name="").update(kept_until=now, file_name="")
        ):
            raise Refused(_("This file has ended already."), code="export_ended")
        trail.record("report_export.stopped", by=by, obj=row, county_code=row.region_code, at=now)
    export_files.drop(row)
    row.refresh_from_db()
    return row


def make(export_id: int, *, now: datetime) -> str:
    """Write the file of an export, or as much of it as time allows; returns the state.

    What is left is the work of a job of its own, which goes on where this one ended. May run twice; raises
    Refused("export_running") while another run writes the same file.
    """
    with system_scope("make a file of a report", quiet=True):
        rows = ReportExport.objects.filter(pk=export_id)
        if not rows.filter(state__in=UNDER_WAY).update(state=ExportState.WORKING):
            return rows.values_list("state", flat=True).first() or ExportState.STOPPED
        row = rows.select_related("asked_by").get()
        with translation.override(row.asked.get("language") or translation.get_language()):
            try:
                return _make(row, now)
            except Refused as refused:
                if refused.code == export_files.RUNNING:
                    raise
                return _fail(row, refused.message, now)
            except OSError:
                log.exception("A file of a report could not be stored")
                return _fail(row, _("The file could not be stored. Try again later."), now)


def token_of(row: ReportExport) -> str:
    """The secret part of the link by which the person who asked fetches the file."""
    return signing.dumps([row.pk, row.asked_by_id, row.link_mark], salt=SALT, compress=False)


def fetch(row: ReportExport, token: str, *, by: User, now: datetime) -> IO[bytes] | None:
    """The file of an export, open; None when the link is not good, the person another one, the file gone.

    Somebody else who tries a good link ends it: who asked gets another one from the page of the file.
    """
    try:
        named = signing.loads(token, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return None
    path = export_files.path_of(row)
    if named != [row.pk, row.asked_by_id, row.link_mark] or path is None or now >= row.kept_until:
        return None
    facts = {"obj": row, "county_code": row.region_code, "by": by, "at": now}
    with transaction.atomic():
        mine = ReportExport._base_manager.filter(pk=row.pk, link_mark=row.link_mark)
        if by.pk != row.asked_by_id:
            if mine.update(link_mark=_new_mark()):
                trail.record("report_export.link_ended", outcome=Outcome.REFUSED, **facts)
            return None
        if not mine.update(fetched=F("fetched") + 1):
            return None
        trail.record("report_export.fetched", after={"sha256": row.sha256, "rows": row.count}, **facts)
    return path.open("rb")


def sweep(*, now: datetime) -> int:
    """Remove files whose 24 hours are over, and parts that were left behind; returns how many.

    What has not come to an end within a day is given up.
    """
    removed = 0
    with system_scope("remove files of reports", quiet=True):
        for row in ReportExport.objects.filter(state__in=UNDER_WAY, asked_at__lt=now - GIVEN_UP_AFTER):
            _fail(row, _("The file could not be made in time. Ask for it again."), now)
        for row in ReportExport.objects.filter(kept_until__lte=now).exclude(file_name=""):
            with transaction.atomic():
                if ReportExport.objects.filter(pk=row.pk, file_name=row.file_name).update(file_name=""):
                    trail.record(
                        "report_export.removed",
                        by=system_user(),
                        obj=row,
                        county_code=row.region_code,
                        at=now,
                    )
            export_files.drop(row)
            removed += 1
    return removed + export_files.drop_old_parts(now)


def size_of(file: IO[bytes]) -> int:
    """How many bytes a file has that stands at its start."""
    size = file.seek(0, 2)
    file.seek(0)
    return size


class _Stopped(Exception):
    """Somebody gave the export up while it was written."""


def _make(row: ReportExport, now: datetime) -> str:
    held = authority_of(row.asked_by, now=now)
    if READ not in held.permissions:
        return _fail(row, _("Who asked for it may no longer read reports."), now)
    region, period = row.region_code, Period.named(row.asked["period"])
    whole = "" if region == NATION else region
    with acting_in(held.reach(READ)):
        listed = case_lists.CaseList(
            region, period, in_full="claims.view_claim" in held.permissions_throughout(whole)
        )
        try:
            with export_files.part(row) as file:
                if row.form == ExportForm.CSV:
                    done = _write_csv(row, listed, period, file)
                else:
                    done = _write_xlsx(row, listed, period, file)
                export_files.settle(file)
        except _Stopped:
            export_files.drop(row)
            return ExportState.STOPPED
    if done is None:
        return ExportState.WORKING
    name, digest, size = export_files.keep(row)
    return _end(row, now, rows=done, file_name=name, sha256=digest, byte_size=size)


def _write_csv(row, listed: case_lists.CaseList, period: Period, file: IO[bytes]) -> int | None:
    """Write rows until all are there or the time is up; returns how many there are, or None."""
    position = row.position
    if file.seek(0, 2) < position.get("bytes", 0):
        position = {}
    file.truncate(position.get("bytes", 0))
    file.seek(0, 2)
    done, after = position.get("rows", 0), None
    if position:
        county, filed_at, key = position["after"]
        after = (county, datetime.fromisoformat(filed_at), key)
    until = time.monotonic() + SLICE_SECONDS
    cases = case_lists.read(row.region_code, period, after=after)
    while batch := list(islice(cases, TOLD_EVERY)):
        exports.write_csv(listed.columns, listed.rows(batch), file, goes_on=done > 0)
        done += len(batch)
        if done > MOST[ExportForm.CSV]:
            raise Refused(_too_many(row.form), code="too_many_rows")
        _tell(row, done)
        if len(batch) == TOLD_EVERY and time.monotonic() > until:
            county, filed_at, key = case_lists.key_of(batch[-1])
            cases.close()
            _hand_on(
                row,
                {
                    "rows": done,
                    "bytes": export_files.settle(file),
                    "after": [county, filed_at.isoformat(), key],
                    "slice": position.get("slice", 0) + 1,
                },
            )
            return None
    return done


def _write_xlsx(row, listed: case_lists.CaseList, period: Period, file: IO[bytes]) -> int:
    def told() -> Iterator[case_lists.Case]:
        for done, case in enumerate(case_lists.read(row.region_code, period), start=1):
            if done % TOLD_EVERY == 0:
                _tell(row, done)
            yield case

    written = exports.write(
        exports.Export(
            title=row.title,
            columns=listed.columns,
            rows=listed.rows(told()),
            made_at=row.asked_at,
            made_by=str(row.asked_by),
            filters=[(_("Region"), row.region_code), (_("Period"), period.name)],
        ),
        "xlsx",
    )
    if written.is_truncated:
        written.file.close()
        raise Refused(_too_many(row.form), code="too_many_rows")
    file.truncate(0)
    with written.file:
        while chunk := written.file.read(1 << 20):
            file.write(chunk)
    return written.rows


def _tell(row: ReportExport, done: int) -> None:
    """Write the progress down. Raises _Stopped when the export was given up meanwhile."""
    working = ReportExport._base_manager.filter(pk=row.pk, state=ExportState.WORKING)
    if not working.update(done=min(done, row.count)):
        raise _Stopped


def _hand_on(row: ReportExport, position: dict[str, Any]) -> None:
    row.position = position
    with transaction.atomic():
        ReportExport._base_manager.filter(pk=row.pk).update(position=position)
        _enqueue(row)


def _end(row: ReportExport, now: datetime, *, rows: int, **file) -> str:
    facts = {"state": ExportState.DONE, "count": rows, "done": rows, "position": {}, "problem": ""}
    facts |= {"ended_at": now, "kept_until": now + KEPT, "link_mark": _new_mark(), **file}
    with transaction.atomic():
        ended = ReportExport._base_manager.filter(pk=row.pk, state=ExportState.WORKING).update(**facts)
        if ended:
            row.refresh_from_db()
            trail.record(
                "report_export.made",
                by=system_user(),
                obj=row,
                county_code=row.region_code,
                after=_facts(row),
                at=now,
            )
    if not ended:
        row.file_name = file["file_name"]
        export_files.drop(row)
        return ExportState.STOPPED
    return ExportState.DONE


def _fail(row: ReportExport, problem: str, now: datetime) -> str:
    export_files.drop(row)
    with transaction.atomic():
        failed = ReportExport._base_manager.filter(pk=row.pk, state__in=UNDER_WAY)
        if failed.update(state=ExportState.FAILED, problem=problem[:300], ended_at=now):
            trail.record(
                "report_export.failed", by=system_user(), obj=row, county_code=row.region_code, at=now
            )
    return ExportState.FAILED


def _decide(row: ReportExport, state: str, *, by: User, now: datetime, **facts) -> None:
    held = ReportExport.objects.filter(pk=row.pk, state=ExportState.HELD)
    if not held.update(state=state, decided_by=by, decided_at=now, **facts):
        raise Refused(_("This file does not wait for approval."), code="export_not_held")
    row.refresh_from_db()


def _refuse_own(row: ReportExport, by: User) -> None:
    if row.asked_by_id == by.pk:
        raise Refused(_("Another person has to decide about your own file."), code="own_export")


def _enqueue(row: ReportExport) -> None:
    enqueue(TASK, row.pk, key=f"report_export:{row.pk}:{row.position.get('slice', 0)}")


def _facts(row: ReportExport) -> dict[str, Any]:
    """What the trail says of an export: what was asked for, how many rows, which bytes."""
    facts = {"what": row.what, "form": row.form, "asked": row.asked, "rows": row.count}
    return {**facts, "sha256": row.sha256} if row.sha256 else facts


def _too_many(form: str) -> str:
    if form == ExportForm.XLSX:
        return _("A workbook holds at most 100,000 rows here. Choose CSV, or a smaller region or period.")
    return _("A file holds at most 1,000,000 rows. Choose a smaller region or period.")


def _new_mark() -> str:
    return secrets.token_urlsafe(12)
