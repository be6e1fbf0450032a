"""Statements and their orders in words: tones, what an order was for, the table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.web import exports
from claims.models import ProviderOrder, ProviderStatement
from claims.models.provider_orders import ComplaintStateChoices, StatementStateChoices
from claims.queries.statements import may_complain
from claims.rules.provider_orders import OrderState

STATE_TONES = {
    StatementStateChoices.DRAFT: "neutral",
    StatementStateChoices.SENT: "wait",
    StatementStateChoices.AGREED: "info",
    StatementStateChoices.DISPUTED: "warn",
    StatementStateChoices.PAID: "good",
}
COMPLAINT_TONES = {
    ComplaintStateChoices.OPEN: "warn",
    ComplaintStateChoices.UPHELD: "good",
    ComplaintStateChoices.DISMISSED: "neutral",
}


def with_words(orders: Iterable[ProviderOrder]) -> list[ProviderOrder]:
    """The orders, each with whether it was in vain, its complaints, and what may be done with it."""
    found = list(orders)
    for order in found:
        order.is_in_vain = order.state == OrderState.FAILED
        complaints = list(order.complaints.all())
        for complaint in complaints:
            complaint.tone = COMPLAINT_TONES[complaint.state]
        order.may_complain = may_complain(order, complaints)
    return found


def public_link(token: str) -> str:
    """The address under which a provider without an account gives its word."""
    return reverse("public:provider_statement", args=[token])


def statement_export(
    statement: ProviderStatement, orders: Iterable[ProviderOrder], *, made_by: str, made_at: datetime
) -> exports.Export:
    """Every order of a statement, one row each; no name, phone or address of a consumer."""
    Column = exports.Column
    return exports.Export(
        title=_("Statement %(number)s") % {"number": statement.number},
        columns=[
            Column(_("Ended"), "moment", 18),
            Column(_("Claim"), width=20),
            Column(_("Kind of visit"), width=14),
            Column(_("Goods"), width=24),
            Column(_("State"), width=14),
            Column(_("Fee for the visit"), "yuan", 14),
            Column(_("For the kilometres"), "yuan", 14),
            Column(_("For the late hour"), "yuan", 14),
            Column(_("Fee"), "yuan", 12),
        ],
        rows=(
            (
                order.ended_at,
                order.visit.claim.number,
                order.visit.get_kind_display(),
                order.visit.claim.order_line.product,
                order.get_state_display(),
                order.base_fen,
                order.km_fen,
                order.after_hours_fen,
                order.fee_fen,
            )
            for order in orders
        ),
        made_at=made_at,
        made_by=made_by,
        filters=[
            (_("Service provider"), statement.provider.name),
            (_("Month"), f"{statement.month:%Y-%m}"),
            (_("Statement number"), statement.number),
        ],
    )
