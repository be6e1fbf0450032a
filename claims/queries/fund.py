"""What is in a county's emergency fund, what came and went, and who still owes it. Sums in fen.

Definitions. In and out: what movements have put into and taken out of the cash account, counter-entries
included, so that the balance at the start plus in less out is the balance at the end. Months and days are
those of Shanghai. Open: advanced, not taken back and not recovered yet. Age: whole days since the day of the
payout.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Case, Count, F, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from aftersales.audit.trail import system_scope
from claims.models import Account, Advance, Deposit, Fund, Movement
from claims.models.fund import AccountKind, DepositState, FundKind
from claims.rules.fund import AGE_LIMITS_DAYS

MONTHS = 12

FACT_COLUMNS = (
    "fund_id",
    "county_code",
    "kind",
    "debit_id",
    "credit_id",
    "amount_fen",
    "business_key",
    "reverses_id",
    "settles_id",
    "claim_id",
    "note",
    "by_id",
    "at",
)
"""What a movement says; its digest is made of nothing else."""


def running_fund_of(county_code: str) -> Fund | None:
    """What incentives and fees of a county are paid from: its special fund, else its emergency fund."""
    kinds = (FundKind.SPECIAL, FundKind.EMERGENCY)
    funds = {fund.kind: fund for fund in Fund.objects.filter(county_code=county_code, kind__in=kinds)}
    return funds.get(FundKind.SPECIAL) or funds.get(FundKind.EMERGENCY)


@dataclass(frozen=True)
class Month:
    """What came into the cash account in a month, and what went out."""

    first_day: date
    in_fen: int = 0
    out_fen: int = 0


@dataclass(frozen=True)
class Owed:
    """What one liable party (None: not known yet) owes, in all and by age of the payout."""

    party_id: int | None
    party_name: str
    count: int
    open_fen: int
    bands_fen: tuple[int, ...]
    oldest_days: int


@dataclass(frozen=True)
class Summary:
    """The state of a fund in the figures that somebody needs who decides about a payout."""

    fund: Fund
    balance_fen: int
    open_fen: int
    month: Month

    @property
    def is_low(self) -> bool:
        return self.balance_fen < self.fund.low_balance_fen


@dataclass(frozen=True)
class Overview(Summary):
    """The summary with the year's months, who owes what, and deposits that wait for a second person."""

    budget_fen: int
    months: tuple[Month, ...]
    owed: tuple[Owed, ...]
    deposits: tuple[Deposit, ...]


def summary_for(county_code: str, now: datetime) -> Summary | None:
    """The summary of a county's fund for somebody who decides about one of its claims; None without a fund.

    Looks past the scope: an agent who sees no fund is still told whether it can pay.
    """
    with system_scope("state of the county's fund", quiet=True):
        fund = Fund.objects.filter(county_code=county_code, kind=FundKind.EMERGENCY).first()
        if fund is None:
            return None
        balances = _balances(fund)
        return Summary(
            fund=fund,
            balance_fen=balances.get(AccountKind.CASH, 0),
            open_fen=balances.get(AccountKind.ADVANCES, 0),
            month=_months(fund, now, count=1)[0],
        )


def overview(fund: Fund, now: datetime) -> Overview:
    """Everything the fund page shows above its movements, in four queries."""
    balances = _balances(fund)
    months = _months(fund, now, count=MONTHS)
    return Overview(
        fund=fund,
        balance_fen=balances.get(AccountKind.CASH, 0),
        open_fen=balances.get(AccountKind.ADVANCES, 0),
        month=months[-1],
        budget_fen=balances.get(AccountKind.BUDGET, 0),
        months=months,
        owed=_owed(fund, now),
        deposits=tuple(
            fund.deposits.filter(state=DepositState.PROPOSED)
            .select_related("proposed_by")
            .order_by("proposed_at", "id")
        ),
    )


