"""The list of all divisions of a province, imported beside COPY into a table alike."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from bench.measures import Measure

ROWS = 45_000
# A province that no official list has.
PROVINCE = "99"
COUNTIES, TOWNSHIPS, VILLAGES = 90, 10, 49


def measure(folder: Path) -> list[Measure]:
    """Seconds for a province's list, once: importing it again would change nothing."""
    path = folder / "province.csv"
    rows = _rows()
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("code", "name"), *rows])
    copied = min(_copy(rows) for _repeat in range(3))
    started = time.perf_counter()
    call_command("import_regions", str(path), stdout=io.StringIO())
    seconds = time.perf_counter() - started
    note = f"{len(rows)} regions"
    return [
        Measure("import of regions", "s", 60, 60, ours=[seconds], note=note),
        Measure("import of regions beside COPY", "s", None, 3, ours=[seconds], floor=[copied], note=note),
    ]


def _rows() -> list[tuple[str, str]]:
    codes = [PROVINCE.ljust(12, "0"), f"{PROVINCE}01".ljust(12, "0")]
    for county in range(1, COUNTIES + 1):
        inside = f"{PROVINCE}01{county:02d}"
        codes.append(inside.ljust(12, "0"))
        for township in range(100, 100 + TOWNSHIPS):
            codes.append(f"{inside}{township}000")
            codes += [f"{inside}{township}{village}" for village in range(201, 201 + VILLAGES)]
    return [(code, f"地{code}") for code in codes[:ROWS]]


def _copy(rows: list[tuple[str, str]]) -> float:
    """Seconds to copy the same rows into a table with our indexes, with nothing to work out."""
    ready = [(code, name, 5, False, None) for code, name in rows]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_region (LIKE stations_region INCLUDING ALL)")
        started = time.perf_counter()
        with cursor.copy(
            "COPY bench_region (code, name, level, is_placeholder, parent_id) FROM STDIN"
        ) as copy:
            for row in ready:
                copy.write_row(row)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_region")
    return seconds
