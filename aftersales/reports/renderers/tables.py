"""A report as a workbook to read and print, and as a long table for programs. docs/rules/exports.md."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from aftersales.reports.renderers.sections import Entry, Report, Section, facts, sections, unit_words
from aftersales.web import exports
from aftersales.web.books import Book, Sheet, write_book
from aftersales.web.exports import Column, Export, Written


def xlsx(report: Report) -> Written:
    """A cover sheet with what the report is, then one sheet for each table; numbers are numbers."""
    return write_book(
        Book(
            title=report.title,
            facts=facts(report),
            sheets=[_sheet(section) for section in sections(report)],
            made_at=report.made_at,
            made_by=report.made_by or report.region,
            foot=foot(report),
        )
    )


def csv(report: Report) -> Written:
    """One line for each value: table, line, column, value, unit; the facts of the cover stand first."""
    columns = [
        Column(_("Table")),
        Column(_("Row of the table")),
        Column(_("Column")),
        Column(_("Value")),
        Column(_("Unit")),
    ]
    return exports.write(
        Export(
            title=report.title,
            columns=columns,
            rows=_lines(report),
            made_at=report.made_at,
            made_by=report.made_by,
        ),
        "csv",
    )


def foot(report: Report) -> str:
    """What stands at the foot of every printed page."""
    if report.is_frozen:
        return f"SHA-256 {report.sha256}"
    return _("not frozen: figures can still change")


def _sheet(section: Section) -> Sheet:
    return Sheet(
        title=section.title,
        headings=[(heading.words, heading.width) for heading in section.headings],
        rows=[[entry.cell for entry in row] for row in section.rows],
        totals=section.totals,
        note=section.note,
    )


def _lines(report: Report) -> Iterator[tuple[str, ...]]:
    for name, value in facts(report):
        yield _("About"), name, "", value, ""
    for section in sections(report):
        named = _named_columns(section)
        for row in section.rows:
            line = " · ".join(entry.words for entry in row[:named] if entry.words)
            for heading, entry in zip(section.headings[named:], row[named:], strict=True):
                if entry.unit or entry.words:
                    yield section.title, line, heading.words, entry.plain, _unit(entry)


def _named_columns(section: Section) -> int:
    """How many of the first columns say which line it is."""
    return next(at for at, heading in enumerate(section.headings) if heading.is_number)


def _unit(entry: Entry) -> str:
    if not entry.is_number:
        return ""
    return _("share (0 to 1)") if entry.unit == "permille" else unit_words(entry.unit)
