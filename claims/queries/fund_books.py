"""The accounts of a fund and its movements as its pages list them, and what waits to be written off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from claims.models import Account, Advance, Fund, Movement, WriteOff, WriteOffLine
from claims.models.fund import AccountKind, MovementKind
from claims.models.write_offs import WriteOffState
from claims.queries.fund import open_advances
from claims.queries.fund_months import bounds
from claims.rules.fund import GROWS_BY_CREDIT, ONE_WAY

MOST_CHOICES = 200


@dataclass(frozen=True)
class AccountGroup:
    """All accounts of one kind, the largest balance first."""

    kind: str
    name: str
    rows: tuple[Account, ...]

    @property
    def total_fen(self) -> int:
        return sum(account.balance_fen for account in self.rows)

    @property
    def grows_by_credit(self) -> bool:
        return self.kind in GROWS_BY_CREDIT


def account_groups(fund: Fund) -> tuple[AccountGroup, ...]:
    """The accounts of a fund by kind, in the order of their kinds; kinds without an account are left out."""
    rows = list(
        Account.objects.filter(fund=fund).select_related("party", "station").order_by("-balance_fen", "pk")
    )
    return tuple(
        AccountGroup(kind, str(kind.label), tuple(account for account in rows if account.kind == kind))
        for kind in AccountKind
        if any(account.kind == kind for account in rows)
    )


def sides(groups: Iterable[AccountGroup]) -> tuple[int, int]:
    """What the accounts that grow by debit hold, and those that grow by credit: always the same."""
    by_debit = by_credit = 0
    for group in groups:
        if group.grows_by_credit:
            by_credit += group.total_fen
        else:
            by_debit += group.total_fen
    return by_debit, by_credit


def movements(
    fund: Fund, *, kind: str = "", account: Account | None = None, first_day: date | None = None
) -> QuerySet[Movement]:
    """A fund's movements of a kind, on an account or in a month, to be paged by ("-at", "-id")."""
    rows = Movement.objects.filter(fund=fund)
    if kind:
        rows = rows.filter(kind=kind)
    if account is not None:
        rows = rows.filter(Q(debit=account) | Q(credit=account))
    if first_day is not None:
        start, end = bounds(first_day)
        rows = rows.filter(at__gte=start, at__lt=end)
    return rows.select_related(
        "debit__party",
        "debit__station",
        "credit__party",
        "credit__station",
        "claim",
        "by",
        "reversed_by",
        "reverses",
    )


def for_list(rows: Iterable[Movement]) -> list[Movement]:
    """Movements with what a list says of each: `sign` of what it did to the cash, `can_be_reversed`."""
    shown = []
    for movement in rows:
        movement.sign = {movement.debit.kind: "+", movement.credit.kind: "−"}.get(AccountKind.CASH, "")
        if movement.debit.kind == movement.credit.kind == AccountKind.CASH:
            movement.sign = ""
        is_final = movement.kind == MovementKind.REVERSAL or movement.kind in ONE_WAY
        movement.can_be_reversed = not is_final and not hasattr(movement, "reversed_by")
        shown.append(movement)
    return shown


def write_offs(fund: Fund) -> QuerySet[WriteOff]:
    """The write-offs of a fund with their sums, to be paged by ("-proposed_at", "-id")."""
    return (
        WriteOff.objects.filter(fund=fund)
        .select_related("party", "proposed_by", "decided_by")
        .annotate(amount_fen=Sum("lines__amount_fen"), line_count=Count("lines"))
    )


def write_off_lines(write_off: WriteOff) -> QuerySet[WriteOffLine]:
    """The lines of a write-off, with what booked them where it is confirmed."""
    booked = Movement.objects.filter(kind=MovementKind.WRITE_OFF).select_related("reversed_by")
    return (
        WriteOffLine.objects.filter(write_off=write_off)
        .select_related("advance__claim")
        .prefetch_related(Prefetch("advance__settlements", queryset=booked, to_attr="given_up"))
        .order_by("advance__advanced_at", "pk")
    )


def can_be_written_off(fund: Fund, party_id: int | None) -> QuerySet[Advance]:
    """Open advances of a party that no waiting proposal names, oldest first."""
    waiting = WriteOffLine.objects.filter(write_off__state=WriteOffState.PROPOSED).values("advance")
    rows = open_advances().filter(fund=fund, party_id=party_id).exclude(pk__in=waiting)
    return rows.select_related("claim")[:MOST_CHOICES]


def write_offs_to_confirm(user) -> QuerySet[WriteOff]:
    """Write-offs that wait for a second person, which this one is."""
    return (
        WriteOff.objects.filter(state=WriteOffState.PROPOSED)
        .exclude(proposed_by=user)
        .select_related("fund", "party")
        .annotate(amount_fen=Sum("lines__amount_fen"))
        .order_by("proposed_at", "id")
    )
