"""The rows behind orders to providers: read and locked past the scope, answered and ended once each."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices import posting
from claims.models import ProviderOrder, Visit
from claims.rules.provider_fees import NOTHING, Fee
from claims.rules.provider_orders import WAITING, OrderState
from claims.services import provider_order_notices as notices
from claims.services import visit_seats

NOTE_SIGNS = 200
VERBS = {
    OrderState.OFFERED: "provider_order.offered",
    OrderState.ACCEPTED: "provider_order.accepted",
    OrderState.DECLINED: "provider_order.declined",
    OrderState.LAPSED: "provider_order.lapsed",
    OrderState.WITHDRAWN: "provider_order.withdrawn",
    OrderState.DONE: "provider_order.done",
    OrderState.FAILED: "provider_order.failed",
}


def rows() -> QuerySet[ProviderOrder]:
    """Orders with everything that answering, ending and telling of one reads."""
    return ProviderOrder._base_manager.select_related(
        "visit__claim__station",
        "visit__place",
        "visit__station",
        "provider",
        "contract__station",
        "offered_by",
    )


def current(order: ProviderOrder) -> ProviderOrder:
    """The order as it stands now, with its row locked; the visit's before it, as when a visit ends."""
    Visit._base_manager.select_for_update(of=("self",)).get(pk=order.visit_id)
    return rows().select_for_update(of=("self",)).get(pk=order.pk)


def locked_visit(visit: Visit) -> Visit:
    """The visit as it stands now, with its row locked."""
    Visit._base_manager.select_for_update(of=("self",)).get(pk=visit.pk)
    return visit_seats.fresh(visit)


def answer(order: ProviderOrder, state: OrderState, *, by: User | None, now: datetime, **given: str) -> None:
    """Write an answer in time, once. Raises Refused("order_answered"), Refused("order_lapsed")."""
    answered = ProviderOrder._base_manager.filter(
        pk=order.pk, state=OrderState.OFFERED, answer_by__gte=now
    ).update(state=state, answered_at=now, answered_by=by, version=F("version") + 1, **given)
    if not answered:
        is_late = order.state == OrderState.OFFERED and order.answer_by < now
        if is_late:
            raise Refused(
                _("The time to answer is over; the visit goes to somebody else."), code="order_lapsed"
            )
        raise Refused(_("This order has been answered already."), code="order_answered")
    order.refresh_from_db(fields=["state", "answered_at", "answered_by", "decline_reason", "note", "version"])
    record(order, by=by or system_user(), now=now)


def end(order: ProviderOrder, state: OrderState, fee: Fee, *, note: str, by: User, now: datetime) -> None:
    """Write how an order that waits ended. Raises Refused("order_ended")."""
    given = {"note": note} if note else {}
    ended_now = ProviderOrder._base_manager.filter(pk=order.pk, state__in=WAITING).update(
        state=state, ended_at=now, version=F("version") + 1, **columns(fee), **given
    )
    if not ended_now:
        raise ended_already()
    order.refresh_from_db(fields=["state", "ended_at", "note", "version", *columns(fee)])
    record(order, by=by, now=now)
    if state == OrderState.WITHDRAWN:
        posting.post(notices.withdrawn(order, order.visit), now=now)


def columns(fee: Fee | None) -> dict[str, int]:
    """A fee as an order keeps it."""
    fee = fee or NOTHING
    return {
        "base_fen": fee.base_fen,
        "km_fen": fee.km_fen,
        "after_hours_fen": fee.after_hours_fen,
        "fee_fen": fee.fee_fen,
    }


def record(order: ProviderOrder, *, by: User, now: datetime) -> None:
    """Tell history where an order stands now."""
    after = {"provider": order.provider_id, "visit": order.visit_id, "fee_fen": order.fee_fen}
    if order.decline_reason:
        after["decline_reason"] = str(order.decline_reason)
    trail.record(
        VERBS[OrderState(order.state)],
        by=by,
        obj=order,
        claim_id=order.visit.claim_id,
        station_id=order.visit.claim.station_id,
        after=after,
        at=now,
    )


def note_of(text: str, field: str) -> str:
    """One line of words. Raises Refused("too_long")."""
    text = " ".join(text.split())
    if len(text) > NOTE_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": NOTE_SIGNS}, code="too_long", field=field
        )
    return text


def ended_already() -> Refused:
    return Refused(_("This order has ended already."), code="order_ended")
