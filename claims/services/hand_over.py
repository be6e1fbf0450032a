"""What somebody who leaves hands over: open claims, goods on the shelf, the cash box, calls, visits."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.web.formats import money
from claims.models import CashBox, Claim, CustodyItem, FollowUp
from claims.queries import claims as reading
from claims.queries import custody as shelf
from claims.queries import follow_up_turns as turns
from claims.queries import visits
from claims.queries.follow_ups import DUE_ORDER
from claims.services import (
    cash_boxes,
    custody,
    follow_up_turns,
    handlers,
    visit_notices,
    visit_seats,
)
from stations.services.hand_over import OpenItem


class ClaimsInHand:
    """What stations.services.hand_over asks about claims: the open ones that a person handles."""

    label = gettext_lazy("open claims")

    def count(self, *, person: User) -> int:
        """How many open claims this account handles, as far as whoever looks can see them."""
        return reading.open_queue(handler=person).count()

    def items(self, *, person: User, limit: int) -> Sequence[OpenItem]:
        """The claims, the nearest due time first; their key is the claim number."""
        return [
            OpenItem(
                key=claim.number,
                title=f"{claim.number} {claim.order_line.product}",
                detail=f"{claim.consumer} · {claim.get_status_display()}",
                url=reverse("claims:claim_detail", args=[claim.number]),
                due_at=claim.next_due_at,
            )
            for claim in reading.open_queue(handler=person)[:limit]
        ]

    def assign(self, *, person: User, to: User, keys: Sequence[str] | None, by: User, now: datetime) -> int:
        """Give these claims, or all with None, to another handler: every one of them, or none.

        Raises what handlers.reassign refuses.
        """
        claims = Claim.objects.filter(reading.StillOpen("status"), handler=person).order_by("id")
        if keys is not None:
            claims = claims.filter(number__in=keys)
        with transaction.atomic():
            given = [
                handlers.reassign(claim=claim, to=to, by=by, now=now, reason=_("Handed over"))
                for claim in claims
            ]
        return len(given)


class GoodsInCustody:
    """What stations.services.hand_over asks about goods: those on a shelf that a person answers for."""

    label = gettext_lazy("goods in custody")

    def count(self, *, person: User) -> int:
        """How many items on shelves this account keeps, as far as whoever looks can see them."""
        return shelf.on_shelf(keeper=person).count()

    def items(self, *, person: User, limit: int) -> Sequence[OpenItem]:
        """The goods, the longest waiting first; their key is the label."""
        return [
            OpenItem(
                key=item.label,
                title=f"{item.label} {item.what}",
                detail=f"{item.station} · {item.shelf}",
                url=reverse("claims:goods_detail", args=[item.label]),
            )
            for item in shelf.on_shelf(keeper=person)[:limit]
        ]

    def assign(self, *, person: User, to: User, keys: Sequence[str] | None, by: User, now: datetime) -> int:
        """Let another keeper answer for these goods, or all with None: every one of them, or none.

        Raises what custody.give_to_keeper refuses.
        """
        goods = CustodyItem.objects.filter(whereabouts="on_shelf", keeper=person).order_by("id")
        if keys is not None:
            goods = goods.filter(label__in=keys)
        return custody.give_to_keeper(items=list(goods), to=to, by=by, now=now)


class CashInHand:
    """What stations.services.hand_over asks about cash: the boxes that a person answers for."""

    label = gettext_lazy("cash boxes")

    def count(self, *, person: User) -> int:
        """How many cash boxes this account keeps, as far as whoever looks can see them."""
        return CashBox.objects.filter(keeper=person).count()

    def items(self, *, person: User, limit: int) -> Sequence[OpenItem]:
        """The boxes by station; their key is the number of the row."""
        kept = CashBox.objects.filter(keeper=person).select_related("station", "account")
        return [
            OpenItem(
                key=str(box.pk),
                title=str(box.station),
                detail=money(box.account.balance_fen),
                url=reverse("claims:cash_box", args=[box.pk]),
            )
            for box in kept.order_by("station__name", "id")[:limit]
        ]

    def assign(self, *, person: User, to: User, keys: Sequence[str] | None, by: User, now: datetime) -> int:
        """Let another keeper answer for these boxes, or all with None: every one of them, or none.

        Raises what cash_boxes.give_to_keeper refuses.
        """
        kept = CashBox.objects.filter(keeper=person).order_by("id")
        if keys is not None:
            kept = kept.filter(pk__in=[int(key) for key in keys if key.isascii() and key.isdigit()])
        return cash_boxes.give_to_keeper(boxes=list(kept), to=to, by=by, now=now)


class CallsToMake:
    """What stations.services.hand_over asks about follow-ups: the open ones whose turn it is to a person."""

    label = gettext_lazy("calls to make")

    def count(self, *, person: User) -> int:
        """How many calls this account has to make, as far as whoever looks can see them."""
        return turns.mine(person).count()

    def items(self, *, person: User, limit: int) -> Sequence[OpenItem]:
        """The calls, the nearest due time first; their key is the number of the row."""
        rows = turns.mine(person).select_related("claim__consumer", "claim__order_line").order_by(*DUE_ORDER)
        return [
            OpenItem(
                key=str(follow_up.pk),
                title=f"{follow_up.claim.number} {follow_up.claim.order_line.product}",
                detail=f"{follow_up.claim.consumer} · {follow_up.get_kind_display()}",
                url=reverse("claims:follow_up", args=[follow_up.pk]),
                due_at=follow_up.due_at,
            )
            for follow_up in rows[:limit]
        ]

    def assign(self, *, person: User, to: User, keys: Sequence[str] | None, by: User, now: datetime) -> int:
        """Make these calls, or all with None, somebody else's turn: every one of them, or none.

        Raises what follow_up_turns.set_caller refuses.
        """
        rows: QuerySet[FollowUp] = turns.mine(person).select_related("claim").order_by("id")
        if keys is not None:
            rows = rows.filter(pk__in=[int(key) for key in keys if key.isascii() and key.isdigit()])
        return follow_up_turns.hand_over(follow_ups=list(rows), to=to, by=by, now=now)


class VisitsPlanned:
    """What stations.services.hand_over asks about home visits: those that a person still goes to."""

    label = gettext_lazy("planned visits")

    def count(self, *, person: User) -> int:
        """How many visits this account goes to, as far as whoever looks can see them."""
        return visits.booked_of(person).count()

    def items(self, *, person: User, limit: int) -> Sequence[OpenItem]:
        """The visits, the next one first; their key is the number of the row."""
        return [
            OpenItem(
                key=str(visit.pk),
                title=f"{visit.claim.number} {visit.get_kind_display()}",
                detail=f"{visit.place} · {visit_notices.window_of(visit)}",
                url=reverse("claims:visit_detail", args=[visit.pk]),
                due_at=visit.starts_at,
            )
            for visit in visits.booked_of(person)[:limit]
        ]

    def assign(self, *, person: User, to: User, keys: Sequence[str] | None, by: User, now: datetime) -> int:
        """Let somebody else make these visits, or all with None, in the same windows: all, or none.

        Raises what visit_seats.give_to refuses: a visit that has set out, a window that is not free.
        """
        rows = visits.booked_of(person)
        if keys is not None:
            rows = rows.filter(pk__in=[int(key) for key in keys if key.isascii() and key.isdigit()])
        reason = _("Handed over by a colleague")
        with transaction.atomic():
            given = [
                visit_seats.give_to(
                    visit=visit,
                    technician=to,
                    override_reason=visit.override_reason or reason,
                    by=by,
                    now=now,
                )
                for visit in rows
            ]
        return len(given)
