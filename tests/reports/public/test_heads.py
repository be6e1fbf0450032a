"""The fingerprints of the days: a list, and for each day the text that anybody can hash."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from aftersales.audit import heads
from aftersales.audit.models import AuditBlock, DailyHead
from tests.factories import seeing_everything

SEALED = datetime(2026, 11, 1, 4, tzinfo=UTC)
PAGE = reverse("report_public:heads")
pytestmark = pytest.mark.django_db


@pytest.fixture
def forty_days(db):
    with seeing_everything():
        AuditBlock(
            county_code="520123000000",
            number=1,
            covers_until=SEALED,
            event_count=1,
            hash="a" * 64,
            sealed_at=SEALED,
        ).save(force_insert=True)
        assert heads.make_due(now=SEALED + timedelta(days=40)) == 40
    return list(DailyHead.objects.order_by("day"))


def text_of(head) -> str:
    return reverse("report_public:head_text", args=[head.day.isoformat()])


def test_every_day_is_listed_page_by_page(client, forty_days):
    first = client.get(PAGE)
    second = client.get(PAGE, {"cursor": first.context["list_page"].next})

    shown = [head.hash for page in (first, second) for head in page.context["list_page"].rows]
    assert shown == [head.hash for head in reversed(forty_days)]
    assert forty_days[-1].hash in first.content.decode()


def test_the_page_leads_to_all_days_in_one_file(client, forty_days):
    all_days = reverse("report_public:heads_file")

    assert f'href="{all_days}"' in client.get(PAGE).content.decode()
    lines = client.get(all_days).content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == [head.hash for head in forty_days]


def test_before_the_first_day_is_over_the_page_says_so(client, db):
    client.cookies["django_language"] = "en"

    assert "No day is over yet" in client.get(PAGE).content.decode()


def test_the_hash_of_a_file_is_that_of_its_day_and_its_beginning_that_of_the_day_before(client, forty_days):
    before, head = forty_days[5:7]

    answer = client.get(text_of(head))

    assert hashlib.sha256(answer.content).hexdigest() == head.hash
    assert answer.content[:64].decode() == before.hash
    assert client.get(text_of(head), headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("day", ["2026-10-31", "x", "2026-02-30", "2026-11-1"])
def test_other_days_are_not_there(client, forty_days, day):
    assert client.get(reverse("report_public:head_text", args=[day])).status_code == 404
