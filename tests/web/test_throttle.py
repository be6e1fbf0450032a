"""Failures are counted for each subject, close it, and are forgotten when the window is over."""

from datetime import timedelta

import pytest

from aftersales.web import throttle
from aftersales.web.models import FailureCount
from tests.factories import NOW
from tests.processes import at_once

THREE_AN_HOUR = throttle.Throttle("test", limit=3, window=timedelta(hours=1))


def fail(subject, times, now=NOW):
    for _time in range(times):
        THREE_AN_HOUR.count_failure(subject, now=now)


@pytest.mark.parametrize(("failures", "closed"), [(0, False), (2, False), (3, True), (4, True)])
def test_closes_at_the_limit(db, failures, closed):
    fail("a", failures)

    assert THREE_AN_HOUR.is_closed("a", now=NOW) is closed


def test_another_subject_and_another_name_stay_open(db):
    fail("a", 3)

    assert not THREE_AN_HOUR.is_closed("b", now=NOW)
    assert not throttle.Throttle("other", 3, timedelta(hours=1)).is_closed("a", now=NOW)


def test_opens_when_the_window_is_over_and_counts_anew(db):
    fail("a", 3)
    later = NOW + timedelta(hours=1)

    assert not THREE_AN_HOUR.is_closed("a", now=later)
    fail("a", 1, now=later)
    assert FailureCount.objects.get().count == 1


def test_subject_cannot_be_read_from_the_table(db):
    fail("203.0.113.9", 1)

    assert "203.0.113.9" not in FailureCount.objects.get().key


def test_purge_removes_what_is_old(db):
    fail("a", 1)
    fail("b", 1, now=NOW + timedelta(days=2))

    assert throttle.purge(before=NOW + timedelta(days=1)) == 1
    assert FailureCount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_failure_is_lost_when_processes_count_at_once():
    outcomes = at_once(fail, [("a", 5)] * 8)

    assert [outcome.error for outcome in outcomes] == [""] * 8
    assert FailureCount.objects.get().count == 40
