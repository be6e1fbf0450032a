"""The worked examples of docs/rules/working-time.md are rows of the golden file."""

import re
from pathlib import Path

from tests import golden

PAGE = Path(__file__).parents[2] / "docs" / "rules" / "working-time.md"
EXAMPLE = re.compile(r"^\| (D\d{4}) \| ([^|]+) \| ([^|]+) \| (\d+) \| ([^|]*?) ?\| ([^|]+) \|", re.MULTILINE)


def test_worked_examples_are_golden_rows():
    by_id = {row["id"]: row for row in golden.rows("sla_vectors")}

    shown = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))

    columns = ("id", "windows", "start", "amount", "pauses", "expected")
    assert len(shown) == 5
    assert shown == [tuple(by_id[key][column] for column in columns) for key, *_facts in shown]
