"""The formula of the transparency index, with the examples of its page."""

from datetime import date
from fractions import Fraction

import pytest

from claims.rules.transparency import WEIGHTS, Part, PartScore, index, mean, report_share, told_by_report

LAST_DAY = date(2026, 9, 30)


def scores(**shares) -> list[PartScore]:
    return [
        PartScore(part, None if shares.get(part.value) is None else Fraction(str(shares[part.value])))
        for part in Part
    ]


def test_the_weights_are_a_hundred():
    assert (sum(WEIGHTS.values()), list(WEIGHTS)) == (100, list(Part))


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        (
            {
                "rules": 1,
                "report": 1,
                "completeness": 0.9,
                "figures": 0.9,
                "findings": 0.75,
                "contacts": 0.96,
            },
            "91.6",
        ),
        ({"report": 1, "completeness": 0.9, "figures": 0.9, "contacts": 0.96}, "94.8"),
        ({"report": 0, "completeness": 0, "figures": 0, "contacts": 1}, "15.4"),
        ({"contacts": 1}, None),
        ({"rules": 1, "findings": 1, "contacts": 1}, None),
        ({"report": 1, "rules": 1, "contacts": 1}, "100.0"),
        ({}, None),
    ],
)
def test_the_index_is_the_weighted_mean_of_what_is_known(shares, expected):
    found = index(scores(**shares))

    assert (None if found is None else f"{float(found):.1f}") == expected


@pytest.mark.parametrize(
    ("published_on", "today", "expected"),
    [
        (None, date(2026, 10, 30), None),
        (None, date(2026, 10, 31), 0),
        (date(2026, 10, 30), date(2026, 10, 30), 1),
        (date(2026, 10, 31), date(2026, 12, 1), Fraction(1, 2)),
        (date(2026, 11, 29), date(2026, 12, 1), Fraction(1, 2)),
        (date(2026, 11, 30), date(2026, 12, 1), 0),
    ],
)
def test_a_report_is_on_time_for_thirty_days_and_half_for_thirty_more(published_on, today, expected):
    assert report_share(LAST_DAY, published_on, today) == expected


def test_what_only_a_report_can_tell_counts_nothing_once_it_is_overdue():
    assert told_by_report(Fraction(1, 3), Fraction(1), is_published=True) == Fraction(1, 3)
    assert told_by_report(None, None, is_published=False) is None
    assert told_by_report(None, Fraction(0), is_published=False) == 0


def test_the_mean_leaves_out_counties_without_an_index():
    assert mean([Fraction(90), None, Fraction(60)]) == 75
    assert mean([None]) is None
