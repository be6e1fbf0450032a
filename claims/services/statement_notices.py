"""Who is told about the statements of providers and about complaints about fees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from aftersales.notices.posting import Message, post
from claims.models import FeeComplaint, ProviderOrder, ProviderStatement
from claims.queries.provider_desks import accounts_of
from claims.rules.provider_orders import ComplaintState, StatementState
from stations.queries.staff import Staff


def sent(statement: ProviderStatement, *, now: datetime) -> int:
    """Ask the provider's accounts for their word; returns how many are told."""
    return _tell_provider("statement.sent", statement, now=now)


def paid(statement: ProviderStatement, *, now: datetime) -> int:
    """Tell the provider's accounts that their statement is paid."""
    return _tell_provider("statement.paid", statement, now=now)


def answered(statement: ProviderStatement, *, now: datetime) -> int:
    """Tell who prepared a statement what the provider says; the managers too once it can be paid."""
    people = {statement.prepared_by_id}
    event = "statement.disputed"
    if statement.state == StatementState.AGREED:
        event = "statement.agreed"
        people.update(Staff(now=now).heads_in(statement.county_code))
    people.discard(statement.agreed_by_id)
    url = reverse("claims:statement_detail", args=[statement.pk])
    return _post(event, people, statement, f"{statement.pk} {statement.version}", url, now=now)


def complained(complaint: FeeComplaint, *, now: datetime) -> int:
    """Ask the managers of the county for an answer, but not who offered the order or filed the complaint."""
    order = _order(complaint)
    people = set(Staff(now=now).heads_in(complaint.county_code))
    people -= {order.offered_by_id, complaint.filed_by_id}
    url = reverse("claims:fee_complaint", args=[complaint.pk])
    return _post("fee_complaint.filed", people, order, f"{complaint.pk}", url, now=now)


def complaint_answered(complaint: FeeComplaint, *, now: datetime) -> int:
    """Tell the provider's accounts, and who prepared the statement, how a complaint was answered."""
    order = _order(complaint)
    event = "fee_complaint.upheld" if complaint.state == ComplaintState.UPHELD else "fee_complaint.dismissed"
    told = _post(
        event, _desks(order), order, f"{complaint.pk}", reverse("claims:provider_statements"), now=now
    )
    if order.statement is None:
        return told
    people = {order.statement.prepared_by_id} - {complaint.answered_by_id}
    url = reverse("claims:statement_detail", args=[order.statement_id])
    return told + _post(event, people, order, f"{complaint.pk}", url, now=now)


def _tell_provider(event: str, statement: ProviderStatement, *, now: datetime) -> int:
    url = reverse("claims:provider_statement", args=[statement.pk])
    return _post(event, _desks(statement), statement, f"{statement.pk} {statement.version}", url, now=now)


def _desks(row: ProviderStatement | ProviderOrder) -> list[int]:
    """The accounts of a row's provider in its county that are open."""
    return accounts_of(provider_id=row.provider_id, county_code=row.county_code)


def _order(complaint: FeeComplaint) -> ProviderOrder:
    rows = ProviderOrder._base_manager.select_related("provider", "statement", "visit__claim")
    return rows.get(pk=complaint.order_id)


def _post(
    event: str,
    people: Iterable[int],
    about: ProviderStatement | ProviderOrder,
    key: str,
    url: str,
    *,
    now: datetime,
) -> int:
    if isinstance(about, ProviderStatement):
        params = {"number": about.number, "party": about.provider.name, "total_fen": about.total_fen}
    else:
        params = {"number": about.visit.claim.number, "party": about.provider.name}
    return post(
        [
            Message(event, person, f"{event} {key}", params, url, about.county_code)
            for person in sorted(people)
        ],
        now=now,
    )
