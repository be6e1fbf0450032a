"""Lists of claims, orders, coupons, follow-ups and payouts as files: their columns, and a row of each.

What a file says of a person is masked, as it is on the page.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.web.exports import Column
from claims.models import Claim, Coupon, FollowUp, OrderLine, Payout
from claims.views.coupon_states import state_of


def filters_in_words(filters) -> list[tuple[str, str]]:
    """The filters of a filter set that are set; what was searched for may name somebody and stays out."""
    fields = filters.form.fields
    return [
        (
            str(fields[name].label),
            _("yes") if value is True else str(dict(getattr(fields[name], "choices", ())).get(value, value)),
        )
        for name, value in filters.wanted.items()
        if value and name != "q"
    ]


def claim_columns() -> list[Column]:
    return [
        Column(_("Claim"), width=20),
        Column(_("State")),
        Column(_("Filed"), "moment", 18),
        Column(_("Due"), "moment", 18),
        Column(_("Goods"), width=28),
        Column(_("Kind of problem")),
        Column(_("Severity")),
        Column(_("Consumer")),
        Column(_("Phone")),
        Column(_("Station"), width=26),
        Column(_("Handler")),
    ]


def claim_cells(claim: Claim) -> list[Any]:
    return [
        claim.number,
        claim.get_status_display(),
        claim.filed_at,
        claim.next_due_at,
        claim.order_line.product,
        claim.get_nature_display(),
        claim.get_severity_display(),
        claim.consumer.name_masked,
        claim.consumer.phone_masked,
        claim.station.name,
        str(claim.handler or ""),
    ]


def order_columns() -> list[Column]:
    return [
        Column(_("Order number"), width=22),
        Column(_("Ordered"), "moment", 18),
        Column(_("Signed for"), "moment", 18),
        Column(_("Product"), width=30),
        Column(_("Goods type")),
        Column(_("Quantity"), "quantity", 12),
        Column(_("Unit")),
        Column(_("Paid (yuan)"), "yuan", 14),
        Column(_("Granted (yuan)"), "yuan", 14),
        Column(_("Merchant"), width=24),
        Column(_("Consumer")),
        Column(_("Phone")),
        Column(_("Station"), width=26),
    ]


def order_cells(line: OrderLine) -> list[Any]:
    order, buyer = line.order, line.order.consumer
    return [
        order.number,
        order.ordered_at,
        order.signed_at,
        line.product,
        line.get_goods_type_display(),
        line.quantity_milli,
        line.get_unit_display(),
        line.paid_fen,
        line.granted_fen,
        order.merchant.name if order.merchant else "",
        buyer.name_masked if buyer else "",
        buyer.phone_masked if buyer else "",
        line.station.name,
    ]


def coupon_columns() -> list[Column]:
    return [
        Column(_("Code"), width=18),
        Column(_("State")),
        Column(_("Worth (yuan)"), "yuan", 14),
        Column(_("Merchant"), width=24),
        Column(_("Good until"), "day", 14),
        Column(_("Claim"), width=20),
        Column(_("Consumer")),
        Column(_("Station"), width=26),
    ]


def coupon_cells(coupon: Coupon) -> list[Any]:
    claim = coupon.compensation.claim
    return [
        coupon.code,
        state_of(coupon, timezone.localdate())[0],
        coupon.value_fen,
        coupon.merchant.name if coupon.merchant else "",
        coupon.expires_on,
        claim.number,
        claim.consumer.name_masked,
        coupon.station.name,
    ]


def follow_up_columns() -> list[Column]:
    return [
        Column(_("Claim"), width=20),
        Column(_("Kind")),
        Column(_("State")),
        Column(_("Due"), "moment", 18),
        Column(_("Ended"), "moment", 18),
        Column(_("Tries"), "integer", 10),
        Column(_("Lowest score"), "integer", 12),
        Column(_("Who calls")),
        Column(_("Consumer")),
        Column(_("Station"), width=26),
    ]


def follow_up_cells(follow_up: FollowUp) -> list[Any]:
    claim = follow_up.claim
    return [
        claim.number,
        follow_up.get_kind_display(),
        follow_up.get_state_display(),
        follow_up.due_at,
        follow_up.ended_at,
        len(follow_up.attempts.all()),
        min((each.stars for each in follow_up.scores.all()), default=None),
        str(follow_up.caller or ""),
        claim.consumer.name_masked,
        claim.station.name,
    ]


def payout_columns() -> list[Column]:
    return [
        Column(_("Number"), width=22),
        Column(_("State")),
        Column(_("Paid by")),
        Column(_("Amount (yuan)"), "yuan", 14),
        Column(_("Try"), "integer", 8),
        Column(_("Claim"), width=20),
        Column(_("Consumer")),
        Column(_("Made"), "moment", 18),
        Column(_("Result known"), "moment", 18),
        Column(_("Reference"), width=24),
        Column(_("Reason")),
    ]


def payout_cells(payout: Payout) -> list[Any]:
    return [
        payout.number,
        payout.get_state_display(),
        payout.get_channel_display(),
        payout.amount_fen,
        payout.attempt,
        payout.claim.number,
        payout.claim.consumer.name_masked,
        payout.made_at,
        payout.settled_at,
        payout.reference,
        payout.get_reason_display() if payout.reason else "",
    ]
