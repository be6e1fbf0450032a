"""When repairing is no longer enough."""

from datetime import date

import pytest

from claims.rules.repairs import Attempt, Because, days_in_repair, may_replace

FIRST, TODAY = date(2026, 9, 1), date(2026, 11, 20)


def attempt(outcome="", began=FIRST, ended=None):
    return Attempt(began, ended if ended or not outcome else began, outcome)


@pytest.mark.parametrize(
    ("attempts", "because"),
    [
        ([], ()),
        ([attempt("failed")], ()),
        ([attempt("failed"), attempt("fixed")], ()),
        ([attempt("failed"), attempt("failed")], (Because.FAILED_TWICE,)),
        ([attempt("not_worth_it")], (Because.NOT_WORTH_IT,)),
        ([attempt("fixed", FIRST, date(2026, 10, 6))], ()),  # 35 days
        ([attempt("fixed", FIRST, date(2026, 10, 7))], (Because.TOOK_TOO_LONG,)),  # 36 days
        (
            [attempt("failed", FIRST, date(2026, 9, 19)), attempt("fixed", FIRST, date(2026, 9, 19))],
            (Because.TOOK_TOO_LONG,),
        ),
        ([attempt("", date(2026, 10, 16))], ()),  # still at the repairer's, 35 days
        ([attempt("", date(2026, 10, 15))], (Because.TOOK_TOO_LONG,)),
        (
            [attempt("failed", FIRST, date(2026, 10, 9)), attempt("failed")],
            (Because.FAILED_TWICE, Because.TOOK_TOO_LONG),
        ),
    ],
)
def test_repairing_is_enough_until_it_is_not(attempts, because):
    assert may_replace(attempts, TODAY) == because


def test_days_of_all_attempts_add_up():
    attempts = [attempt("failed", FIRST, date(2026, 9, 4)), attempt("", date(2026, 11, 15))]

    assert days_in_repair(attempts, TODAY) == 3 + 5
