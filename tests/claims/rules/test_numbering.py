from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.rules.numbering import (
    ALPHABET,
    is_valid_coupon_code,
    is_valid_number,
    make_coupon_code,
    make_number,
    normalise_number,
)
from tests.property import cases

DAY = date(2026, 11, 21)
random_bytes = st.binary(min_size=16, max_size=16)


def test_a_number_has_a_readable_day_and_known_signs():
    number = make_number(DAY, bytes(range(16)))

    assert (number[:8], len(number)) == ("SH261121", 16)
    assert set(number[8:]) <= set(ALPHABET)
    assert is_valid_number(number)


def test_the_alphabet_is_prime_and_has_no_lookalikes():
    assert (len(ALPHABET), len(set(ALPHABET)), set(ALPHABET) & set("ILOUZ")) == (31, 31, set())


def test_numbers_of_one_day_do_not_repeat():
    assert len({make_number(DAY) for _ in range(2000)}) == 2000


def test_the_same_bytes_give_the_same_number():
    assert make_number(DAY, b"a" * 16) == make_number(DAY, b"a" * 16) != make_number(DAY, b"b" * 16)


def test_too_few_random_bytes_are_refused():
    with pytest.raises(ValueError):
        make_number(DAY, b"short")


@cases
@given(st.dates(date(2024, 1, 1), date(2060, 12, 31)), random_bytes, st.data())
def test_one_wrong_sign_is_found(day, source, data):
    number = make_number(day, source)
    place = data.draw(st.integers(2, len(number) - 1))
    wrong = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != number[place]]))

    assert is_valid_number(number)
    assert not is_valid_number(number[:place] + wrong + number[place + 1 :])


@cases
@given(random_bytes, st.data())
def test_two_swapped_signs_are_found(source, data):
    number = make_number(DAY, source)
    first, second = sorted(data.draw(st.sets(st.integers(2, len(number) - 1), min_size=2, max_size=2)))
    signs = list(number)
    signs[first], signs[second] = signs[second], signs[first]
    swapped = "".join(signs)

    assert is_valid_number(swapped) == (swapped == number)


@cases
@given(random_bytes)
def test_what_people_type_is_read_as_what_was_meant(source):
    number = make_number(DAY, source)
    typed = f" {number[:8].lower()}-{number[8:12]} {number[12:]} ".replace("0", "o").replace("1", "l")

    assert normalise_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("sh 261121 ooil", "SH2611210011"),
        ("ＳＨ２６１１２１", "SH261121"),
        ("sh-2z-u", "SH22V"),
        ("", ""),
    ],
)
def test_lookalikes_blanks_and_full_width_signs_are_put_right(typed, normal):
    assert normalise_number(typed) == normal


@pytest.mark.parametrize(
    "text", ["", "SH", "SH261121", "XX2611210C48RJJ4", "SH2611210C48RJJ40", "SH26112!0C48RJJ4"]
)
def test_other_text_is_no_number(text):
    assert not is_valid_number(text)


def test_a_day_that_does_not_exist_is_no_number():
    class NoSuchDay:
        def __format__(self, spec):
            return "261331"

    assert not is_valid_number(make_number(NoSuchDay(), b"a" * 16))


@cases
@given(random_bytes)
def test_coupon_codes_and_claim_numbers_are_not_mistaken_for_each_other(source):
    code = make_coupon_code(source)

    assert (len(code), is_valid_coupon_code(code), is_valid_number(code)) == (12, True, False)
    assert not is_valid_coupon_code(make_number(DAY, source))
