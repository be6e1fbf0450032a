"""What a month of a fund comes to, closed or running. Sums in fen; months are those of Shanghai."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from claims.models import Account, Fund, FundMonth, Movement
from claims.models.fund import AccountKind
from claims.queries.fund import FACT_COLUMNS, facts
from claims.rules.fund import digest
from claims.rules.fund_months import (
    AccountMonth,
    KindMonth,
    MonthFigures,
    digest_of_all,
    from_json,
    month_digest,
    next_month,
)


class WrongMovement(Exception):
    """A movement does not say what it said when it was booked; `pk` is its key."""

    def __init__(self, pk: int):
        super().__init__(f"movement {pk}: its digest does not fit what it says")
        self.pk = pk


@dataclass(frozen=True)
class Statement:
    """A month of a fund as it is shown: from the closed row where there is one, else as it stands."""

    fund: Fund
    first_day: date
    figures: MonthFigures
    closed: FundMonth | None

    @property
    def last_day(self) -> date:
        return next_month(self.first_day) - timedelta(days=1)

    @property
    def opening_fen(self) -> int:
        return self.figures.sum_of(AccountKind.CASH, "opening")

    @property
    def closing_fen(self) -> int:
        return self.figures.sum_of(AccountKind.CASH, "closing")

    @property
    def in_fen(self) -> int:
        return sum(each.cash_in for each in self.figures.kinds)

    @property
    def out_fen(self) -> int:
        return sum(each.cash_out for each in self.figures.kinds)


def statement(fund: Fund, first_day: date) -> Statement:
    """The statement of a month that begins with `first_day`."""
    closed = FundMonth.objects.filter(fund=fund, first_day=first_day).select_related("closed_by").first()
    if closed is None:
        return Statement(fund, first_day, so_far(fund, first_day), None)
    return Statement(fund, first_day, kept(closed), closed)


def kept(month: FundMonth) -> MonthFigures:
    """The figures of a closed month, as its row has them."""
    return from_json(month.figures, count=month.count, movements=month.movements_digest)


def so_far(fund: Fund, first_day: date) -> MonthFigures:
    """The figures of a month that is not closed, from its movements and the last month closed before it."""
    within = _within(fund, first_day)
    kinds = tuple(_kinds(within))
    return MonthFigures(
        accounts=tuple(_accounts(fund, first_day, within)),
        kinds=kinds,
        count=sum(each.count for each in kinds),
        movements="",
    )


def reckon(fund: Fund, first_day: date) -> MonthFigures:
    """The figures of a month with the digest over its movements, each of which is held against its own.

    Raises WrongMovement.
    """
    count, movements = digest_of_all(_digests(_within(fund, first_day)))
    return replace(so_far(fund, first_day), count=count, movements=movements)


def differs(month: FundMonth) -> bool:
    """Whether a closed month comes to something else today, or its digest does not cover what it says."""
    try:
        figures = reckon(month.fund, month.first_day)
    except WrongMovement:
        return True
    before = month_before(month.fund, month.first_day)
    previous = before.digest if before else ""
    worked_out = digest_for(month.fund, month.first_day, figures, previous)
    said = digest_for(month.fund, month.first_day, kept(month), month.previous_digest)
    return not worked_out == said == month.digest


def balances_that_differ(
    fund: Fund, first_day: date, figures: MonthFigures
) -> Iterator[tuple[int, int, int]]:
    """Accounts whose balance is not what they held at the end of the month and what has moved since: the key,
    what it should be, what it is."""
    at_the_end = {each.account: each for each in figures.accounts}
    since = _by_account(Movement.objects.filter(fund=fund, at__gte=bounds(first_day)[1]))
    for pk, kind, balance in Account.objects.filter(fund=fund).values_list("pk", "kind", "balance_fen"):
        opening = at_the_end[pk].closing if pk in at_the_end else 0
        due = AccountMonth(pk, kind, None, None, opening, *since.get(pk, (0, 0))).closing
        if due != balance:
            yield pk, due, balance


def digest_for(fund: Fund, first_day: date, figures: MonthFigures, previous: str) -> str:
    """The digest of a month with these figures behind the month with the digest `previous`."""
    return month_digest(
        fund_id=fund.pk,
        county_code=fund.county_code,
        first_day=first_day,
        figures=figures,
        previous=previous,
    )


def month_before(fund: Fund, first_day: date) -> FundMonth | None:
    """The last month closed before this one."""
    return FundMonth.objects.filter(fund=fund, first_day__lt=first_day).order_by("-first_day").first()


def next_to_close(fund: Fund) -> date:
    """The first day of the month that is closed next, over or not."""
    last = FundMonth.objects.filter(fund=fund).aggregate(day=Max("first_day"))["day"]
    return next_month(last) if last else first_month(fund)


def first_month(fund: Fund) -> date:
    """The month in which a fund was opened, or of its first movement if that is older."""
    oldest = fund.movements.aggregate(at=Min("at"))["at"]
    return timezone.localdate(min(filter(None, (oldest, fund.created_at)))).replace(day=1)


def is_over(first_day: date, now: datetime) -> bool:
    """Whether the month has ended."""
    return bounds(first_day)[1] <= now


def bounds(first_day: date) -> tuple[datetime, datetime]:
    """The instants at which a month begins and the next one does."""
    return _start_of(first_day), _start_of(next_month(first_day))


def movements_of(fund: Fund, first_day: date) -> QuerySet[Movement]:
    """The movements of a month as they are exported, oldest first."""
    return (
        _within(fund, first_day)
        .select_related("debit__party", "debit__station", "credit__party", "credit__station", "claim", "by")
        .order_by("id")
    )


def _accounts(fund: Fund, first_day: date, within: QuerySet[Movement]) -> Iterator[AccountMonth]:
    """Every account that held something or moved, by its key."""
    before = month_before(fund, first_day)
    opening = {each.account: each.closing for each in kept(before).accounts} if before else {}
    start, _end = bounds(first_day)
    since = Movement.objects.filter(fund=fund, at__lt=start)
    if before is not None:
        since = since.filter(at__gte=bounds(before.first_day)[1])
    moved_before, moved = _by_account(since), _by_account(within)
    rows = Account.objects.filter(fund=fund).order_by("pk")
    for pk, kind, party, station in rows.values_list("pk", "kind", "party_id", "station_id"):
        debit, credit = moved_before.get(pk, (0, 0))
        earlier = AccountMonth(pk, kind, party, station, opening.get(pk, 0), debit, credit)
        debit, credit = moved.get(pk, (0, 0))
        if earlier.closing or debit or credit:
            yield AccountMonth(pk, kind, party, station, earlier.closing, debit, credit)


def _by_account(rows: QuerySet[Movement]) -> dict[int, tuple[int, int]]:
    """What movements put on the debit and on the credit side of each account."""
    sums: dict[int, tuple[int, int]] = {}
    for pk, fen in rows.order_by().values_list("debit_id").annotate(sum=Sum("amount_fen")):
        sums[pk] = (fen, 0)
    for pk, fen in rows.order_by().values_list("credit_id").annotate(sum=Sum("amount_fen")):
        sums[pk] = (sums.get(pk, (0, 0))[0], fen)
    return sums


def _kinds(rows: QuerySet[Movement]) -> Iterator[KindMonth]:
    found = (
        rows.order_by("kind")
        .values("kind")
        .annotate(
            count=Count("id"),
            total=Sum("amount_fen"),
            cash_in=Sum("amount_fen", filter=Q(debit__kind=AccountKind.CASH), default=0),
            cash_out=Sum("amount_fen", filter=Q(credit__kind=AccountKind.CASH), default=0),
        )
    )
    return (KindMonth(**row) for row in found)


def _within(fund: Fund, first_day: date) -> QuerySet[Movement]:
    start, end = bounds(first_day)
    return Movement.objects.filter(fund=fund, at__gte=start, at__lt=end)


def _digests(rows: QuerySet[Movement]) -> Iterator[str]:
    """The digests of movements by their keys. Raises WrongMovement."""
    for row in rows.order_by("pk").values("pk", "digest", *FACT_COLUMNS).iterator(chunk_size=2000):
        pk, signed = row.pop("pk"), row.pop("digest")
        if digest(facts(row)) != signed:
            raise WrongMovement(pk)
        yield signed


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
