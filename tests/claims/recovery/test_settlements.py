"""The account of one party over a month, and the ageing report: what they count and what they add up to."""

from datetime import UTC, date, datetime, timedelta

import pytest

from claims.models import Movement
from claims.queries import recovery as reading
from claims.services import reversals, write_offs
from tests.claims.recovery.cases import again, decide, dispute, pay, recover, send
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)
LAST_MINUTE = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
FIRST_MINUTE = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)


def sums(fund, party, month) -> tuple[int, ...]:
    with seeing_everything():
        found = reading.settlement(fund, party, month)
    return (
        found.opening_fen,
        found.advanced_fen,
        found.taken_back_fen,
        found.recovered_fen,
        found.written_off_fen,
        found.moved_fen,
        found.closing_fen,
    )


def test_each_month_starts_where_the_one_before_ended(cast, xiuwen_fund, orchard, courier):
    first = pay(cast, amount_fen=600, party=orchard)
    second = pay(cast, amount_fen=500, party=orchard)
    third = pay(cast, amount_fen=400, party=orchard)
    recover(first, 200, by=cast.officer, now=LAST_MINUTE)
    slip = recover(first, 100, by=cast.officer, reference="R-2", now=FIRST_MINUTE)
    with seeing_everything():
        later = FIRST_MINUTE + timedelta(days=3)
        reversals.reverse(movement=slip, note="wrong slip", by=cast.manager, now=later)
        reversals.reverse(movement=second.movement, note="account closed", by=cast.manager, now=later)
        proposal = write_offs.propose(
            fund=xiuwen_fund, advances=[again(first)], reason="shop is closed", by=cast.officer, now=later
        )
        write_offs.confirm(write_off=proposal, by=cast.manager, now=later)
    decide(dispute(third, by=cast.officer), "party_changed", new_party=courier, by=cast.manager)

    assert sums(xiuwen_fund, orchard, NOVEMBER) == (0, 1500, 0, 200, 0, -400, 900)
    assert sums(xiuwen_fund, orchard, DECEMBER) == (900, 0, 500, 0, 400, 0, 0)
    assert sums(xiuwen_fund, orchard, JANUARY) == (0, 0, 0, 0, 0, 0, 0)
    assert sums(xiuwen_fund, courier, NOVEMBER) == (0, 0, 0, 0, 0, 400, 400)
    assert sums(xiuwen_fund, courier, DECEMBER) == (400, 0, 0, 0, 0, 0, 400)
    assert sums(xiuwen_fund, None, NOVEMBER) == (0, 0, 0, 0, 0, 0, 0)


def test_rows_of_a_settlement_are_the_movements_of_its_account_in_order(cast, xiuwen_fund, orchard):
    advance = pay(cast, amount_fen=600, party=orchard)
    recover(advance, 200, by=cast.officer, now=NOW + timedelta(hours=1))
    with seeing_everything():
        slip = Movement.objects.get(kind="recovery")
        reversals.reverse(movement=slip, note="wrong slip", by=cast.manager, now=NOW + timedelta(hours=2))
        rows = reading.settlement(xiuwen_fund, orchard, NOVEMBER).rows

    assert [(row.column, row.signed_fen, row.reference) for row in rows] == [
        ("advanced", 600, ""),
        ("recovered", -200, "R-1"),
        ("recovered", 200, ""),
    ]


def test_ageing_counts_by_day_of_payout_and_tells_what_was_asked_for(cast, xiuwen_fund, orchard, courier):
    old = pay(cast, amount_fen=600, party=orchard)
    asked = pay(cast, amount_fen=500, party=orchard)
    contested = pay(cast, amount_fen=400, party=orchard, now=NOW + timedelta(days=31))
    pay(cast, amount_fen=300, party=courier)
    pay(cast, amount_fen=50, party=None)
    recover(old, 100, by=cast.officer)
    send(xiuwen_fund, orchard, asked, by=cast.officer)
    dispute(contested, by=cast.officer)

    with seeing_everything():
        rows = reading.ageing(xiuwen_fund, NOW + timedelta(days=61))

    assert [(row.party_name, row.count, row.open_fen, row.bands_fen, row.oldest_days) for row in rows] == [
        ("果园电商", 3, 1400, (400, 0, 1000, 0), 61),
        ("山路快运", 1, 300, (0, 0, 300, 0), 61),
        ("", 1, 50, (0, 0, 50, 0), 61),
    ]
    asked_for = [(row.demanded_fen, row.overdue_fen, row.disputed_fen, row.not_demanded_fen) for row in rows]
    assert asked_for == [(500, 500, 400, 900), (0, 0, 0, 300), (0, 0, 0, 50)]


@pytest.mark.parametrize(
    ("month", "before", "after", "last"),
    [
        (date(2026, 1, 1), date(2025, 12, 1), date(2026, 2, 1), date(2026, 1, 31)),
        (date(2026, 12, 1), date(2026, 11, 1), date(2027, 1, 1), date(2026, 12, 31)),
        (date(2028, 2, 1), date(2028, 1, 1), date(2028, 3, 1), date(2028, 2, 29)),
    ],
)
def test_months_before_and_after(month, before, after, last):
    assert (reading.previous_month(month), reading.next_month(month)) == (before, after)
    assert reading.last_day(month) == last
