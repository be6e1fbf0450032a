"""Files of exports written in the background, a slice at a time. docs/rules/exports.md."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from aftersales.accounts.models import system_user
from aftersales.accounts.scoping import acting_in
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period
from aftersales.reports import case_lists, export_files
from aftersales.reports.case_hiding import Veil
from aftersales.reports.exporting import (
    CASE_BY_CASE,
    KEPT,
    MOST,
    READ,
    UNDER_WAY,
    enqueue_making,
    facts_of,
    new_mark,
    too_many,
)
from aftersales.reports.models import ReportExport
from aftersales.reports.models.exports import ExportForm, ExportState
from aftersales.web import exports
from stations.access.scope import authority_of
from stations.rules.regions import NATION

GIVEN_UP_AFTER = timedelta(hours=24)
SLICE_SECONDS = 30
"""After this long the writing is handed on to the next job, well before a job's time is up."""
TOLD_EVERY = 5000
"""After how many rows the progress is written down."""

log = logging.getLogger(__name__)


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


class _Stopped(Exception):
    """Somebody gave the export up while it was written."""


def _make(row: ReportExport, now: datetime) -> str:
    held = authority_of(row.asked_by, now=now)
    if READ not in held.permissions:
        return _fail(row, _("Who asked for it may no longer read reports."), now)
    region, period = row.region_code, Period.named(row.asked["period"])
    whole = "" if region == NATION else region
    with acting_in(held.reach(READ)):
        in_full = CASE_BY_CASE in held.permissions_throughout(whole)
        listed = case_lists.CaseList(None if in_full else Veil.of(period, now=now))
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
    cases = case_lists.read(row.region_code, period, after=after, without=listed.left_out)
    while batch := list(islice(cases, TOLD_EVERY)):
        exports.write_csv(listed.columns, listed.rows(batch), file, goes_on=done > 0)
        done += len(batch)
        if done > MOST[ExportForm.CSV]:
            raise Refused(too_many(row.form), code="too_many_rows")
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
    cases = case_lists.read(row.region_code, period, without=listed.left_out)

    def told() -> Iterator[case_lists.Case]:
        for done, case in enumerate(cases, start=1):
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
        raise Refused(too_many(row.form), code="too_many_rows")
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
        enqueue_making(row)


def _end(row: ReportExport, now: datetime, *, rows: int, **file) -> str:
    facts = {"state": ExportState.DONE, "count": rows, "done": rows, "position": {}, "problem": ""}
    facts |= {"ended_at": now, "kept_until": now + KEPT, "link_mark": new_mark(), **file}
    with transaction.atomic():
        ended = ReportExport._base_manager.filter(pk=row.pk, state=ExportState.WORKING).update(**facts)
        if ended:
            row.refresh_from_db()
            trail.record(
                "report_export.made",
                by=system_user(),
                obj=row,
                county_code=row.region_code,
                after=facts_of(row),
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
