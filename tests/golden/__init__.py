"""Examples agreed with the business or computed elsewhere, one CSV per rule; README.md names the sources."""

import csv
from pathlib import Path


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one file by column name; a missing or empty file is an error, not an empty list."""
    with (Path(__file__).parent / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert found, f"{name}.csv has no rows"
    return found
