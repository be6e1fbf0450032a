"""Closing the months of a fund, in their order, each once. Rule: docs/rules/fund.md, section 7."""

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Fund, FundMonth
from claims.models.fund import AccountKind
from claims.queries import fund_months as reading
from claims.rules.fund_months import MonthFigures
from claims.services.transactions import money_move


@money_move
def close_month(*, fund: Fund, first_day: date, by: User, now: datetime) -> FundMonth:
    """Close one month of a fund: keep what its movements come to, and let none be dated into it any more.

    Every movement is held against its digest first, and the accounts against their movements. Waits for
    bookings that are under way and keeps others waiting until it is done. A month that is closed already is
    worked out once more and returned when it comes to the same.

    Raises Refused("month_runs") before the month is over, Refused("month_before_open") while an earlier one
    is open, Refused("books_changed") when a closed month does not come to what was kept,
    Refused("books_damaged") when a movement or an account is not what the bookings made of it,
    Refused("busy").
    """
    if known := _kept(fund, first_day):
        return known
    if not reading.is_over(first_day, now):
        raise Refused(_("A month can be closed once it is over."), code="month_runs")
    due = reading.next_to_close(fund)
    if due != first_day:
        raise Refused(
            _("Months are closed in their order; next is %(month)s.") % {"month": f"{due:%Y-%m}"},
            code="month_before_open",
        )
    if not _shut(fund, first_day):
        # Somebody else was faster; their row is there once ours could have been written.
        if known := _kept(fund, first_day):
            return known
        raise Refused(_("Somebody else is closing this month."), code="busy")
    figures = _verified(fund, first_day)
    before = reading.month_before(fund, first_day)
    previous = before.digest if before else ""
    month = FundMonth.objects.create(
        fund=fund,
        county_code=fund.county_code,
        first_day=first_day,
        count=figures.count,
        opening_fen=figures.sum_of(AccountKind.CASH, "opening"),
        in_fen=figures.sum_of(AccountKind.CASH, "debit"),
        out_fen=figures.sum_of(AccountKind.CASH, "credit"),
        closing_fen=figures.sum_of(AccountKind.CASH, "closing"),
        figures=figures.as_json(),
        movements_digest=figures.movements,
        previous_digest=previous,
        digest=reading.digest_for(fund, first_day, figures, previous),
        closed_by=by,
        closed_at=now,
    )
    trail.record(
        "fund_month.closed",
        by=by,
        obj=month,
        after={
            "month": str(month),
            "count": month.count,
            "closing_fen": month.closing_fen,
            "digest": month.digest,
        },
        at=now,
    )
    return month


def close_due(*, by: User, now: datetime, fund: Fund | None = None) -> list[FundMonth]:
    """Close every month that is over, of one fund or of all in the scope; returns those closed now."""
    closed = []
    for each in [fund] if fund else Fund.objects.order_by("county_code", "kind"):
        first_day = reading.next_to_close(each)
        while reading.is_over(first_day, now):
            closed.append(close_month(fund=each, first_day=first_day, by=by, now=now))
            first_day = reading.next_to_close(each)
    return closed


def _kept(fund: Fund, first_day: date) -> FundMonth | None:
    """The month as it was closed, if it still comes to that."""
    known = FundMonth.objects.filter(fund=fund, first_day=first_day).first()
    if known is not None and reading.differs(known):
        raise Refused(
            _("This month no longer comes to what was closed. Do not change anything; tell the operator."),
            code="books_changed",
        )
    return known


def _shut(fund: Fund, first_day: date) -> bool:
    """Let nothing be booked before the end of the month; the row is held until the month is kept."""
    start, end = reading.bounds(first_day)
    open_then = Q(closed_before__isnull=True) | Q(closed_before__lte=start)
    return bool(Fund._base_manager.filter(open_then, pk=fund.pk).update(closed_before=end))


def _verified(fund: Fund, first_day: date) -> MonthFigures:
    """The figures of the month, once movements and balances have been found to agree."""
    try:
        figures = reading.reckon(fund, first_day)
    except reading.WrongMovement as wrong:
        raise _damaged(str(wrong)) from None
    for pk, due, kept in reading.balances_that_differ(fund, first_day, figures):
        raise _damaged(f"account {pk}: balance {kept} fen, its movements say {due}")
    if not figures.is_balanced:
        raise _damaged("the two sides of the books differ")
    return figures


def _damaged(what: str) -> Refused:
    return Refused(
        _("The books do not agree with their movements. Nothing was closed; tell the operator."),
        code="books_damaged",
        details={"what": what},
    )
