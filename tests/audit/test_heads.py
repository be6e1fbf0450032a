"""One hash a day over the heads of all chains: made for every day, chained, and found when forged."""

import hashlib
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from aftersales.audit import append_only, heads
from aftersales.audit.models import AuditBlock, DailyHead
from tests.factories import seeing_everything

EVENING = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)
"""One minute before midnight in Shanghai."""
MIDNIGHT = EVENING + timedelta(minutes=1)
SETTLED = MIDNIGHT + timedelta(minutes=30)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _whole_reach(db):
    with seeing_everything():
        yield


def block(county_code: str, number: int, letter: str, sealed_at: datetime) -> AuditBlock:
    row = AuditBlock(
        county_code=county_code,
        number=number,
        covers_until=sealed_at,
        event_count=1,
        hash=letter * 64,
        sealed_at=sealed_at,
    )
    row.save(force_insert=True)
    return row


def told() -> list[tuple]:
    rows = DailyHead.objects.order_by("day").values_list("day", "heads")
    return [
        (f"{day:%m-%d}", [(code, number, hash_[0]) for code, number, hash_ in said]) for day, said in rows
    ]


def test_no_head_without_a_block():
    assert heads.make_due(now=SETTLED) == 0


def test_a_head_names_the_last_block_of_every_county_sealed_that_day():
    block("520123000000", 1, "a", EVENING - DAY / 2)
    block("520123000000", 2, "b", EVENING)
    block("", 1, "c", EVENING)
    block("520121000000", 1, "d", MIDNIGHT)

    assert heads.make_due(now=SETTLED) == 1

    assert told() == [("11-21", [("", 1, "c"), ("520123000000", 2, "b")])]


def test_a_day_waits_until_nothing_can_be_sealed_in_it_any_more():
    block("520123000000", 1, "a", EVENING)

    assert heads.make_due(now=SETTLED - timedelta(seconds=1)) == 0
    assert heads.make_due(now=SETTLED) == 1
    assert heads.make_due(now=SETTLED) == 0


def test_missed_and_quiet_days_get_their_heads_in_order():
    block("520123000000", 1, "a", EVENING)
    heads.make_due(now=SETTLED)
    block("520123000000", 2, "b", EVENING + 2 * DAY)

    assert heads.make_due(now=SETTLED + 3 * DAY) == 3

    first, second = ("520123000000", 1, "a"), ("520123000000", 2, "b")
    assert told() == [("11-21", [first]), ("11-22", [first]), ("11-23", [second]), ("11-24", [second])]
    assert heads.first_broken_head() is None


def test_the_hash_is_that_of_the_text_behind_the_hash_of_the_day_before():
    block("520123000000", 2, "b", EVENING)
    heads.make_due(now=SETTLED + DAY)

    first, second = DailyHead.objects.order_by("day")

    said = json.dumps({"day": "2026-11-21", "heads": [["520123000000", 2, "b" * 64]]}, separators=(",", ":"))
    assert (first.previous_hash, first.hash) == ("", hashlib.sha256(said.encode()).hexdigest())
    said = said.replace("-21", "-22")
    assert second.hash == hashlib.sha256((first.hash + said).encode()).hexdigest()
    page = Path("docs/rules/heads.md").read_text()
    assert f"hash  {first.hash}\n" in page and f"hash  {second.hash}\n" in page


def test_making_heads_costs_as_much_as_there_are_new_blocks(django_assert_num_queries):
    block("520123000000", 1, "a", EVENING)
    heads.make_due(now=SETTLED)
    for number in range(2, 30):
        block("520123000000", number, "b", EVENING + DAY / 2 + timedelta(minutes=number))

    # The last head, the blocks after it; for the new head a look and the row, with two savepoints around.
    with django_assert_num_queries(8):
        heads.make_due(now=SETTLED + DAY)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_head_never_changes(change):
    block("520123000000", 1, "a", EVENING)
    heads.make_due(now=SETTLED)
    rows = DailyHead.objects.filter(day=date(2026, 11, 21))

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(hash="0" * 64) if change == "update" else rows.delete()


def forge_block():
    AuditBlock.objects.filter(number=1).update(hash="f" * 64)


def forge_time():
    AuditBlock.objects.filter(number=2).update(sealed_at=EVENING)


def forge_hash():
    DailyHead.objects.filter(day=date(2026, 11, 22)).update(hash="f" * 64)


def forge_heads():
    DailyHead.objects.filter(day=date(2026, 11, 22)).update(heads=[])


def remove_day():
    DailyHead.objects.filter(day=date(2026, 11, 22)).delete()


def rewrite_day():
    """A forger who makes a head fit its own content still breaks the next day's."""
    head = DailyHead.objects.get(day=date(2026, 11, 22))
    text = heads.text_of(head.day, [], head.previous_hash)
    DailyHead.objects.filter(pk=head.pk).update(heads=[], hash=hashlib.sha256(text.encode()).hexdigest())


@pytest.mark.parametrize(
    ("forge", "day", "why"),
    [
        (forge_block, "2026-11-21", "the blocks of that day are others now"),
        (forge_time, "2026-11-21", "the blocks of that day are others now"),
        (forge_hash, "2026-11-22", "its hash is not that of its heads"),
        (forge_heads, "2026-11-22", "its hash is not that of its heads"),
        (remove_day, "2026-11-23", "a day before it is missing"),
        (rewrite_day, "2026-11-22", "the blocks of that day are others now"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_was_changed_by_force_is_named(forge, day, why):
    block("520123000000", 1, "a", EVENING)
    block("520123000000", 2, "b", EVENING + DAY)
    heads.make_due(now=SETTLED + 2 * DAY)
    assert heads.first_broken_head() is None

    append_only.remove(connection)
    forge()

    broken = heads.first_broken_head()
    assert (str(broken.day), broken.why) == (day, why)
    with pytest.raises(CommandError, match=f"broken head {day}: {why}"):
        call_command("verify_heads")


def verified(*args) -> str:
    out = io.StringIO()
    call_command("verify_heads", *args, stdout=out)
    return out.getvalue().strip()


def test_the_command_compares_a_copy_that_was_kept_outside():
    block("520123000000", 1, "a", EVENING)
    heads.make_due(now=SETTLED)
    hash_ = DailyHead.objects.get().hash

    assert verified("--known", "2026-11-21", hash_.upper()) == f"heads 1, all whole, last {hash_}"

    with pytest.raises(CommandError, match=f"2026-11-21: the head is {hash_}, the copy says {'0' * 64}"):
        verified("--known", "2026-11-21", "0" * 64)
    with pytest.raises(CommandError, match="2026-11-20: there is no head of that day"):
        verified("--known", "2026-11-20", hash_)


def test_a_night_makes_the_head_of_the_day_before(time_machine):
    from aftersales.ops.tasks import make_daily_heads

    block("520123000000", 1, "a", EVENING)
    time_machine.move_to(SETTLED + timedelta(minutes=20))

    assert make_daily_heads() == 1
    assert make_daily_heads() == 0
    assert verified() == f"heads 1, all whole, last {DailyHead.objects.get().hash}"
