"""docs/rules/recovery.md: spreading, reminding, numbering, and the columns of a settlement."""

from datetime import date

import pytest

from claims.rules import recovery as rule

DUE = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("amount_fen", "open_fens", "shares"),
    [
        (0, [600], [0]),
        (599, [600, 300], [599, 0]),
        (600, [600, 300], [600, 0]),
        (601, [600, 300], [600, 1]),
        (900, [600, 300], [600, 300]),
        (901, [600, 300], [600, 300]),
        (5, [], []),
    ],
)
def test_a_payment_settles_the_first_debt_before_the_next(amount_fen, open_fens, shares):
    assert rule.spread(amount_fen, open_fens) == shares


@pytest.mark.parametrize(
    ("sent_on", "due"),
    [
        ([], date(2026, 11, 11)),
        ([date(2026, 11, 11)], date(2026, 11, 25)),
        ([date(2026, 11, 20)], date(2026, 11, 27)),
        ([date(2026, 11, 11), date(2026, 11, 25)], date(2026, 12, 10)),
        ([date(2026, 11, 11), date(2026, 12, 30)], date(2027, 1, 6)),
        ([date(2026, 11, 11), date(2026, 11, 25), date(2026, 12, 10)], None),
    ],
)
def test_reminders_follow_the_due_day_and_keep_their_distance(sent_on, due):
    assert rule.next_reminder_on(DUE, sent_on) == due


def test_number_tells_county_year_and_order():
    assert rule.demand_number("520123000000", 2026, 7) == "ZC520123-2026-0007"
    assert rule.demand_number("520123000000", 2026, 12345) == "ZC520123-2026-12345"


@pytest.mark.parametrize(
    ("kind", "reversed_kind", "grows", "column"),
    [
        ("advance", None, True, "advanced"),
        ("reversal", "advance", False, "taken_back"),
        ("recovery", None, False, "recovered"),
        ("reversal", "recovery", True, "recovered"),
        ("write_off", None, False, "written_off"),
        ("reversal", "write_off", True, "written_off"),
        ("moved", None, True, "moved"),
        ("moved", None, False, "moved"),
        ("reversal", "moved", True, "moved"),
    ],
)
def test_every_movement_has_its_column(kind, reversed_kind, grows, column):
    assert rule.column_of(kind, reversed_kind, grows=grows) == column
