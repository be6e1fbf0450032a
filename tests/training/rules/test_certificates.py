"""Numbers that catch slips, validity, renewal and reminders. docs/rules/certificates.md."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.rules import certificates as rules
from training.rules.certificates import ALPHABET, SIGNS, Standing

TODAY = date(2026, 11, 20)
numbers = st.binary(min_size=8, max_size=8).map(rules.make_number)


def test_alphabet_has_32_signs_without_lookalikes():
    assert len(set(ALPHABET)) == 32
    assert not set(ALPHABET) & set("01IO")


@given(numbers)
def test_number_is_well_formed(number):
    assert len(number) == SIGNS
    assert rules.is_well_formed(number)


@given(numbers)
def test_every_wrong_sign_and_every_swap_is_found(number):
    wrong = {
        number[:place] + sign + number[place + 1 :]
        for place in range(SIGNS)
        for sign in ALPHABET
        if sign != number[place]
    }
    swapped = set()
    for first in range(SIGNS):
        for second in range(first + 1, SIGNS):
            if number[first] != number[second]:
                signs = list(number)
                signs[first], signs[second] = signs[second], signs[first]
                swapped.add("".join(signs))

    assert len(wrong) == SIGNS * 31
    assert [each for each in wrong | swapped if rules.is_well_formed(each)] == []


def test_every_pair_of_signs_at_every_place_is_told_apart_and_found_swapped():
    """Not for some numbers: the sum is linear, so these pairs are all that can happen."""
    zeros = ALPHABET[0] * SIGNS
    for place in range(SIGNS):
        for sign in ALPHABET[1:]:
            assert not rules.is_well_formed(zeros[:place] + sign + zeros[place + 1 :])
    for place in range(SIGNS - 1):
        for sign in ALPHABET[1:]:
            assert not rules.is_well_formed(zeros[:place] + sign + sign + zeros[place + 2 :])


def test_signs_come_from_all_of_the_alphabet():
    seen = {sign for _ in range(200) for sign in rules.make_number()}

    assert seen == set(ALPHABET)


def test_what_people_type_is_understood():
    number = rules.make_number(bytes(range(8)))
    shown = rules.grouped(number)
    full_width = "".join(chr(ord(sign) + 0xFEE0) for sign in number)

    assert shown.count("-") == 3
    for typed in (
        number,
        shown,
        number.lower(),
        full_width,
        f"  {shown[:6]} {shown[6:]}\n",
        shown.replace("-", "－"),
    ):
        assert rules.normalise(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "A", "O" * 13, "0123456789ABC", "售" * 13, "2" * 14, "2" * 12, "\x00", "２"]
)
def test_nonsense_is_not_a_number(typed):
    assert not rules.is_well_formed(rules.normalise(typed))


@pytest.mark.parametrize(
    ("issued", "renewed_end", "until"),
    [
        (date(2026, 11, 20), None, date(2028, 11, 19)),
        (date(2028, 2, 29), None, date(2030, 2, 28)),
        (date(2026, 3, 1), None, date(2028, 2, 29)),
        (date(2026, 11, 20), date(2027, 1, 31), date(2029, 1, 31)),
        (date(2026, 11, 20), date(2026, 11, 20), date(2028, 11, 20)),
        (date(2026, 11, 20), date(2026, 11, 19), date(2028, 11, 19)),
        (date(2026, 11, 20), date(2020, 1, 1), date(2028, 11, 19)),
    ],
)
def test_two_years_from_the_day_of_issue_or_the_old_end(issued, renewed_end, until):
    assert rules.valid_until(issued, renewed_end) == until


@pytest.mark.parametrize(
    ("end", "is_revoked", "said"),
    [
        (None, False, Standing.UNKNOWN),
        (TODAY, False, Standing.VALID),
        (TODAY - timedelta(days=1), False, Standing.EXPIRED),
        (TODAY + timedelta(days=9), True, Standing.REVOKED),
        (TODAY - timedelta(days=9), True, Standing.REVOKED),
    ],
)
def test_what_the_public_page_says(end, is_revoked, said):
    assert rules.standing(end, is_revoked=is_revoked, today=TODAY) == said


@pytest.mark.parametrize(
    ("spans", "certified"),
    [
        ([], []),
        ([(0, 9)], [(0, 9)]),
        ([(5, 19), (0, 9)], [(0, 19)]),
        ([(0, 9), (10, 19)], [(0, 19)]),
        ([(11, 19), (0, 9)], [(0, 9), (11, 19)]),
        ([(0, 19), (5, 9), (30, 39)], [(0, 19), (30, 39)]),
    ],
)
def test_certified_on_the_days_of_what_stands(spans, certified):
    def dates(numbers):
        return [tuple(TODAY + timedelta(days=number) for number in each) for each in numbers]

    assert rules.certified(dates(spans)) == dates(certified)


def test_each_step_is_told_once_and_the_nearest_one_only():
    end, told, said = TODAY + timedelta(days=100), None, []
    for days in range(140):
        today = TODAY + timedelta(days=days)
        step = rules.reminder_due(end, reminded_on=told, today=today)
        if step is not None:
            said.append((today, step.days))
            told = today

    assert said == [
        (end - timedelta(days=60), 60),
        (end - timedelta(days=30), 30),
        (end - timedelta(days=7), 7),
        (end + timedelta(days=1), -1),
    ]


def test_missed_steps_are_one_reminder():
    end = TODAY + timedelta(days=5)

    assert rules.reminder_due(end, reminded_on=None, today=TODAY) == timedelta(days=7)
    assert rules.reminder_due(end, reminded_on=TODAY, today=TODAY) is None
