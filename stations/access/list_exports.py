"""Lists that people take away as a file: what the page shows as it is filtered, through the one writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.audit import trail
from aftersales.web.exports import CONTENT_TYPES, Column, Export, write
from stations.access.places import is_desk

MOST_ROWS = 5000
CHUNK = 500
ASKED_BY = "format"
"""The parameter of a list's address that asks for its rows as a file."""


def export_asked(request) -> str:
    """The form in which the list is wanted as a file, "" when the page is. 404 for any other form.

    Files are for people at a desk, who see the same rows on the page.
    """
    form = request.GET.get(ASKED_BY, "")
    if form and (form not in CONTENT_TYPES or not is_desk(request.user)):
        raise Http404
    return form


def list_export(
    request,
    form: str,
    *,
    title: str,
    columns: Sequence[Column],
    rows: QuerySet,
    cells: Callable[[Any], Sequence[Any]],
    filters: Sequence[tuple[str, str]] = (),
    about: Any = None,
) -> HttpResponseBase:
    """The rows of a list as a file, and an event in the trail; `about` is the row that the list belongs to.

    With more than 5,000 rows the person is sent back to the page, which says so: such a list is narrowed
    first, or asked for as a list of claims, which is made in the background.
    """
    if rows[: MOST_ROWS + 1].count() > MOST_ROWS:
        messages.error(request, _("A file holds at most 5,000 rows of a list. Narrow the list first."))
        kept = request.GET.copy()
        kept.pop(ASKED_BY)
        return redirect(f"{request.path}?{kept.urlencode()}")
    now = timezone.now()
    written = write(
        Export(
            title=title,
            columns=columns,
            rows=(cells(row) for row in rows.iterator(chunk_size=CHUNK)),
            made_at=now,
            made_by=str(request.user),
            filters=filters,
            row_limit=MOST_ROWS,
        ),
        form,
    )
    trail.record("list.exported", by=request.user, obj=about, after=written.facts, at=now)
    return written.response()
