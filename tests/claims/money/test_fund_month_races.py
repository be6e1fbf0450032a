"""A month is closed while money moves: what was booked in time is in it, what comes later is told so."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from aftersales.lib.errors import Refused
from claims.models import FundMonth, Movement
from claims.queries import fund_invariants, invariants
from claims.queries import fund_months as reading
from claims.services import fund_months, ledger
from tests.cast import make_cast
from tests.claims.money.cases import XIUWEN, fill, read
from tests.factories import NOW, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

NOVEMBER = date(2026, 11, 1)
IN_DECEMBER = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
PAYMENTS = 12


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def test_bookings_and_two_closings_at_once(cast):
    fund = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    with seeing_everything():
        cash, owed = ledger.account(fund, "cash"), ledger.account(fund, "advances")

    def pay(number):
        from django.db import transaction

        try:
            with seeing_everything(), transaction.atomic():
                ledger.post(
                    fund=fund,
                    kind="advance",
                    debit=owed,
                    credit=cash,
                    amount_fen=100,
                    business_key=f"late:{number}",
                    by=cast.officer,
                    now=NOW,
                )
        except Refused as refused:
            return refused.code
        return "booked"

    def close(_number):
        with seeing_everything():
            month = fund_months.close_month(fund=fund, first_day=NOVEMBER, by=cast.manager, now=IN_DECEMBER)
        return month.digest

    def act(task, number):
        return pay(number) if task == "pay" else close(number)

    tasks = [("pay", number) for number in range(PAYMENTS)]
    tasks[4:4], tasks[8:8] = [("close", 0)], [("close", 1)]
    outcomes = at_once(act, tasks)

    told = Counter(outcome.value for outcome in outcomes)
    with seeing_everything():
        month = FundMonth.objects.get()
        booked = Movement.objects.filter(kind="advance").count()
        assert not reading.differs(month)
        books = (invariants.accounts, invariants.funds, invariants.digests, fund_invariants.violations)
        assert [told for check in books for told in check()] == []
    assert told.pop(month.digest) == 2
    assert (told["booked"], told["booked"] + told["month_closed"]) == (booked, PAYMENTS)
    assert set(told) <= {"booked", "month_closed"}
    assert month.count == booked + 1
    assert read(fund).closed_before == reading.bounds(NOVEMBER)[1]
