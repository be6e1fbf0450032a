"""Amounts in capital numerals: agreed examples, and every amount reads back as itself."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.lib.capitals import DIGITS, fen_in_capitals
from aftersales.lib.money import MAX_FEN, MoneyError
from tests.property import cases

with (Path(__file__).parent.parent / "golden" / "capitals.csv").open(encoding="utf-8") as lines:
    GOLDEN = [(int(row["fen"]), row["capitals"]) for row in csv.DictReader(lines)]

UNITS = {"拾": 10, "佰": 100, "仟": 1000}


def read_back(text: str) -> int:
    """What somebody who reads the numerals aloud makes of them, in fen."""
    fen = group = yuan = digit = 0
    for sign in text.removeprefix("人民币").removesuffix("整"):
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in UNITS:
            group += digit * UNITS[sign]
            digit = 0
        elif sign in "万亿":
            yuan += (group + digit) * (10_000 if sign == "万" else 10**8)
            group = digit = 0
        elif sign == "元":
            fen += (yuan + group + digit) * 100
            yuan = group = digit = 0
        else:
            fen += digit * (10 if sign == "角" else 1)
            digit = 0
    return fen


@pytest.mark.parametrize(("fen", "capitals"), GOLDEN)
def test_agreed_examples(fen, capitals):
    assert fen_in_capitals(fen) == capitals


@cases
@given(st.integers(0, MAX_FEN) | st.integers(0, 10**7))
def test_every_amount_reads_back_as_itself_without_a_double_zero(fen):
    written = fen_in_capitals(fen)

    assert read_back(written) == fen
    assert "零零" not in written


@pytest.mark.parametrize(
    ("value", "code"),
    [(-1, "negative"), (MAX_FEN + 1, "too_large"), (1.5, "wrong_type"), (True, "wrong_type")],
)
def test_what_is_no_amount_is_refused(value, code):
    with pytest.raises(MoneyError) as refused:
        fen_in_capitals(value)

    assert refused.value.code == code
