"""Telling the county once each time a fund falls below its warning. Rule: docs/rules/fund.md, section 8."""

from datetime import datetime

from django.urls import reverse

from aftersales.notices.posting import Message, post
from claims.models import Account, Fund, Movement
from claims.models.fund import AccountKind
from stations.queries.staff import Staff

EVENT = "fund.low"


def watch(*, movement: Movement, now: datetime) -> None:
    """Look at the cash after a movement, inside its transaction, and tell of a balance that has fallen.

    What is told is kept in the row of the account that the movement holds anyway: two payouts at once tell
    once, and one that is undone tells nothing.
    """
    fund = movement.fund
    if movement.debit.kind == AccountKind.CASH:
        rise(fund, cash=movement.debit_id)
    elif movement.credit.kind == AccountKind.CASH:
        fall(fund, cash=movement.credit_id, now=now)


def fall(fund: Fund, *, cash: int, now: datetime) -> bool:
    """Mark the cash account and tell managers and officers, if it is below the limit and nobody was told."""
    fallen = Account._base_manager.filter(
        pk=cash, low_since__isnull=True, balance_fen__lt=fund.low_balance_fen
    ).update(low_since=now)
    if fallen:
        _tell(fund, cash=cash, now=now)
    return bool(fallen)


def rise(fund: Fund, *, cash: int) -> None:
    """Take the mark away once the balance has reached the limit again: the next fall is told anew."""
    Account._base_manager.filter(
        pk=cash, low_since__isnull=False, balance_fen__gte=fund.low_balance_fen
    ).update(low_since=None)


def _tell(fund: Fund, *, cash: int, now: datetime) -> None:
    balance = Account._base_manager.values_list("balance_fen", flat=True).get(pk=cash)
    params = {"fund": fund.name, "balance_fen": balance, "limit_fen": fund.low_balance_fen}
    url = reverse("claims:fund_detail", args=[fund.key])
    key = f"fund {fund.pk} low {now.isoformat()}"
    people = Staff(now=now).in_county(fund.county_code)
    post(
        [Message(EVENT, each, key, params, url, fund.county_code) for each in people],
        now=now,
    )
