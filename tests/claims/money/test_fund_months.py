"""Months of a fund: closed in order and once, chained, held against their movements, shut for bookings."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from aftersales.audit import append_only
from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Account, Fund, FundMonth, Movement
from claims.queries import fund_months as reading
from claims.rules.fund_months import AccountMonth, KindMonth, next_month
from claims.services import fund_months, ledger
from tests.claims.money.cases import XIUWEN, fill, read
from tests.factories import NOW, make_party, seeing_everything

pytestmark = pytest.mark.django_db

NOVEMBER, OCTOBER, DECEMBER = date(2026, 11, 1), date(2026, 10, 1), date(2026, 12, 1)
IN_DECEMBER = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
"""The first instant of December in Shanghai."""
IN_JANUARY = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def xiuwen_fund(cast):
    """1,000.00 came in and 250.00 went out for a merchant in November."""
    opened = fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    book(opened, cast.officer, key="test:1", amount_fen=25_000, now=NOW, party=make_party())
    return opened


def book(of, by, *, key, amount_fen, now, party=None):
    with seeing_everything():
        return ledger.post(
            fund=of,
            kind="advance",
            debit=ledger.account(of, "advances", party=party),
            credit=ledger.account(of, "cash"),
            amount_fen=amount_fen,
            business_key=key,
            by=by,
            now=now,
        )


def close(of, by, *, first_day=NOVEMBER, now=IN_DECEMBER):
    with seeing_everything():
        return fund_months.close_month(fund=of, first_day=first_day, by=by, now=now)


def refusal(*arguments, **named) -> str:
    with pytest.raises(Refused) as refused:
        close(*arguments, **named)
    return refused.value.code


def test_closed_month_keeps_every_account_and_kind(cast, xiuwen_fund):
    month = close(xiuwen_fund, cast.manager)

    with seeing_everything():
        accounts = {account.kind: account for account in Account.objects.filter(fund=xiuwen_fund)}
        event = AuditEvent.objects.get(verb="fund_month.closed")
    figures = reading.kept(read(month))
    owed = accounts["advances"]
    assert (month.opening_fen, month.in_fen, month.out_fen, month.closing_fen) == (0, 100_000, 25_000, 75_000)
    assert (month.count, month.previous_digest, month.closed_by) == (2, "", cast.manager)
    assert set(figures.accounts) == {
        AccountMonth(accounts["cash"].pk, "cash", None, None, 0, 100_000, 25_000),
        AccountMonth(accounts["budget"].pk, "budget", None, None, 0, 0, 100_000),
        AccountMonth(owed.pk, "advances", owed.party_id, None, 0, 25_000, 0),
    }
    assert {each.kind: each.closing for each in figures.accounts} == {
        "cash": 75_000,
        "budget": 100_000,
        "advances": 25_000,
    }
    assert figures.kinds == (
        KindMonth("advance", 1, 25_000, 0, 25_000),
        KindMonth("deposit", 1, 100_000, 100_000, 0),
    )
    assert figures.is_balanced
    assert read(xiuwen_fund).closed_before == IN_DECEMBER
    assert event.after["digest"] == month.digest


def test_closing_again_gives_the_same_row(cast, xiuwen_fund):
    first = close(xiuwen_fund, cast.manager)

    second = close(xiuwen_fund, cast.officer, now=IN_JANUARY)

    assert (second.pk, second.digest, second.closed_by) == (first.pk, first.digest, cast.manager)


def test_months_are_closed_in_order_once_they_are_over(cast, xiuwen_fund):
    assert refusal(xiuwen_fund, cast.manager, now=IN_DECEMBER - timedelta(microseconds=1)) == "month_runs"
    assert refusal(xiuwen_fund, cast.manager, first_day=DECEMBER, now=IN_JANUARY) == "month_before_open"
    assert refusal(xiuwen_fund, cast.manager, first_day=OCTOBER) == "month_before_open"

    november = close(xiuwen_fund, cast.manager)
    book(xiuwen_fund, cast.officer, key="test:2", amount_fen=5_000, now=IN_DECEMBER)
    december = close(xiuwen_fund, cast.manager, first_day=DECEMBER, now=IN_JANUARY)

    assert (december.previous_digest, december.count) == (november.digest, 1)
    assert (december.opening_fen, december.closing_fen) == (75_000, 70_000)


def test_months_without_movements_are_closed_as_well(cast, xiuwen_fund):
    with seeing_everything():
        closed = fund_months.close_due(by=cast.manager, now=IN_JANUARY + timedelta(days=40))
        again = fund_months.close_due(by=cast.manager, now=IN_JANUARY + timedelta(days=40))

    assert [(str(month), month.count) for month in closed] == [("2026-11", 2), ("2026-12", 0), ("2027-01", 0)]
    assert len({month.digest for month in closed}) == 3
    assert again == []


def test_nothing_is_booked_into_a_closed_month(cast, xiuwen_fund):
    close(xiuwen_fund, cast.manager)
    late = {"key": "late:1", "amount_fen": 1, "now": IN_DECEMBER - timedelta(microseconds=1)}

    with pytest.raises(Refused) as refused, transaction.atomic():
        book(xiuwen_fund, cast.officer, **late)
    assert refused.value.code == "month_closed"
    with seeing_everything():
        row = Movement.objects.get(business_key="test:1")
        row.pk, row.business_key, row.at = None, "late:2", late["now"]
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            row.save(force_insert=True)

    booked = book(xiuwen_fund, cast.officer, **{**late, "now": IN_DECEMBER})
    assert booked.business_key == "late:1"


def test_known_key_is_still_answered_after_the_month_is_closed(cast, xiuwen_fund):
    """A retry that comes with its own moment finds the first movement; one dated back is refused."""
    with seeing_everything():
        first = Movement.objects.get(business_key="test:1")
    close(xiuwen_fund, cast.manager)

    again = book(
        xiuwen_fund,
        cast.officer,
        key="test:1",
        amount_fen=25_000,
        now=IN_DECEMBER,
        party=read(first.debit).party,
    )

    assert again == first


def test_another_fund_goes_on(cast, xiuwen_fund):
    close(xiuwen_fund, cast.manager)
    other = fill("320324000000", cash_fen=1_000, entered_by=cast.manager, confirmed_by=cast.officer)

    assert book(other, cast.officer, key="test:9", amount_fen=1, now=NOW).at == NOW


def tampered(model, change, **which):
    """Change rows past the triggers, as the owner of the database could."""
    append_only.remove(connection)
    model.objects.filter(**which).update(**change)
    append_only.install(connection)


@pytest.mark.parametrize(
    "change",
    [
        (Movement, {"note": "x"}, {"business_key": "test:1"}),
        (Movement, {"amount_fen": 24_999}, {"business_key": "test:1"}),
        (Account, {"balance_fen": 75_001}, {"kind": "cash"}),
    ],
    ids=["a note", "an amount", "a balance"],
)
def test_damaged_books_are_not_closed(cast, xiuwen_fund, change):
    with seeing_everything():
        tampered(*change[:2], **change[2])

    assert refusal(xiuwen_fund, cast.manager) == "books_damaged"
    assert read(xiuwen_fund).closed_before is None
    with seeing_everything():
        assert not FundMonth.objects.exists()


def test_closed_month_that_no_longer_comes_to_the_same_is_told(cast, xiuwen_fund, capsys):
    close(xiuwen_fund, cast.manager)
    call_command("close_fund_month", "--check")
    assert capsys.readouterr().out == "months 1, changed 0\n"

    with seeing_everything():
        tampered(Movement, {"note": "x"}, business_key="test:1")
    assert refusal(xiuwen_fund, cast.manager, now=IN_JANUARY) == "books_changed"
    with pytest.raises(SystemExit):
        call_command("close_fund_month", "--check")
    assert capsys.readouterr().out.splitlines() == [
        f"{XIUWEN} 2026-11: no longer comes to what was closed",
        "months 1, changed 1",
    ]


def test_closed_month_cannot_be_changed_or_taken_out_of_the_chain(cast, xiuwen_fund):
    month = close(xiuwen_fund, cast.manager)

    with seeing_everything():
        for change in (
            lambda: FundMonth.objects.filter(pk=month.pk).update(closing_fen=1),
            lambda: FundMonth.objects.filter(pk=month.pk).delete(),
        ):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                change()
        tampered(FundMonth, {"count": 3}, pk=month.pk)
        assert reading.differs(read(month))


def test_command_closes_what_is_over(cast, xiuwen_fund, time_machine, capsys):
    time_machine.move_to(IN_JANUARY, tick=False)
    call_command("close_fund_month", "--county", XIUWEN)
    first = capsys.readouterr().out
    call_command("close_fund_month", "--county", XIUWEN, "--month", "2026-11")
    again = capsys.readouterr().out

    with seeing_everything():
        months = list(FundMonth.objects.order_by("first_day"))
    assert first.splitlines() == [
        f"{XIUWEN} 2026-11 movements 2 closing 75000 {months[0].digest}",
        f"{XIUWEN} 2026-12 movements 0 closing 75000 {months[1].digest}",
    ]
    assert again.splitlines() == first.splitlines()[:1]
    assert months[0].closed_by.username == "system"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--month", "2026-13"], "not a month"),
        (["--month", "now"], "not a month"),
        (["--county", "999999000000"], "no fund there"),
        (["--month", "2026-11"], "month_runs"),
    ],
)
def test_command_says_what_it_cannot_do(cast, xiuwen_fund, time_machine, arguments, words):
    time_machine.move_to(NOW, tick=False)
    with pytest.raises(CommandError, match=words):
        call_command("close_fund_month", *arguments)


def test_scheduled_task_closes_the_months_of_all_funds(cast, xiuwen_fund, time_machine):
    from aftersales.ops.tasks import close_fund_months

    fill("320324000000", cash_fen=1_000, entered_by=cast.manager, confirmed_by=cast.officer)
    time_machine.move_to(IN_DECEMBER, tick=False)

    assert close_fund_months() == 2
    assert close_fund_months() == 0


def test_statement_of_an_open_month_says_what_it_comes_to_so_far(cast, xiuwen_fund):
    close(xiuwen_fund, cast.manager)
    book(xiuwen_fund, cast.officer, key="test:2", amount_fen=5_000, now=IN_DECEMBER)

    with seeing_everything():
        november = reading.statement(xiuwen_fund, NOVEMBER)
        december = reading.statement(xiuwen_fund, DECEMBER)
        january = reading.statement(xiuwen_fund, date(2027, 1, 1))

    assert (november.closed is None, december.closed is None) == (False, True)
    assert (november.opening_fen, november.in_fen, november.out_fen, november.closing_fen) == (
        0,
        100_000,
        25_000,
        75_000,
    )
    assert (december.opening_fen, december.out_fen, december.closing_fen) == (75_000, 5_000, 70_000)
    assert (january.opening_fen, january.figures.count, january.closing_fen) == (70_000, 0, 70_000)
    assert january.figures.is_balanced


def test_fund_is_closed_from_the_month_of_its_first_movement_on(cast):
    fund = fill(XIUWEN, cash_fen=1_000, entered_by=cast.manager, confirmed_by=cast.officer)
    with seeing_everything():
        Fund.objects.filter(pk=fund.pk).update(created_at=NOW + timedelta(days=90))
        assert reading.next_to_close(read(fund)) == NOVEMBER


@pytest.mark.parametrize(
    ("day", "after"),
    [(date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 12, 1), date(2027, 1, 1))],
)
def test_month_after(day, after):
    assert next_month(day) == after
