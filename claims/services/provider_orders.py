"""Orders to service providers: offered, answered or lapsed, taken back, ended with their fee.

Rule: docs/rules/providers.md. A visit has at most one order that counts, by constraint; every answer is one
conditional UPDATE. Who answers through the link has no account: `by` None, the system acts.
"""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.notices import posting
from claims.models import ProviderOrder, Visit
from claims.models.dispatch import DeclineReason
from claims.queries.provider_orders import hashed
from claims.queries.provider_ranking import Bid, Bids, full_fee, rates_of
from claims.rules.provider_fees import NOTHING, Fee, in_vain
from claims.rules.provider_orders import WAITING, OrderState, order_end
from claims.rules.provider_ranking import ExcludedProvider, RankedProvider
from claims.rules.visits import VisitState
from claims.rules.windows import can_be_taken
from claims.services import provider_order_notices as notices
from claims.services import provider_order_rows as rows
from claims.services import visit_seats
from stations.models import Party

REASON_SIGNS = 4
TOKEN_BYTES = 16
BATCH = 500

logger = logging.getLogger(__name__)


def offer(
    *, visit: Visit, provider: Party, by: User, now: datetime, reason: str = ""
) -> tuple[ProviderOrder, str]:
    """Offer a planned visit to a provider: it takes a seat in the provider's window until the answer.

    Returns the order and the secret of its link, of which only a hash is kept. A provider that has declined
    or was silent is asked again with a reason of at least REASON_SIGNS signs; one of grade C, suspended or
    without a contract that fits never.

    Raises Refused: "unknown_visit", "visit_not_planned", "window_over", "order_open", "provider_unfit",
    "reason_missing", "too_long", and what `visit_seats.give_to` refuses ("slot_taken" with the next free
    windows).
    """
    visit = visit_seats.fresh(visit)
    reason = rows.note_of(reason, "reason")
    if not can_be_taken(visit.ends_at, now):
        raise Refused(_("This window is over. Choose a later one."), code="window_over")
    with system_scope("offer a visit to a provider", quiet=True), transaction.atomic():
        visit = rows.locked_visit(visit)
        bids = Bids(visit, now=now)
        found = bids.ranking().of(provider.pk)
        if found is None:
            raise _unfit()
        if isinstance(found, ExcludedProvider):
            if found.is_final:
                raise _unfit()
            if len(reason) < REASON_SIGNS:
                raise Refused(
                    _("This provider has answered no before. Give a reason for asking again."),
                    code="reason_missing",
                    field="reason",
                )
        return _offer(visit, bids.of[provider.pk], found, reason=reason, by=by, now=now)


def accept(*, order: ProviderOrder, by: User | None, now: datetime) -> ProviderOrder:
    """Take an order on; from here on the provider may see whom it concerns, until the visit has ended.

    Raises Refused: "order_answered", "order_lapsed", "provider_unfit" for who has been suspended meanwhile.
    """
    with system_scope("a provider's answer", quiet=True), transaction.atomic():
        current = rows.current(order)
        if current.provider.is_suspended or current.provider.grade == "C":
            raise _unfit()
        rows.answer(current, OrderState.ACCEPTED, by=by, now=now)
        posting.post(notices.accepted(current, current.visit), now=now)
    return current


def decline(
    *, order: ProviderOrder, reason: str, note: str = "", by: User | None, now: datetime
) -> ProviderOrder:
    """Say no to an order, with a reason; the visit is offered to the next provider at once.

    Raises Refused: "order_answered", "order_lapsed", "unknown_choice", "note_missing" for another reason
    without words, "too_long".
    """
    if reason not in DeclineReason.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="reason")
    note = rows.note_of(note, "note")
    if reason == DeclineReason.OTHER and len(note) < REASON_SIGNS:
        raise Refused(_("Say in a few words why."), code="note_missing", field="note")
    with system_scope("a provider's answer", quiet=True), transaction.atomic():
        current = rows.current(order)
        rows.answer(current, OrderState.DECLINED, by=by, now=now, decline_reason=reason, note=note)
        _pass_on(current, by=by or system_user(), now=now)
    return current


def lapse_due(*, now: datetime) -> int:
    """Take silence for an answer where the time to answer is over, and ask the next; returns how many.

    Each order in a transaction of its own: what fails is logged and left for the next run.
    """
    with system_scope("orders without an answer", quiet=True):
        due = ProviderOrder._base_manager.filter(state=OrderState.OFFERED, answer_by__lt=now)
        keys = list(due.order_by("answer_by", "pk").values_list("pk", flat=True)[:BATCH])
        lapsed = 0
        for key in keys:
            try:
                lapsed += _lapse(key, now=now)
            except Exception:
                logger.exception("a silent order failed", extra={"order": key})
        return lapsed


def withdraw(*, order: ProviderOrder, note: str, by: User, now: datetime) -> ProviderOrder:
    """Take an order back while the visit is only planned: nobody goes, until somebody else is sent.

    Raises Refused: "unknown_order", "reason_missing", "too_long", "order_ended", "visit_not_planned".
    """
    if not ProviderOrder.objects.filter(pk=order.pk).exists():
        raise Refused(_("There is no such order."), code="unknown_order")
    note = rows.note_of(note, "note")
    if len(note) < REASON_SIGNS:
        raise Refused(_("Give the reason in a few words."), code="reason_missing", field="note")
    with system_scope("an order is taken back", quiet=True), transaction.atomic():
        current = rows.current(order)
        if current.visit.state != VisitState.PLANNED:
            raise Refused(_("This visit has set out or ended."), code="visit_not_planned")
        rows.end(current, OrderState.WITHDRAWN, NOTHING, note=note, by=by, now=now)
        visit_seats.give_to(visit=current.visit, station=current.visit.claim.station, by=by, now=now)
    return current


