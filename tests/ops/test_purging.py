from datetime import UTC, datetime, timedelta

import pytest
from django_q.models import Failure, Success, Task

from aftersales.ops import tasks
from aftersales.web.models import SubmissionKey

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def finished(name, *, success, age):
    return Task.objects.create(
        id=name,
        name=name,
        func="aftersales.ops.tasks.heartbeat",
        started=NOW - age,
        stopped=NOW - age,
        success=success,
    )


def test_successes_are_kept_a_week_and_failures_ninety_days():
    week, long = timedelta(days=7), timedelta(days=90)
    finished("old", success=True, age=week + MOMENT)
    finished("week", success=True, age=week)
    finished("failed", success=False, age=long)
    finished("failed, old", success=False, age=long + MOMENT)

    gone = tasks.purge_finished_tasks()

    assert gone == {"successes": 1, "failures": 1, "jobs": 0, "submission_keys": 0}
    assert [row.name for row in Success.objects.all()] == ["week"]
    assert [row.name for row in Failure.objects.all()] == ["failed"]


def test_submission_keys_are_kept_a_month_and_those_of_money_for_ever():
    month = timedelta(days=30)
    for key, kind, age in [
        ("claim-new", "claims.claim", month),
        ("claim-old", "claims.claim", month + MOMENT),
        ("payout-old", "claims.compensation", month + MOMENT),
        ("nothing-old", "", month + MOMENT),
    ]:
        SubmissionKey.objects.create(client="user:1", key=key, object_type=kind, created_at=NOW - age)

    assert tasks.purge_finished_tasks()["submission_keys"] == 2

    left = SubmissionKey.objects.order_by("key").values_list("key", flat=True)
    assert list(left) == ["claim-new", "payout-old"]


def test_money_keeps_its_keys_under_names_that_exist():
    from django.apps import apps

    from aftersales.ops.purging import MONEY

    assert sorted(MONEY) == sorted(apps.get_model(label)._meta.label_lower for label in MONEY)
