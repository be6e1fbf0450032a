"""The refused rows of a list as they came, each with its reason, to be corrected and sent again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.imports import files
from aftersales.imports.kinds import KINDS
from aftersales.imports.models import ListImport
from aftersales.lib.csv_rows import Row
from aftersales.lib.errors import Refused
from aftersales.web.exports import Column, Export, Written
from aftersales.web.exports import write as write_export
from aftersales.web.list_rows import read_rows

LINE, REASON = gettext_lazy("Line in the uploaded list"), gettext_lazy("Reason for refusing the row")


def write(*, row: ListImport, by: User, now: datetime) -> Written:
    """The refused rows as a file of the form that was uploaded.

    Rows that could not be read at all stand there with their line and reason alone. Raises
    Refused("nothing_refused"), Refused("import_gone") when the file is no longer kept.
    """
    reasons = _reasons(row)
    if not reasons:
        raise Refused(_("No row of this list was refused."), code="nothing_refused")
    if not files.is_kept(row):
        raise Refused(_("The file is no longer kept. Upload it again."), code="import_gone")
    with files.opened(row) as path:
        heading = next((list(each.values) for each in read_rows(path) if each.values), [])
        titles = [title for title in heading if title and title not in _own_titles()]
        known = {column.name: str(column.title) for column in KINDS[row.kind].layout_with(row.options)}
        written = write_export(
            Export(
                title=_("Rows to correct %(file)s") % {"file": row.file_name.rpartition(".")[0]},
                columns=[
                    *(Column(known.get(title, title)) for title in titles),
                    Column(str(LINE), "integer", 10),
                    Column(str(REASON), width=50),
                ],
                rows=_rows(read_rows(path), titles, reasons),
                made_at=now,
                made_by=str(by),
            ),
            row.form,
        )
    with transaction.atomic():
        after = {"rows": written.rows, "sha256": written.sha256}
        trail.record("list.corrections_fetched", by=by, obj=row, after=after, at=now)
    return written


def _reasons(row: ListImport) -> dict[int, str]:
    reasons: dict[int, str] = {}
    for line, reason in row.refused.order_by("line", "id").values_list("line", "reason"):
        reasons[line] = f"{reasons[line]}; {reason}" if line in reasons else reason
    return reasons


def _rows(rows: Iterator[Row], titles: list[str], reasons: dict[int, str]) -> Iterator[list]:
    told = set()
    for row in rows:
        if row.line in reasons:
            told.add(row.line)
            yield [*(row.values.get(title, "") for title in titles), row.line, reasons[row.line]]
    for line in sorted(reasons.keys() - told):
        yield [*("" for _title in titles), line, reasons[line]]


def _own_titles() -> set[str]:
    """What our two columns are called, as a list that was corrected before already has them."""
    own = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            own |= {str(LINE).casefold(), str(REASON).casefold()}
    return own