def ended(*, visit: Visit, by: User, now: datetime) -> ProviderOrder | None:
    """End the order of a visit that has just ended, with its fee; None when no order counts.

    Carried out: the full fee. Came to nothing: the part the contract pays for a way in vain, nothing when
    the provider did not come. Moved or cancelled: taken back, without a fee. Called in the transaction of
    the visit's own step; calling again changes nothing.
    """
    with system_scope("the order of a visit ends", quiet=True), transaction.atomic():
        waiting = rows.rows().filter(visit_id=visit.pk, state__in=WAITING)
        current = waiting.select_for_update(of=("self",)).first()
        if current is None:
            return None
        state = order_end(current.visit.state, was_accepted=current.state == OrderState.ACCEPTED)
        if state is None:
            return None
        rows.end(current, state, _fee_of(current, state), note="", by=by, now=now)
    return current


def new_link(*, order: ProviderOrder, by: User, now: datetime) -> str:
    """A new secret for the link of an order; the old link leads nowhere from now on.

    Raises Refused: "unknown_order", "order_ended".
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        waiting = ProviderOrder.objects.filter(pk=order.pk, state__in=WAITING)
        if not waiting.update(token_hash=hashed(token), version=F("version") + 1):
            raise rows.ended_already()
        trail.record("provider_order.link_made", by=by, obj=order, claim_id=order.visit.claim_id, at=now)
    return token


def _offer(
    visit: Visit,
    bid: Bid,
    found: RankedProvider | ExcludedProvider,
    *,
    reason: str,
    by: User,
    now: datetime,
    acting: User | None = None,
) -> tuple[ProviderOrder, str]:
    """Write the order; `by` answers for it, `acting` (the same person unless given) has caused it."""
    if visit.state != VisitState.PLANNED:
        raise Refused(_("This visit has set out or ended."), code="visit_not_planned")
    contract, acting = bid.contract, acting or by
    if (visit.provider_id, visit.station_id) != (contract.provider_id, contract.station_id):
        visit = visit_seats.give_to(
            visit=visit, provider=contract.provider, station=contract.station, by=acting, now=now
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    order = ProviderOrder(
        visit=visit,
        provider=contract.provider,
        contract=contract,
        county_code=visit.county_code,
        rank=found.rank if isinstance(found, RankedProvider) else 0,
        reasons=kept(found),
        offered_at=now,
        offered_by=by,
        answer_by=min(now + timedelta(minutes=contract.answer_minutes), visit.ends_at),
        note=reason,
        token_hash=hashed(token),
        **rows.columns(bid.fee),
    )
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("This visit is on order already. Take that order back first."), code="order_open"
        ) from None
    rows.record(order, by=acting, now=now)
    posting.post(notices.offered(order, visit), now=now)
    return order, token


def kept(found: RankedProvider | ExcludedProvider) -> list[dict[str, str | int]]:
    """What is kept on an order of why this provider: codes, points, numbers; exclusions put aside."""
    if isinstance(found, ExcludedProvider):
        return [{"code": code.value, "against": 1} for code in found.why]
    return [
        {"code": each.code.value, "points": each.points}
        | ({} if each.number is None else {"number": each.number})
        for each in found.grounds
    ]


def _pass_on(order: ProviderOrder, *, by: User, now: datetime) -> None:
    """Offer the visit of an order that was declined or lapsed to the next provider, or to nobody."""
    visit = order.visit
    if visit.state != VisitState.PLANNED:
        return
    bids = Bids(visit, now=now)
    # Nobody is asked for a window that nobody can take any more.
    is_in_time = can_be_taken(visit.ends_at, now)
    for ranked in bids.ranking().ranked if is_in_time else ():
        try:
            with transaction.atomic():
                following, _token = _offer(
                    visit,
                    bids.of[ranked.candidate.key],
                    ranked,
                    reason="",
                    by=order.offered_by,
                    acting=by,
                    now=now,
                )
        except Refused:
            # Somebody else took the last seat of this provider in the meantime: ask the next.
            continue
        posting.post(notices.passed_on(order, following, visit), now=now)
        return
    visit_seats.give_to(visit=visit, station=visit.claim.station, by=by, now=now)
    posting.post(notices.nobody_left(order, visit), now=now)


def _lapse(key: int, *, now: datetime) -> int:
    with transaction.atomic():
        visits = Visit._base_manager.select_for_update(of=("self",), skip_locked=True)
        if visits.filter(orders=key).first() is None:
            return 0
        due = rows.rows().filter(pk=key, state=OrderState.OFFERED, answer_by__lt=now)
        current = due.select_for_update(of=("self",)).first()
        if current is None:
            return 0
        by = system_user()
        rows.end(current, OrderState.LAPSED, NOTHING, note="", by=by, now=now)
        _pass_on(current, by=by, now=now)
    return 1


def _fee_of(order: ProviderOrder, state: OrderState) -> Fee:
    """The fee as the contract says it, now that the visit has ended."""
    if state not in (OrderState.DONE, OrderState.FAILED):
        return NOTHING
    rates, full = rates_of(order.contract, order.visit), full_fee(order.contract, order.visit)
    if rates is None or full is None:
        return NOTHING
    return full if state == OrderState.DONE else in_vain(full, rates, failure=order.visit.failure)


def _unfit() -> Refused:
    return Refused(
        _("This provider cannot be asked: no contract that fits, grade C, suspended, or no seat left."),
        code="provider_unfit",
        field="provider",
    )
