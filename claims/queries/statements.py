"""Reading what providers have earned: what no statement has yet, statements, their orders and complaints.

An order is unsettled when it has ended with a fee to reckon and no statement has it. Months are those of
Shanghai.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from claims.models import FeeComplaint, Movement, ProviderOrder, ProviderStatement
from claims.models.fund import MovementKind
from claims.queries.figures import month_bounds
from claims.rules.provider_orders import ComplaintState, OrderState, StatementState
from claims.rules.statements import ENDED, statement_key
from stations.models import Party


@dataclass(frozen=True)
class Due:
    """What one provider has earned up to the end of a month and no statement has yet.

    `earlier` are orders of months before that one; `has_statement` that the month has one already.
    """

    provider: Party
    orders: int
    total_fen: int
    earlier: int
    has_statement: bool


def unsettled(county_code: str, month: date) -> QuerySet[ProviderOrder]:
    """Orders that ended in this month or before and that no statement has."""
    end = month_bounds(month)[1]
    return ProviderOrder.objects.filter(
        county_code=county_code, state__in=ENDED, ended_at__lt=end, statement__isnull=True
    )


def due(county_code: str, month: date) -> list[Due]:
    """What each provider would have on a statement of this month, by name; two queries."""
    start = month_bounds(month)[0]
    rows = (
        unsettled(county_code, month)
        .order_by()
        .values("provider")
        .annotate(
            orders=Count("id"),
            total=Sum("fee_fen", default=0),
            earlier=Count("id", filter=Q(ended_at__lt=start)),
        )
    )
    sums = {row["provider"]: row for row in rows}
    have = set(
        ProviderStatement.objects.filter(
            county_code=county_code, month=month.replace(day=1), provider__in=sums
        ).values_list("provider", flat=True)
    )
    return [
        Due(
            provider=party,
            orders=sums[party.pk]["orders"],
            total_fen=sums[party.pk]["total"],
            earlier=sums[party.pk]["earlier"],
            has_statement=party.pk in have,
        )
        for party in Party.objects.filter(pk__in=sums).order_by("name", "pk")
    ]


def statements(county_code: str) -> QuerySet[ProviderStatement]:
    """The statements of a county with the provider, and how many complaints are open on each."""
    is_open = Q(orders__complaints__state=ComplaintState.OPEN)
    return (
        ProviderStatement.objects.filter(county_code=county_code)
        .select_related("provider")
        .annotate(open_complaints=Count("orders__complaints", filter=is_open))
    )


def orders_of(statement: ProviderStatement) -> list[ProviderOrder]:
    """The orders of a statement as they ended, each with its visit, claim and complaints; two queries."""
    rows = ProviderOrder.objects.filter(statement=statement).order_by("ended_at", "id")
    rows = rows.select_related("visit__claim__order_line", "visit__place", "statement")
    return list(rows.prefetch_related(complaints_of_orders()))


def complaints_of_orders() -> Prefetch:
    """The complaints of orders, the newest first."""
    rows = FeeComplaint.objects.select_related("filed_by", "answered_by").order_by("-filed_at", "-id")
    return Prefetch("complaints", queryset=rows)


def sum_of(statement: ProviderStatement) -> tuple[int, int]:
    """How many orders a statement has and what they come to, asked of the orders themselves."""
    found = ProviderOrder._base_manager.filter(statement=statement).aggregate(
        count=Count("id"), total=Sum("fee_fen", default=0)
    )
    return found["count"], found["total"]


def has_open_complaint(statement: ProviderStatement) -> bool:
    """Whether an answer is owed to a complaint about one of its fees."""
    return FeeComplaint._base_manager.filter(order__statement=statement, state=ComplaintState.OPEN).exists()


def payments(statement: ProviderStatement) -> int:
    """How many payments of a statement are in the books, counting those that were taken back."""
    first = statement_key(statement.pk, 0)
    return Movement._base_manager.filter(
        Q(business_key=first) | Q(business_key__startswith=f"{first}:"), kind=MovementKind.PROVIDER_FEE
    ).count()


def open_complaints(county_code: str) -> QuerySet[FeeComplaint]:
    """Complaints that wait for an answer, the oldest first."""
    rows = FeeComplaint.objects.filter(county_code=county_code, state=ComplaintState.OPEN)
    return rows.select_related(
        "order__provider", "order__visit__claim", "order__statement", "filed_by"
    ).order_by("filed_at", "id")


def to_pay(user: User) -> QuerySet[ProviderStatement]:
    """Statements that both sides have agreed to and this person had no hand in, the oldest first."""
    rows = ProviderStatement.objects.filter(state=StatementState.AGREED).exclude(prepared_by=user)
    own = Q(agreed_by=user, agreed_by__isnull=False)
    return rows.exclude(own).select_related("provider").order_by("month", "pk")


def to_answer(user: User) -> QuerySet[FeeComplaint]:
    """Complaints that this person may answer: about orders that others offered, filed by others."""
    rows = FeeComplaint.objects.filter(state=ComplaintState.OPEN).exclude(order__offered_by=user)
    own = Q(filed_by=user, filed_by__isnull=False)
    return (
        rows.exclude(own).select_related("order__provider", "order__visit__claim").order_by("filed_at", "pk")
    )


def to_send() -> QuerySet[ProviderStatement]:
    """Statements that wait for the county: never sent, or disputed with every complaint answered."""
    waiting = FeeComplaint.objects.filter(order__statement=OuterRef("pk"), state=ComplaintState.OPEN)
    rows = ProviderStatement.objects.filter(state__in=(StatementState.DRAFT, StatementState.DISPUTED))
    return rows.filter(~Exists(waiting)).select_related("provider").order_by("month", "pk")


def by_token(token: str, *, now: datetime) -> ProviderStatement | None:
    """The statement that the secret of a link opens at this moment, whoever asks."""
    with system_scope("a provider opens the link to its statement", quiet=True):
        return (
            ProviderStatement.objects.filter(token_hash=hash_of(token), token_until__gt=now)
            .exclude(state=StatementState.DRAFT)
            .select_related("provider", "fund")
            .first()
        )


def was_link(token: str) -> bool:
    """Whether a secret opened a statement once and its time is over."""
    return ProviderStatement._base_manager.filter(token_hash=hash_of(token)).exists()


def hash_of(token: str) -> str:
    """What is kept of the secret of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def of_provider(provider_id: int, county_code: str) -> QuerySet[ProviderStatement]:
    """What a provider is shown of its statements in a county: those that were sent to it, newest first."""
    rows = ProviderStatement.objects.filter(provider=provider_id, county_code=county_code)
    return rows.exclude(state=StatementState.DRAFT).order_by("-month", "-id")


def may_complain(order: ProviderOrder, complaints: Iterable[FeeComplaint]) -> bool:
    """Whether a fee can be objected to: a visit that has ended, a statement that nobody has agreed to, and
    no complaint that waits for its answer."""
    if order.state not in (OrderState.DONE, OrderState.FAILED):
        return False
    if order.statement is not None and order.statement.state in (StatementState.AGREED, StatementState.PAID):
        return False
    return all(each.state != ComplaintState.OPEN for each in complaints)
