"""What must be kept is kept, what must go goes."""

from datetime import timedelta

import pytest

from aftersales.notices import posting, retention
from aftersales.notices.models import Delivery, Notice
from tests.factories import NOW, make_user, seeing_everything
from tests.notices.conftest import message

pytestmark = pytest.mark.django_db


def days(number) -> timedelta:
    return timedelta(days=number)


@pytest.mark.parametrize(
    ("read", "kept"),
    [(None, True), (days(179), True), (days(180), True), (days(180) + timedelta(seconds=1), False)],
)
def test_a_message_goes_half_a_year_after_it_was_read(read, kept, settings):
    settings.NOTICE_CHANNELS = []
    posting.post([message(make_user("reader"))], now=NOW - days(400))
    Notice.objects.update(read_at=None if read is None else NOW - read)

    assert retention.purge(now=NOW) == {"notices": 0 if kept else 1, "deliveries": 0}
    assert Notice.objects.exists() is kept


CASES = [
    ({"state": "waiting"}, days(400), True),
    ({"state": "delivered", "delivered_at": NOW - days(90)}, days(91), True),
    ({"state": "delivered", "delivered_at": NOW - days(90) - timedelta(seconds=1)}, days(91), False),
    ({"state": "folded", "digest_id": "00000000-0000-0000-0000-000000000001"}, days(89), True),
    ({"state": "folded", "digest_id": "00000000-0000-0000-0000-000000000001"}, days(91), False),
    ({"state": "dead"}, days(180), True),
    ({"state": "dead"}, days(181), False),
]


@pytest.mark.parametrize(("row", "age", "kept"), CASES)
def test_a_delivery_goes_when_it_has_ended_long_ago(row, age, kept):
    posting.post([message(make_user("reader"))], now=NOW - age)
    with seeing_everything():
        Delivery.objects.update(**row)

        assert retention.purge(now=NOW) == {"notices": 0, "deliveries": 0 if kept else 1}
        assert Delivery.objects.exists() is kept


def test_more_than_a_batch_goes(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    reader = make_user("reader")
    posting.post([message(reader, f"{number}") for number in range(5)], now=NOW - days(400))
    Notice.objects.update(read_at=NOW - days(300))
    with seeing_everything():
        Delivery.objects.update(state="dead")

    assert retention.purge(now=NOW) == {"notices": 5, "deliveries": 5}
