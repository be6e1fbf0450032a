"""docs/rules/courses.md, section 3: the table of standings."""

from datetime import date

import pytest

from training.rules.courses import Standing, standing

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("due_on", "is_finished", "has_begun", "said"),
    [
        (None, False, False, Standing.NOT_BEGUN),
        (None, False, True, Standing.UNDER_WAY),
        (date(2026, 11, 19), False, True, Standing.OVERDUE),
        (date(2026, 11, 19), True, True, Standing.FINISHED),
        (TODAY, False, False, Standing.DUE_SOON),
        (date(2026, 11, 27), False, True, Standing.DUE_SOON),
        (date(2026, 11, 28), False, False, Standing.NOT_BEGUN),
        (date(2026, 11, 28), False, True, Standing.UNDER_WAY),
    ],
)
def test_the_day_counts_before_how_much_was_read(due_on, is_finished, has_begun, said):
    assert standing(due_on, is_finished=is_finished, has_begun=has_begun, today=TODAY) is said