def funds(county_code: str = "") -> QuerySet[Fund]:
    """The funds in reach, or of one county, with `balance_fen`, `open_fen` and `is_low`."""
    rows = Fund.objects.filter(county_code=county_code) if county_code else Fund.objects.all()
    return rows.annotate(
        balance_fen=_sum_of(AccountKind.CASH),
        open_fen=_sum_of(AccountKind.ADVANCES),
        is_low=Case(When(balance_fen__lt=F("low_balance_fen"), then=Value(True)), default=Value(False)),
    ).order_by("county_code", "kind")


def _sum_of(kind: str) -> Coalesce:
    """The balance of a fund's accounts of one kind."""
    accounts = Account.objects.filter(fund=OuterRef("pk"), kind=kind).order_by().values("fund")
    return Coalesce(Subquery(accounts.annotate(sum=Sum("balance_fen")).values("sum")), 0)


def facts_of(movement: Movement) -> dict[str, str | int | None]:
    """Everything a movement says, as its digest is made of it."""
    return facts({name: getattr(movement, name) for name in FACT_COLUMNS})


def facts(columns: Mapping[str, Any]) -> dict[str, str | int | None]:
    """The same for a movement that was read as a dictionary of FACT_COLUMNS."""
    at = columns["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return {**columns, "kind": str(columns["kind"]), "at": at}


def open_advances() -> QuerySet[Advance]:
    """Advances of which something is still owed, oldest first."""
    return Advance.objects.filter(
        recovered_fen__lt=F("amount_fen") - F("written_off_fen"), reversed_at__isnull=True
    ).order_by("advanced_at", "id")


def age_days(advanced_at: datetime, now: datetime) -> int:
    """Whole days between the day of a payout and today."""
    return (timezone.localdate(now) - timezone.localdate(advanced_at)).days


def in_bands(today: date) -> list[Q]:
    """For each band of age the condition that an advance is in it; the bands of AGE_LIMITS_DAYS in order."""
    starts = [_start_of(today - timedelta(days=limit)) for limit in AGE_LIMITS_DAYS]
    newer = [Q(advanced_at__gte=start) for start in starts]
    return [newer[0]] + [newer[i] & ~newer[i - 1] for i in range(1, len(newer))] + [~newer[-1]]


def _balances(fund: Fund) -> dict[str, int]:
    rows = Account.objects.filter(fund=fund).order_by().values("kind").annotate(sum=Sum("balance_fen"))
    return {row["kind"]: row["sum"] for row in rows}


def _months(fund: Fund, now: datetime, *, count: int) -> tuple[Month, ...]:
    """The last months in order, this one last; a month in which nothing moved has zeros."""
    first_days = [_months_before(timezone.localdate(now), back) for back in reversed(range(count))]
    into = Sum("amount_fen", filter=Q(debit__kind=AccountKind.CASH), default=0)
    out_of = Sum("amount_fen", filter=Q(credit__kind=AccountKind.CASH), default=0)
    rows = (
        fund.movements.filter(at__gte=_start_of(first_days[0]))
        .order_by()
        .annotate(month=TruncMonth("at"))
        .values("month")
        .annotate(came=into, went=out_of)
    )
    found = {timezone.localdate(row["month"]): row for row in rows}
    return tuple(
        Month(day, found[day]["came"], found[day]["went"]) if day in found else Month(day)
        for day in first_days
    )


def _owed(fund: Fund, now: datetime) -> tuple[Owed, ...]:
    """Who owes something, the largest sum first."""
    still = F("amount_fen") - F("recovered_fen") - F("written_off_fen")
    today = timezone.localdate(now)
    bands = {f"band_{i}": Sum(still, filter=each, default=0) for i, each in enumerate(in_bands(today))}
    rows = (
        open_advances()
        .filter(fund=fund)
        .values("party_id", "party__name")
        .annotate(count=Count("id"), open=Sum(still), oldest=Min("advanced_at"), **bands)
        .order_by("-open", "party_id")
    )
    return tuple(
        Owed(
            party_id=row["party_id"],
            party_name=row["party__name"] or "",
            count=row["count"],
            open_fen=row["open"],
            bands_fen=tuple(row[name] for name in bands),
            oldest_days=age_days(row["oldest"], now),
        )
        for row in rows
    )


def _months_before(day: date, back: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(years, month + 1, 1)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
