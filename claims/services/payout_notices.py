"""Who is told that a payout came back."""

from datetime import datetime

from django.urls import reverse

from aftersales.notices.posting import Message, post
from claims.models import Payout


def came_back(payout: Payout, *, now: datetime) -> int:
    """Tell whoever filed the claim and whoever handles it; returns how many people."""
    claim = payout.claim
    people = sorted({claim.filed_by_id, claim.handler_id} - {None, payout.settled_by_id})
    return post(
        [
            Message(
                event="payout.came_back",
                recipient_id=person,
                key=f"payout.came_back {payout.back_id}",
                params={
                    "number": claim.number,
                    "amount_fen": payout.amount_fen,
                    "reason": payout.reason,
                },
                url=reverse("claims:payout_detail", args=[payout.pk]),
                county_code=payout.county_code,
            )
            for person in people
        ],
        now=now,
    )
