from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.web.models import SubmissionKey
from aftersales.web.paging import capped_count, capped_counts, keyset_page

START = datetime(2026, 11, 20, 2, 30, 0, 123456, tzinfo=UTC)
FALLING, RISING = ("-created_at", "-id"), ("created_at", "id")
ORDERS = [FALLING, RISING]

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """Seven rows, three of them at the same moment."""
    minutes = [0, 1, 2, 2, 2, 3, 4]
    return SubmissionKey.objects.bulk_create(
        SubmissionKey(client="c", key=f"k{i}", fingerprint="", created_at=START + timedelta(minutes=minute))
        for i, minute in enumerate(minutes)
    )


def keys(page):
    return [row.key for row in page]


def walk(order, size=2, direction="next", cursor=""):
    pages = []
    while True:
        page = keyset_page(SubmissionKey.objects.all(), cursor=cursor, order=order, size=size)
        pages.append(keys(page))
        cursor = getattr(page, direction)
        if not cursor:
            return pages, page


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10])
def test_walking_on_shows_every_row_once_in_order_and_back_again(rows, order, size):
    in_order = [row.key for row in SubmissionKey.objects.order_by(*order)]

    there, last = walk(order, size)
    back, first = walk(order, size, "previous", cursor=last.previous) if last.previous else ([], last)

    assert [key for page in there for key in page] == in_order
    assert last.next == ""
    assert [*reversed(back), there[-1]] == there if back else len(there) == 1
    assert first.previous == ""


def test_a_row_that_arrives_meanwhile_moves_nothing(rows):
    first = keyset_page(SubmissionKey.objects.all(), order=FALLING, size=3)
    SubmissionKey.objects.create(client="c", key="new", fingerprint="", created_at=START + timedelta(hours=1))

    second = keyset_page(SubmissionKey.objects.all(), order=FALLING, size=3, cursor=first.next)

    assert (keys(first), keys(second)) == (["k6", "k5", "k4"], ["k3", "k2", "k1"])


def test_rows_may_be_dictionaries(rows):
    listed = SubmissionKey.objects.values("id", "key", "created_at")

    first = keyset_page(listed, order=RISING, size=4)
    second = keyset_page(listed, order=RISING, size=4, cursor=first.next)

    assert [row["key"] for row in second] == ["k4", "k5", "k6"]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "' OR 1=1 --",
        "\x00",
        "9" * 5000,
        signing.dumps([0, "a", "b"]),
        signing.dumps([0, 1], salt="web.paging:other"),
    ],
)
def test_a_cursor_that_is_not_ours_gives_the_first_page(rows, cursor):
    assert keys(keyset_page(SubmissionKey.objects.all(), order=RISING, size=2, cursor=cursor)) == ["k0", "k1"]


def test_a_cursor_of_another_order_gives_the_first_page(rows):
    other = keyset_page(SubmissionKey.objects.all(), order=FALLING, size=2).next

    assert keys(keyset_page(SubmissionKey.objects.all(), order=RISING, size=2, cursor=other)) == ["k0", "k1"]


def test_a_cursor_whose_rows_are_gone_gives_the_first_page(rows):
    cursor = keyset_page(SubmissionKey.objects.all(), order=RISING, size=5).next
    SubmissionKey.objects.filter(key__in=["k5", "k6"]).delete()

    page = keyset_page(SubmissionKey.objects.all(), order=RISING, size=5, cursor=cursor)

    assert (keys(page), page.previous, page.next) == (["k0", "k1", "k2", "k3", "k4"], "", "")


def test_an_empty_list_has_one_empty_page(rows):
    page = keyset_page(SubmissionKey.objects.none(), order=RISING)

    assert (page.rows, page.previous, page.next) == ([], "", "")


def test_mixed_directions_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="one direction"):
        keyset_page(SubmissionKey.objects.all(), order=("-created_at", "id"))


def test_the_database_compares_rows_and_is_asked_once(rows):
    cursor = keyset_page(SubmissionKey.objects.all(), order=FALLING, size=2).next

    with CaptureQueriesContext(
        connection,
    ) as queries:
        keyset_page(SubmissionKey.objects.all(), order=FALLING, size=2, cursor=cursor)

    (query,) = queries.captured_queries
    assert '("web_submissionkey"."created_at", "web_submissionkey"."id") < (' in query["sql"]
    assert " OR " not in query["sql"]
    assert "OFFSET" not in query["sql"]


@pytest.mark.parametrize(("cap", "shown"), [(6, "6+"), (7, "7"), (8, "7")])
def test_counting_stops_at_the_cap(rows, cap, shown):
    assert str(capped_count(SubmissionKey.objects.order_by("created_at"), cap=cap)) == shown


def test_several_counts_come_in_one_statement(rows, django_assert_num_queries):
    every = SubmissionKey.objects.order_by("created_at")

    with django_assert_num_queries(1):
        counts = capped_counts(
            {"all": every, "late": every.filter(created_at__gt=START), "none": every.none()}, cap=6
        )

    assert {name: str(count) for name, count in counts.items()} == {"all": "6+", "late": "6", "none": "0"}


def test_counting_nothing_asks_nothing(rows, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert capped_counts({"none": SubmissionKey.objects.none()})["none"].number == 0
