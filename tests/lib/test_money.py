from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.lib.money import (
    MAX_FEN,
    MAX_MILLI,
    MoneyError,
    fen_to_yuan,
    format_milli,
    format_yuan,
    parse_milli,
    split,
    yuan_to_fen,
)
from tests.property import cases


@pytest.mark.parametrize(
    ("value", "fen"),
    [
        ("0", 0),
        ("12", 1200),
        ("12.3", 1230),
        ("12.34", 1234),
        ("0.01", 1),
        ("007.50", 750),
        ("10000000000", MAX_FEN),
        ("10000000000.00", MAX_FEN),
        (Decimal("12.34"), 1234),
        (Decimal("12.340"), 1234),
        (Decimal("1E+2"), 10000),
        (Decimal("-0"), 0),
        (Decimal("0E+999999"), 0),
    ],
)
def test_yuan_to_fen_reads_exact_amounts(value, fen):
    assert yuan_to_fen(value) == fen


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "empty"),
        (" ", "not_a_number"),
        (" 12", "not_a_number"),
        ("12\n", "not_a_number"),
        ("1,000", "not_a_number"),
        ("1_000", "not_a_number"),
        ("１２", "not_a_number"),
        ("١٢", "not_a_number"),
        ("12.", "not_a_number"),
        (".5", "not_a_number"),
        ("+12", "not_a_number"),
        ("1e3", "not_a_number"),
        ("1e309", "not_a_number"),
        ("0x10", "not_a_number"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("¥12", "not_a_number"),
        ("true", "not_a_number"),
        ("--1", "not_a_number"),
        ("-0.01", "negative"),
        ("-1", "negative"),
        ("0.005", "too_many_decimals"),
        ("12.340", "too_many_decimals"),
        ("10000000000.01", "too_large"),
        (str(2**63), "too_large"),
        ("9" * 21, "not_a_number"),
        (Decimal("NaN"), "not_a_number"),
        (Decimal("sNaN"), "not_a_number"),
        (Decimal("Infinity"), "not_a_number"),
        (Decimal("-0.01"), "negative"),
        (Decimal("0.005"), "too_many_decimals"),
        (Decimal("1.00000000000000000000000000000000000001"), "too_many_decimals"),
        (Decimal("1E-999999"), "too_many_decimals"),
        (Decimal("1E+999999"), "too_large"),
        (Decimal("10000000000.01"), "too_large"),
        (12, "wrong_type"),
        (12.34, "wrong_type"),
        (True, "wrong_type"),
        (None, "wrong_type"),
        (b"12", "wrong_type"),
        ([], "wrong_type"),
    ],
)
def test_yuan_to_fen_refuses(value, code):
    with pytest.raises(MoneyError) as refused:
        yuan_to_fen(value)

    assert refused.value.code == code


def test_an_error_never_repeats_the_value():
    with pytest.raises(MoneyError) as refused:
        yuan_to_fen("6222021234567890")

    assert "6222" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "milli"),
    [("2.5", 2500), ("0.001", 1), ("3", 3000), (Decimal("12.985"), 12985), ("1000000000000", MAX_MILLI)],
)
def test_parse_milli_reads_three_decimals(value, milli):
    assert parse_milli(value) == milli


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("2.5001", "too_many_decimals"),
        ("-1", "negative"),
        ("1000000000000.001", "too_large"),
        (2.5, "wrong_type"),
        (3, "wrong_type"),
    ],
)
def test_parse_milli_refuses(value, code):
    with pytest.raises(MoneyError) as refused:
        parse_milli(value)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("fen", "yuan", "text"),
    [
        (0, "0.00", "¥0.00"),
        (5, "0.05", "¥0.05"),
        (1234, "12.34", "¥12.34"),
        (-5, "-0.05", "-¥0.05"),
        (99_999, "999.99", "¥999.99"),
        (-100_000, "-1000.00", "-¥1,000.00"),
        (MAX_FEN, "10000000000.00", "¥10,000,000,000.00"),
    ],
)
def test_fen_are_printed_with_two_decimals(fen, yuan, text):
    assert (str(fen_to_yuan(fen)), format_yuan(fen)) == (yuan, text)


@pytest.mark.parametrize("value", [12.0, True, "12", Decimal(12)])
def test_only_whole_fen_are_printed(value):
    with pytest.raises(MoneyError):
        fen_to_yuan(value)


@pytest.mark.parametrize(
    ("milli", "text"), [(0, "0"), (2500, "2.5"), (3000, "3"), (1, "0.001"), (100000, "100")]
)
def test_quantities_are_printed_without_zeros_at_the_end(milli, text):
    assert format_milli(milli) == text


@cases
@given(st.integers(0, MAX_FEN))
def test_printing_and_reading_come_back_to_the_same_fen(fen):
    assert yuan_to_fen(str(fen_to_yuan(fen))) == yuan_to_fen(fen_to_yuan(fen)) == fen


@cases
@given(st.integers(0, MAX_MILLI))
def test_quantities_come_back_to_the_same_thousandths(milli):
    assert parse_milli(format_milli(milli)) == milli


@cases
@given(st.one_of(st.text(max_size=12), st.decimals(), st.floats(), st.integers(), st.none(), st.booleans()))
def test_whatever_comes_in_is_exact_or_refused(value):
    try:
        fen = yuan_to_fen(value)
    except MoneyError:
        return
    assert Fraction(value) * 100 == fen
    assert 0 <= fen <= MAX_FEN


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (1000, [3, 3, 1], [429, 428, 143]),
        (1, [1, 1], [1, 0]),
        (0, [5, 1], [0, 0]),
        (10, [0, 1, 0], [0, 10, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
    ],
)
def test_split_gives_spare_fen_to_the_largest_remainder(total, weights, parts):
    assert split(total, weights) == parts


@pytest.mark.parametrize(
    ("total", "weights", "code"),
    [
        (10, [], "empty"),
        (10, [0, 0], "empty"),
        (10, [2, -1], "negative"),
        (10, [0.5], "wrong_type"),
        (1.5, [1], "wrong_type"),
    ],
)
def test_split_refuses(total, weights, code):
    with pytest.raises(MoneyError) as refused:
        split(total, weights)

    assert refused.value.code == code


@cases
@given(st.integers(-MAX_FEN, MAX_FEN), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_split_loses_no_fen_and_strays_less_than_one(total, weights):
    parts = split(total, weights)

    assert sum(parts) == total
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))
