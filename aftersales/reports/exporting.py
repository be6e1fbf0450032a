"""Exports of reports: noted, asked for, approved, made in the background, fetched. docs/rules/exports.md."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import IO, Any

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.models import Outcome
from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period
from aftersales.reports import case_lists, export_files
from aftersales.reports.case_hiding import left_out
from aftersales.reports.models import ReportExport
from aftersales.reports.models.exports import ExportForm, ExportState
from aftersales.web import exports
from aftersales.web.queueing import enqueue
from stations.access.scope import authority_of
from stations.rules.regions import NATION

READ = "reports.view_reports"
CASE_BY_CASE = "claims.view_claim"
CASES = "cases"
APPROVAL_ABOVE = 100_000
"""Lists with more rows than this need a second person."""
MOST = {ExportForm.XLSX: 50_000, ExportForm.CSV: 1_000_000}
"""How many rows a file of this form may have. A workbook is written in one go, within a job's time."""
KEPT = timedelta(hours=24)
TASK = "aftersales.ops.tasks.make_report_export"
SALT = "reports.export"
UNDER_WAY = (ExportState.WAITING, ExportState.WORKING)
NOT_ENDED = (ExportState.HELD, *UNDER_WAY)


def note(
    *,
    written: exports.Written,
    what: str,
    form: str,
    region_code: str,
    asked: dict[str, Any],
    by: User,
    now: datetime,
    edition_id: int | None = None,
) -> ReportExport:
    """Write a download that is just leaving into the log of exports; its file is not kept."""
    with transaction.atomic():
        row = ReportExport(
            what=what,
            form=form,
            region_code=region_code,
            asked=asked,
            edition_id=edition_id,
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
        trail.record("report.exported", by=by, obj=row, county_code=region_code, after=facts_of(row), at=now)
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
    whole = "" if region_code == NATION else region_code
    in_full = CASE_BY_CASE in authority_of(by, now=now).permissions_throughout(whole)
    without = frozenset() if in_full else left_out(period)
    count = case_lists.count(region_code, period, most=most, without=without)
    if not count:
        raise Refused(
            _("There are no claims in this period that the list could show."),
            code="nothing_to_export",
            field="period",
        )
    if count > most:
        raise Refused(too_many(form), code="too_many_rows", field="form")
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
            "report_export.asked", by=by, obj=row, county_code=region_code, after=facts_of(row), at=now
        )
        if row.state == ExportState.WAITING:
            enqueue_making(row)
    return row


def approve(row: ReportExport, *, by: User, now: datetime) -> ReportExport:
    """Let a large list be made. Raises Refused("own_export"), Refused("export_not_held")."""
    _refuse_own(row, by)
    with transaction.atomic():
        _decide(row, ExportState.WAITING, by=by, now=now)
        trail.record("report_export.approved", by=by, obj=row, county_code=row.region_code, at=now)
        enqueue_making(row)
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
            if mine.update(link_mark=new_mark()):
                trail.record("report_export.link_ended", outcome=Outcome.REFUSED, **facts)
            return None
        if not mine.update(fetched=F("fetched") + 1):
            return None
        trail.record("report_export.fetched", after={"sha256": row.sha256, "rows": row.count}, **facts)
    return path.open("rb")


def size_of(file: IO[bytes]) -> int:
    """How many bytes a file has that stands at its start."""
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _decide(row: ReportExport, state: str, *, by: User, now: datetime, **facts) -> None:
    held = ReportExport.objects.filter(pk=row.pk, state=ExportState.HELD)
    if not held.update(state=state, decided_by=by, decided_at=now, **facts):
        raise Refused(_("This file does not wait for approval."), code="export_not_held")
    row.refresh_from_db()


def _refuse_own(row: ReportExport, by: User) -> None:
    if row.asked_by_id == by.pk:
        raise Refused(_("Another person has to decide about your own file."), code="own_export")


def enqueue_making(row: ReportExport) -> None:
    """Have the file made, or gone on with: one job for each slice."""
    enqueue(TASK, row.pk, key=f"report_export:{row.pk}:{row.position.get('slice', 0)}")


def facts_of(row: ReportExport) -> dict[str, Any]:
    """What the trail says of an export: what was asked for, how many rows, which bytes."""
    facts = {"what": row.what, "form": row.form, "asked": row.asked, "rows": row.count}
    return {**facts, "sha256": row.sha256} if row.sha256 else facts


def too_many(form: str) -> str:
    """What is said when a list has more rows than its form holds."""
    if form == ExportForm.XLSX:
        return _("A workbook holds at most 50,000 rows here. Choose CSV, or a smaller region or period.")
    return _("A file holds at most 1,000,000 rows. Choose a smaller region or period.")


def new_mark() -> str:
    """What the next link is signed with."""
    return secrets.token_urlsafe(12)
