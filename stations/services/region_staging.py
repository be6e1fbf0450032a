"""The rows of several lists, checked one by one and sorted by code, outside our database and memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from stations.models import Region
from stations.rules.regions import CODE_LENGTH, Level, RegionCodeError, level_of
from stations.services.row_faults import read_point, read_text

NAME_LENGTH = Region._meta.get_field("name").max_length
PLACEHOLDER = {"": None, "0": False, "1": True}

SCHEMA = """
    CREATE TABLE place (code TEXT PRIMARY KEY, name TEXT, placeholder INTEGER, file INTEGER, line INTEGER)
    WITHOUT ROWID;
    CREATE TABLE point (code TEXT PRIMARY KEY, name TEXT, lon REAL, lat REAL, file INTEGER, line INTEGER)
    WITHOUT ROWID;
"""
SORTED = """
    SELECT each.code, place.name, place.placeholder, place.file, place.line,
           point.name, point.lon, point.lat, point.file, point.line
    FROM (SELECT code FROM place UNION SELECT code FROM point) AS each
    LEFT JOIN place ON place.code = each.code
    LEFT JOIN point ON point.code = each.code
    ORDER BY each.code
"""


@dataclass(frozen=True)
class Entry:
    """What the lists say about one code: at most one row names the place and one locates it."""

    code: str
    name: str | None
    is_placeholder: bool | None
    file: int | None
    line: int | None
    point_name: str | None
    lon: float | None
    lat: float | None
    point_file: int | None
    point_line: int | None

    @property
    def lines(self) -> list[tuple[int, int]]:
        """File and line of the rows behind the entry."""
        rows = [(self.file, self.line), (self.point_file, self.point_line)]
        return [(file, line) for file, line in rows if line is not None]


class Staging:
    """A temporary database on disk, gone when it is closed.

    Sorted by code a place comes after the places it lies in, whatever the order of the files, and memory
    does not grow with the lists.
    """

    def __enter__(self):
        # An empty name: SQLite keeps it in a temporary file once it outgrows its small cache.
        self._db = sqlite3.connect("")
        self._db.executescript(SCHEMA)
        return self

    def __exit__(self, *error):
        self._db.close()

    def add(self, file: int, line: int, values: Mapping[str, str]) -> bool:
        """Check a row and keep it; False when an equal one was kept before.

        Raises Refused with the reason for a row that cannot be right or contradicts an earlier one.
        """
        code = read_code(values["code"])
        name = read_text(values["name"], NAME_LENGTH)
        point = read_point(values)
        if point is None:
            placeholder = _read_placeholder(values)
            return self._keep("place", code, (name, placeholder), file, line)
        return self._keep("point", code, (name, *point), file, line)

    def _keep(self, table: str, code: str, content: tuple, file: int, line: int) -> bool:
        slots = ", ".join("?" * (len(content) + 3))
        kept = self._db.execute(
            f"INSERT INTO {table} VALUES ({slots}) ON CONFLICT DO NOTHING", (code, *content, file, line)
        )
        if kept.rowcount:
            return True
        *earlier, first_line = self._db.execute(f"SELECT * FROM {table} WHERE code = ?", (code,)).fetchone()
        compared = slice(0, 1) if table == "place" else slice(1, 3)
        if tuple(earlier[1:-1])[compared] == content[compared]:
            return False
        raise Refused(
            _("another row of this import, in line %(line)s, says %(earlier)s for this code")
            % {"line": first_line, "earlier": ", ".join(map(str, earlier[1:-1][compared]))},
            code="contradiction",
        )

    def entries(self) -> Iterator[Entry]:
        """Everything that was kept, by code."""
        for code, name, placeholder, *rest in self._db.execute(SORTED):
            yield Entry(code, name, None if placeholder is None else bool(placeholder), *rest)


def read_code(text: str) -> str:
    """A code of a province or of something in it. Raises Refused."""
    try:
        level = level_of(text)
    except RegionCodeError as wrong:
        sentences = {
            "wrong_length": _("the code must have %(digits)s digits") % {"digits": CODE_LENGTH},
            "not_digits": _("the code must have digits only"),
            "gap": _("the code names a place in nothing: a level above the last one is empty"),
        }
        raise Refused(sentences[wrong.code], code=wrong.code) from None
    if level == Level.NATION:
        raise Refused(_("the code names no place"), code="no_place")
    return text


def _read_placeholder(values: Mapping[str, str]) -> bool | None:
    try:
        return PLACEHOLDER[values.get("is_placeholder", "")]
    except KeyError:
        raise Refused(_("is_placeholder must be 0 or 1"), code="not_a_flag") from None
