"""The checklists of diagnoses by phone, one file a version. docs/rules/diagnosis.md."""

import csv
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from claims.rules import checklists as reading
from claims.rules.diagnosis import Appliance, Checklist

DATA = Path(__file__).resolve().parents[1] / "data"
FOLDER = DATA / "checklists"


@cache
def versions() -> Mapping[str, Checklist]:
    """Every version by its name, also those that newer ones have followed: old diagnoses are read with them.

    Raises InvalidValue("checklist_malformed") for a file that is none.
    """
    found = (reading.read(tomllib.loads(path.read_text(encoding="utf-8"))) for path in FOLDER.glob("*.toml"))
    return {each.version: each for each in sorted(found, key=lambda each: (each.appliance, each.number))}


def current(appliance: str) -> Checklist:
    """The newest checklist of an appliance."""
    return next(each for each in reversed(versions().values()) if each.appliance == appliance)


def faults() -> list[str]:
    """What keeps the checklists from being used, a sentence each: asked before anything starts."""
    issues = {row["code"]: row["appliance"] for row in rows_of("issues.csv")}
    parts = {row["code"] for row in rows_of("parts.csv")}
    try:
        known = versions()
    except (ValueError, OSError) as wrong:
        return [str(wrong)]
    found = [
        f"{each}: no checklist" for each in Appliance if each not in {one.appliance for one in known.values()}
    ]
    for path in FOLDER.glob("*.toml"):
        if path.stem not in known:
            found.append(f"{path.name}: named otherwise than its version")
    for checklist in known.values():
        found += reading.faults(checklist, issues=issues, parts=parts)
    return found


def rows_of(name: str) -> list[dict[str, str]]:
    """The lines of a list that comes with the programme, by column."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
