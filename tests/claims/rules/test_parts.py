"""docs/rules/parts.md: when a shelf is low, and what can be said about the old part."""

import re
from pathlib import Path

import pytest

from claims.rules.parts import OldPart, is_low, old_part_choices

PAGE = Path(__file__).resolve().parents[3] / "docs" / "rules" / "parts.md"
LOW = re.findall(
    r"^\| (\d+) \| (\d+) \| (\d+) \| (yes|no) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
)


@pytest.mark.parametrize(("on_hand", "reserved", "low_at", "answer"), LOW)
def test_a_shelf_is_low_as_the_page_says(on_hand, reserved, low_at, answer):
    assert is_low(on_hand=int(on_hand), reserved=int(reserved), low_at=int(low_at)) == (answer == "yes")


def test_the_page_has_its_table():
    assert len(LOW) == 5


def test_where_the_old_part_must_come_back_it_cannot_be_none():
    said = (OldPart.TAKEN_BACK, OldPart.LEFT, OldPart.MISSING)

    assert old_part_choices(comes_back=True) == said
    assert old_part_choices(comes_back=False) == (OldPart.NONE, *said)
