"""A report as XLSX, CSV and PDF: the same edition gives the same bytes. docs/rules/exports.md."""

from collections.abc import Callable

from aftersales.reports.renderers.pdf import pdf
from aftersales.reports.renderers.sections import Report, of_edition
from aftersales.reports.renderers.tables import csv, xlsx
from aftersales.web.exports import Written

RENDERERS: dict[str, Callable[[Report], Written]] = {"xlsx": xlsx, "csv": csv, "pdf": pdf}

__all__ = ["RENDERERS", "Report", "csv", "of_edition", "pdf", "xlsx"]
