"""Looking at lists and bringing them in, a slice at a time, in the background. docs/imports.md, section 5."""

from __future__ import annotations

import json
import logging
import time
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from aftersales.accounts import sealing
from aftersales.accounts.models import system_user
from aftersales.accounts.scoping import acting_in
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.imports import files
from aftersales.imports.asking import (
    AT_ONCE_ROWS,
    BROUGHT_IN,
    LOOKED_AT,
    OPEN,
    UNDER_WAY,
    counts_of,
    enqueue_run,
    forget,
    may,
)
from aftersales.imports.kinds import KINDS, Kind, Run
from aftersales.imports.models import ImportState, ListImport, RefusedRow
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import read_rows
from stations.access.scope import authority_of

SLICE_SECONDS = 25
"""After this long the work is handed on to the next job, well before a job's time is up."""
GIVEN_UP_AFTER = timedelta(hours=24)
SAMPLE_ROWS = 50
SAMPLE_SIGNS = 40
REASON_SIGNS = 300

log = logging.getLogger(__name__)


class _TimeUp(Exception):
    """The slice is over; another job goes on."""


class _Overtaken(Exception):
    """Somebody gave the list up, or another delivery of the same job is at work on it."""


class _Unwanted(Exception):
    """Rows are refused in a list of which all or nothing was to go in."""


def run(import_id: int, *, now: datetime) -> str:
    """Look at a list or bring it in, or go on with it; returns the state.

    May run twice and at the same moment: each batch moves the line up to which the list is dealt with, by
    one conditional update, and what has not moved it is undone.
    """
    with system_scope("bring a list in", quiet=True):
        rows = ListImport.objects.filter(pk=import_id)
        looking = rows.filter(state__in=LOOKED_AT).update(state=ImportState.CHECKING)
        if not looking and not rows.filter(state__in=BROUGHT_IN).update(state=ImportState.ENTERING):
            return rows.values_list("state", flat=True).first() or ImportState.STOPPED
        row = rows.select_related("asked_by").get()
        with translation.override(row.language):
            try:
                return _run(row, bool(looking), now)
            except _Overtaken:
                return ImportState.STOPPED
            except Refused as refused:
                return _fail(row, str(refused), now)
            except (OSError, sealing.SealError):
                log.exception("An uploaded list could not be read")
                return _fail(row, _("The file could not be read any more. Upload it again."), now)


def sweep(*, now: datetime) -> int:
    """Let files go whose seven days are over, and give up what has not come to an end within a day."""
    removed = 0
    with system_scope("remove uploaded lists", quiet=True):
        for row in ListImport.objects.filter(state__in=UNDER_WAY, asked_at__lt=now - GIVEN_UP_AFTER):
            if (row.confirmed_at or row.asked_at) < now - GIVEN_UP_AFTER:
                with translation.override(row.language):
                    _fail(row, _("The list could not be dealt with in time. Upload it again."), now)
        for row in ListImport.objects.filter(kept_until__lte=now).exclude(kept_name=""):
            with transaction.atomic():
                ended = ListImport.objects.filter(pk=row.pk, state__in=OPEN)
                ended.update(state=ImportState.STOPPED, ended_at=now)
                trail.record("list.removed", by=system_user(), obj=row, at=now)
            forget(row)
            removed += 1
        known = frozenset(ListImport.objects.exclude(kept_name="").values_list("kept_name", flat=True))
    return removed + files.sweep(known=known, now=now)


def _run(row: ListImport, is_look: bool, now: datetime) -> str:
    kind, held = KINDS[row.kind], authority_of(row.asked_by, now=now)
    if not may(kind, held):
        raise Refused(_("Who uploaded the list may no longer bring it in."), code="not_allowed")
    progress = _Progress(row, is_look)
    with acting_in(held.reach(kind.permission)), files.opened(row) as path:
        made = Run(
            path=path,
            options=row.options,
            by=row.asked_by,
            # All slices of a list write the same moment, by which its rows can be told from others.
            now=now if is_look else row.confirmed_at,
            refuse=progress.refuse,
            after=row.settled_line,
            try_only=is_look,
            settled=progress.settled,
            between=progress.between,
        )
        as_a_whole = not kind.in_slices or (
            not is_look and not row.keep_good and sum(row.foreseen.values()) <= AT_ONCE_ROWS
        )
        try:
            if as_a_whole:
                _at_once(row, kind, made, progress, now)
            else:
                progress.end(kind.enter(made), now)
        except _TimeUp:
            _hand_on(row)
            return row.state
        except _Unwanted:
            raise Refused(
                _("There are rows with mistakes by now, so nothing was brought in. Upload the list again."),
                code="rows_refused",
            ) from None
        if is_look:
            _keep_sample(row, path)
    return ImportState.CHECKED if is_look else ImportState.DONE


