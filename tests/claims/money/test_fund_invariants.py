"""check_invariants names write-offs and closed months that somebody has tampered with."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from aftersales.audit import append_only
from claims.models import Advance, Fund, FundMonth, Movement
from claims.queries import fund_invariants
from claims.services import fund_months, reversals, write_offs
from tests.claims.money.cases import XIUWEN, choose, fill, proposed
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 1, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def books(cast):
    """Two payouts: one given up, one given up and taken back; a proposal; November and December closed."""
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    for _each in range(3):
        choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    with seeing_everything():
        first, second, third = Advance.objects.order_by("pk")
        for advance in (first, second):
            entry = write_offs.propose(
                fund=advance.fund, advances=[advance], reason="insolvent", by=cast.officer, now=NOW
            )
            write_offs.confirm(write_off=entry, by=cast.manager, now=NOW)
        taken_back = Movement.objects.get(kind="write_off", settles=second)
        reversals.reverse(movement=taken_back, note="paid after all", by=cast.manager, now=NOW)
        write_offs.propose(fund=third.fund, advances=[third], reason="moved away", by=cast.officer, now=NOW)
        fund_months.close_due(by=cast.manager, now=LATER)
        append_only.remove(connection)
        yield first


def test_healthy_books_have_nothing_to_say(books):
    assert list(fund_invariants.violations()) == []


def test_every_tampered_row_is_named(books):
    november, december = FundMonth.objects.order_by("first_day")
    fund = books.fund_id
    found = {}
    for name, rows, change in [
        ("advance", Advance.objects.filter(pk=books.pk), {"written_off_fen": 599}),
        ("movement", Movement.objects.filter(kind="deposit"), {"note": "x"}),
        ("figures", FundMonth.objects.filter(pk=december.pk), {"count": 1}),
        ("chain", FundMonth.objects.filter(pk=november.pk), {"first_day": date(2026, 10, 1)}),
        ("fund", Fund.objects.filter(pk=fund), {"closed_before": NOW}),
    ]:
        before = rows.values(*change).get()
        rows.update(**change)
        found[name] = list(fund_invariants.violations())
        rows.update(**before)
    Movement.objects.filter(kind="write_off", settles=books).update(business_key="write_off:0")
    found["key"] = [told for told in fund_invariants.violations() if "month" not in told]

    told = f"of fund {fund}: no longer comes to what was closed"
    assert found == {
        "advance": [f"advance {books.pk}: 599 fen written off, its write-offs 600"],
        "movement": [f"month 2026-11 {told}"],
        "figures": [f"month 2026-12 {told}"],
        "chain": [
            f"month 2026-10 {told}",
            f"month 2026-12 {told}",
            f"month 2026-12 of fund {fund}: does not follow the month before",
        ],
        "fund": [f"fund {fund}: closed before {NOW}, its last month ends 2026-12-31 16:00:00+00:00"],
        "key": [
            f"write-off line {books.write_off_lines.get().pk}: confirmed, but 0 fen booked",
            "movement write_off:0: 600 fen written off without a write-off",
        ],
    }
