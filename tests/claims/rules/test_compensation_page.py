"""The worked examples of docs/rules/compensation.md are rows of the golden file."""

import re
from pathlib import Path

from tests import golden

PAGE = Path(__file__).parents[3] / "docs" / "rules" / "compensation.md"
EXAMPLE = re.compile(r"^\| (DR\d{4}) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|", re.MULTILINE)


def test_worked_examples_are_golden_rows():
    by_id = {row["id"]: row for row in golden.rows("proportional_rounding")}

    shown = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))

    assert len(shown) == 9
    assert shown == [
        (key, by_id[key]["bad"], by_id[key]["total"], by_id[key]["amount_cny"], by_id[key]["expected_cny"])
        for key, *_figures in shown
    ]