def _at_once(row: ListImport, kind: Kind, made: Run, progress: _Progress, now: datetime) -> None:
    """The whole list in one transaction, which is undone after a look."""
    progress.is_whole = True
    with transaction.atomic():
        tally = kind.enter(made)
        if made.try_only:
            transaction.set_rollback(True)
        elif progress.pending and not row.keep_good:
            raise _Unwanted
        else:
            progress.end(tally, now)
    if made.try_only:
        progress.end(tally, now)


class _Progress:
    """What a run writes down of itself: how far it is, what came of the rows, which were refused."""

    def __init__(self, row: ListImport, is_look: bool):
        self.row, self.is_look = row, is_look
        self.pending: list[tuple[int, str]] = []
        self.is_whole = False
        self._line = row.settled_line
        self._before = Tally(row.new_rows, row.changed_rows, row.unchanged_rows, row.refused_rows)
        self._until = time.monotonic() + SLICE_SECONDS

    def refuse(self, line: int, reason: str) -> None:
        self.pending.append((line, reason))

    def settled(self, line: int, tally: Tally) -> None:
        """Rows up to a line are dealt with. Raises _Overtaken."""
        if not self.is_whole:
            self.move(line, tally)

    def between(self, done: int) -> None:
        """Between two batches. Raises _TimeUp when the next one is the work of another job."""
        if not self.is_whole and time.monotonic() > self._until:
            raise _TimeUp

    def move(self, line: int, tally: Tally, *, state: str = "", **facts) -> None:
        """Write down what came of the rows up to a line, with the refused ones among them."""
        told = [each for each in self.pending if each[0] <= line or state]
        self._before.refused += len(told)
        with transaction.atomic():
            mine = ListImport._base_manager.filter(
                pk=self.row.pk, settled_line=self._line, state=self.row.state
            )
            if not mine.update(
                settled_line=line,
                new_rows=self._before.imported + tally.imported,
                changed_rows=self._before.updated + tally.updated,
                unchanged_rows=self._before.unchanged + tally.unchanged,
                refused_rows=self._before.refused,
                **({"state": state} if state else {}),
                **facts,
            ):
                raise _Overtaken
            RefusedRow.objects.bulk_create(
                RefusedRow(list_import=self.row, line=at, reason=reason[:REASON_SIGNS]) for at, reason in told
            )
        self.pending = [each for each in self.pending if each not in told]
        self._line = line

    def end(self, tally: Tally, now: datetime) -> None:
        """All rows are dealt with: the list waits for a decision, or has been brought in."""
        row, by = self.row, system_user()
        with transaction.atomic():
            if self.is_look:
                self.move(self._line, tally, state=ImportState.CHECKED)
                row.refresh_from_db()
                trail.record("list.looked_at", by=by, obj=row, after=counts_of(row), at=now)
            else:
                self.move(self._line, tally, state=ImportState.DONE, ended_at=now)
                row.refresh_from_db()
                trail.record("list.entered", by=by, obj=row, after=counts_of(row), at=now)


def _hand_on(row: ListImport) -> None:
    with transaction.atomic():
        row.refresh_from_db()
        row.slice += 1
        ListImport._base_manager.filter(pk=row.pk, slice=row.slice - 1).update(slice=row.slice)
        enqueue_run(row)


def _keep_sample(row: ListImport, path: Path) -> None:
    """The first rows as they stand in the file, for the page that asks whether they shall go in."""
    good = (each for each in read_rows(path) if not each.fault)
    rows = [
        {"line": each.line, "cells": {name: cell[:SAMPLE_SIGNS] for name, cell in each.values.items()}}
        for each in islice(good, SAMPLE_ROWS)
    ]
    sealed = sealing.seal(row.person_key, json.dumps(rows, ensure_ascii=False))
    ListImport._base_manager.filter(pk=row.pk, person_key=row.person_key).update(sample_sealed=sealed)


def _fail(row: ListImport, problem: str, now: datetime) -> str:
    with transaction.atomic():
        failed = ListImport._base_manager.filter(pk=row.pk, state__in=UNDER_WAY)
        if failed.update(state=ImportState.FAILED, problem=problem[:REASON_SIGNS], ended_at=now):
            row.refresh_from_db()
            trail.record("list.failed", by=system_user(), obj=row, after=counts_of(row), at=now)
    return ImportState.FAILED
