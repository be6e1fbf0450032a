from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django_q.models import OrmQ

from aftersales.web.queueing import enqueue

TASK = "aftersales.ops.tasks.heartbeat"


def waiting():
    return [(row.func(), row.args(), row.kwargs()) for row in OrmQ.objects.order_by("pk")]


@pytest.mark.django_db
def test_keys_codes_and_days_are_enqueued_as_plain_values():
    told = enqueue(
        TASK, 7, "520123000000", date(2026, 1, 31), datetime(2026, 1, 31, 6, tzinfo=UTC), key="year:2026"
    )

    arguments = (7, "520123000000", "2026-01-31", "2026-01-31T06:00:00+00:00")
    assert waiting() == [(TASK, arguments, {"key": "year:2026"})]
    assert [row.task_id() for row in OrmQ.objects.all()] == [told]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "error"),
    [
        (True, TypeError),
        (None, TypeError),
        (1.5, TypeError),
        ([1], TypeError),
        ({"phone": 1}, TypeError),
        ("王丽", ValueError),
        ("two words", ValueError),
        ("", ValueError),
        ("x" * 65, ValueError),
        ("name@example.org", ValueError),
        (datetime(2026, 1, 31, 6), ValueError),
    ],
)
def test_anything_that_could_tell_of_a_person_is_refused(value, error):
    with pytest.raises(error):
        enqueue(TASK, 7, value)

    assert waiting() == []


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["two words", "键", "x" * 101])
def test_key_is_short_plain_text(key):
    with pytest.raises(ValueError, match="printable ASCII"):
        enqueue(TASK, 7, key=key)


@pytest.mark.django_db(transaction=True)
def test_line_is_part_of_the_transaction():
    with pytest.raises(TransactionManagementError, match="outside the transaction"):
        enqueue(TASK, 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(TASK, 2)
        raise ZeroDivisionError
    with transaction.atomic():
        enqueue(TASK, 3)

    assert waiting() == [(TASK, (3,), {})]
