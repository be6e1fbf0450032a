"""Reading single cells of lists, and what is said when a row of a list cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from aftersales.web.list_rows import ListColumn
from aftersales.web.service_forms import is_unprintable

# A little more than China, so that exchanged columns and other datums' zero points are noticed.
LON_RANGE = (73.0, 136.0)
LAT_RANGE = (3.0, 54.0)
POINT_COLUMNS = (("lon_wgs84", "lat_wgs84"), ("lon", "lat"))


def refusal_of_fault(fault: str, needed: Sequence[str], layout: Sequence[ListColumn] = ()) -> str:
    """The reason for a fault of aftersales.lib.csv_rows or aftersales.web.xlsx_rows, in words.

    Columns are called by the titles of the layout, where it has them.
    """
    titles = {column.name: str(column.title) for column in layout}
    return {
        "not_utf8": _("the line is not UTF-8"),
        "file_not_utf8": _("the file is not UTF-8; save it as CSV UTF-8"),
        "line_too_long": _("the line is too long"),
        "broken_quotes": _("the quotation marks of the line do not match"),
        "more_cells": _("the line has more cells than the heading"),
        "no_heading": _("the file is empty"),
        "missing_columns": _("the heading must name the columns %(columns)s")
        % {"columns": ", ".join(titles.get(name, name) for name in needed)},
        "formula_cell": _("a cell holds a formula; save the list with values only"),
        "error_cell": _("a cell holds an error"),
        "too_large": _("the file is too large to be such a list"),
        "not_xlsx": _("the file is damaged or is no XLSX file"),
    }[fault]


def read_text(text: str, longest: int) -> str:
    """A name: not empty, printable, not too long. Raises Refused."""
    if not text:
        raise Refused(_("the name is empty"), code="no_name")
    if len(text) > longest:
        raise Refused(_("the name has more than %(longest)s signs") % {"longest": longest}, code="long_name")
    if any(is_unprintable(sign) for sign in text):
        raise Refused(_("the name contains signs that cannot be printed"), code="unprintable")
    return text


def read_point(values: Mapping[str, str]) -> tuple[float, float] | None:
    """Longitude and latitude (WGS 84, degrees) where the row has them; None where both are empty.

    Raises Refused for half a point, for what is no number, and for a point outside China.
    """
    for columns in POINT_COLUMNS:
        lon_text, lat_text = (values.get(column, "") for column in columns)
        if lon_text or lat_text:
            break
    else:
        return None
    try:
        lon, lat = float(lon_text), float(lat_text)
    except ValueError:
        raise Refused(_("longitude and latitude must both be numbers"), code="not_a_point") from None
    if not (LON_RANGE[0] <= lon <= LON_RANGE[1] and LAT_RANGE[0] <= lat <= LAT_RANGE[1]):
        raise Refused(_("the point lies outside China; longitude comes first"), code="far_point")
    return lon, lat
