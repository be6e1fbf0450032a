"""Telling a platform to pay a refund back the way it was paid. docs/rules/payouts.md, section 4.

A platform that has an address among PAYOUT_GATEWAYS is called by a background job, signed, and every time
with the payout's number, so that a call that arrives twice is one order. The others are told by a person.
"""

import json
from datetime import datetime

from django.conf import settings

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.notices.channels.gateway import ID_HEADER, SIGNATURE_HEADER, TIME_HEADER, signature
from aftersales.web import egress
from claims.models import Payout
from claims.rules.payouts import PayoutState
from claims.services import payouts


def call(payout_id: int, *, by: User, now: datetime) -> str:
    """Tell the platform, outside of any transaction, and note that it has the order; returns what came of it.

    Does nothing ("moved") when the payout is not waiting for it any more. Raises egress.CallFailed when
    the platform cannot be reached or does not answer with 2xx: the job is tried again.
    """
    with system_scope("instruct a platform to pay a refund back", quiet=True):
        payout = (
            Payout.objects.select_related("claim__order_line__order__platform", "compensation")
            .filter(pk=payout_id, state=PayoutState.TO_INSTRUCT)
            .first()
        )
        if payout is None:
            return "moved"
        gateway = payouts.gateway_of(payout.claim.order_line.order.platform)
        if not gateway:
            return "no_gateway"
        place = egress.target(
            gateway["url"], hosts=settings.PAYOUT_HOSTS, is_local_allowed=settings.PAYOUT_LOCAL_GATEWAYS
        )
        body = json.dumps(_said(payout), ensure_ascii=False, sort_keys=True).encode()
        seconds = str(int(now.timestamp()))
        status = egress.post(
            place,
            body,
            {
                "Content-Type": "application/json; charset=utf-8",
                ID_HEADER: payout.number,
                TIME_HEADER: seconds,
                SIGNATURE_HEADER: signature(gateway["secret"], payout.number, seconds, body),
            },
        )
        if not 200 <= status < 300:
            raise egress.CallFailed(f"http_{status}")
        try:
            payouts.instruct(payout=payout, by=by, now=now)
        except Refused:
            # A person has entered the result meanwhile; the platform knows the number and pays once.
            return "moved"
    return "instructed"


def _said(payout: Payout) -> dict[str, str | int]:
    """What a platform is told: its own order and an amount, nothing about the person."""
    return {
        "id": payout.number,
        "order": payout.claim.order_line.order.number,
        "article": payout.claim.order_line.sku,
        "amount_fen": payout.amount_fen,
        "currency": "CNY",
        "claim": payout.claim.number,
        "decided_at": payout.made_at.isoformat(),
    }
