"""Cash boxes of stations: opened, filled and emptied by two persons, counted, differences booked.

Rule: docs/rules/payouts.md, section 5.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.money import MAX_FEN, format_yuan
from claims.models import Account, CashBox, CashCount, CashFloat, Fund
from claims.models.cash_boxes import FloatDirection, FloatState
from claims.models.fund import AccountKind, FundKind, MovementKind
from claims.rules.payouts import MOST_BOX_FEN, difference_key, float_key
from claims.services import ledger, reach
from claims.services.transactions import money_move
from stations.access.scope import authority_of
from stations.models import Station

REASON_SIGNS = 4
NOTE_SIGNS = 200


def open_box(*, station: Station, by: User, now: datetime) -> CashBox:
    """Give a station a cash box, empty. From then on its cash payouts come out of it.

    Raises Refused("unknown_station"), Refused("fund_missing"), Refused("box_exists").
    """
    station = reach.station(station)
    with system_scope("open a cash box", quiet=True):
        fund = Fund.objects.filter(county_code=station.county_code, kind=FundKind.EMERGENCY).first()
    if fund is None:
        raise Refused(_("This county has no emergency fund yet."), code="fund_missing")
    try:
        with transaction.atomic():
            box = CashBox.objects.create(
                fund=fund,
                station=station,
                county_code=station.county_code,
                account=ledger.account(fund, AccountKind.CASH_BOX, station=station),
                opened_by=by,
                opened_at=now,
            )
            trail.record("cash_box.opened", by=by, obj=box, at=now)
    except IntegrityError:
        raise Refused(_("This station has a cash box already."), code="box_exists", field="station") from None
    return box


@money_move
def hand_over(*, box: CashBox, direction: str, amount_fen: int, by: User, now: datetime) -> CashFloat:
    """Say that cash has been handed to the station, or back to the county; a second person receives it.

    Raises Refused("amount_invalid"), Refused("box_too_full") when the box would hold more than it may,
    Refused("box_empty") for more than is in it, Refused("unknown_box"), Refused("direction_unknown").
    """
    ledger.check_amount(amount_fen)
    if direction not in FloatDirection.values:
        raise Refused(_("Choose which way the cash goes."), code="direction_unknown", field="direction")
    current = _box(box)
    _lock(current.account_id)
    waiting = CashFloat.objects.filter(box=current, state=FloatState.HANDED, direction=direction)
    on_the_way = waiting.aggregate(sum=Sum("amount_fen", default=0))["sum"]
    balance = _balance(current)
    if direction == FloatDirection.OUT and balance + on_the_way + amount_fen > MOST_BOX_FEN:
        raise Refused(
            _("A cash box holds at most %(most)s; %(there)s are in it or on the way.")
            % {"most": format_yuan(MOST_BOX_FEN), "there": format_yuan(balance + on_the_way)},
            code="box_too_full",
            field="amount_fen",
        )
    if direction == FloatDirection.BACK and on_the_way + amount_fen > balance:
        raise Refused(_("There is not as much in the cash box."), code="box_empty", field="amount_fen")
    handed = CashFloat.objects.create(
        box=current,
        station_id=current.station_id,
        county_code=current.county_code,
        direction=direction,
        amount_fen=amount_fen,
        handed_by=by,
        handed_at=now,
    )
    after = {"direction": direction, "amount_fen": amount_fen}
    trail.record("cash_box.float_handed", by=by, obj=handed, after=after, at=now)
    return handed


@money_move
def receive(*, cash: CashFloat, by: User, now: datetime) -> CashFloat:
    """Confirm that the cash has been received and counted: it is booked. Who first fills a box keeps it.

    Raises Refused("same_person") for whoever handed it over, Refused("float_decided"),
    Refused("fund_empty"), Refused("box_empty"), Refused("busy").
    """
    current = _float(cash)
    if current.handed_by_id == by.pk:
        raise Refused(_("You handed this over; a second person has to receive it."), code="same_person")
    if current.state != FloatState.HANDED:
        raise _decided()
    box, is_out = current.box, current.direction == FloatDirection.OUT
    county = ledger.account(box.fund, AccountKind.CASH)
    with system_scope("book cash for a box", quiet=True):
        movement = ledger.post(
            fund=box.fund,
            kind=MovementKind.FLOAT,
            debit=box.account if is_out else county,
            credit=county if is_out else box.account,
            amount_fen=current.amount_fen,
            business_key=float_key(current.pk),
            note=str(box.station),
            by=by,
            now=now,
            must_be_new=True,
        )
    received = CashFloat._base_manager.filter(pk=current.pk, state=FloatState.HANDED).update(
        state=FloatState.RECEIVED, received_by=by, received_at=now, movement=movement
    )
    if not received:
        raise _decided()
    if is_out:
        CashBox._base_manager.filter(pk=box.pk, keeper__isnull=True).update(keeper=by)
    after = {"direction": current.direction, "amount_fen": current.amount_fen}
    trail.record("cash_box.float_received", by=by, obj=current, after=after, at=now)
    return _float(current)


def cancel(*, cash: CashFloat, by: User, now: datetime) -> CashFloat:
    """Cross out cash that was not received. Raises Refused("float_decided")."""
    current = _float(cash)
    with transaction.atomic():
        if not CashFloat._base_manager.filter(pk=current.pk, state=FloatState.HANDED).update(
            state=FloatState.CANCELLED
        ):
            raise _decided()
        after = {"direction": current.direction, "amount_fen": current.amount_fen}
        trail.record("cash_box.float_cancelled", by=by, obj=current, after=after, at=now)
    return _float(current)


@money_move
def count(*, box: CashBox, counted_fen: int, reason: str = "", by: User, now: datetime) -> CashCount:
    """Write down what was counted, against what the books say at this moment; a difference has a reason.

    Raises Refused("amount_invalid"), Refused("reason_missing"), Refused("unknown_box").
    """
    if type(counted_fen) is not int or not 0 <= counted_fen <= MAX_FEN:
        raise Refused(_("Enter what you counted."), code="amount_invalid", field="counted_fen")
    current, reason = _box(box), reason.strip()[:NOTE_SIGNS]
    _lock(current.account_id)
    book = _balance(current)
    if counted_fen != book and len(reason) < REASON_SIGNS:
        raise Refused(
            _("By the books %(book)s should be there. Count again, or say how the difference comes about.")
            % {"book": format_yuan(book)},
            code="reason_missing",
            field="reason",
            details={"book_fen": book},
        )
    counted = CashCount.objects.create(
        box=current,
        station_id=current.station_id,
        county_code=current.county_code,
        book_fen=book,
        counted_fen=counted_fen,
        reason=reason if counted_fen != book else "",
        counted_by=by,
        counted_at=now,
    )
    CashBox._base_manager.filter(pk=current.pk).update(counted_at=now)
    after = {"book_fen": book, "counted_fen": counted_fen}
    trail.record("cash_box.counted", by=by, obj=counted, after=after, reason=counted.reason, at=now)
    return counted


@money_move
def book_difference(*, counted: CashCount, by: User, now: datetime) -> CashCount:
    """Put the books right by what a count found missing or over; only the last count of a box is booked.

    Raises Refused("same_person") for whoever counted, Refused("no_difference"), Refused("not_last_count"),
    Refused("already_booked"), Refused("box_empty"), Refused("busy").
    """
    current = _count(counted)
    if current.counted_by_id == by.pk:
        raise Refused(_("You counted; a second person books the difference."), code="same_person")
    if not current.difference_fen:
        raise Refused(_("This count has no difference."), code="no_difference")
    later = CashCount.objects.filter(box_id=current.box_id, pk__gt=current.pk)
    if later.exists():
        raise Refused(
            _("The box has been counted again since; look at the last count."), code="not_last_count"
        )
    fund, box = current.box.fund, current.box.account
    if current.difference_fen < 0:
        sides = {"debit": ledger.account(fund, AccountKind.CASH_SHORT), "credit": box}
    else:
        sides = {"debit": box, "credit": ledger.account(fund, AccountKind.CASH_OVER)}
    with system_scope("book the difference of a cash count", quiet=True):
        movement = ledger.post(
            fund=fund,
            kind=MovementKind.CASH_DIFFERENCE,
            **sides,
            amount_fen=abs(current.difference_fen),
            business_key=difference_key(current.pk),
            note=current.reason,
            by=by,
            now=now,
            must_be_new=True,
        )
    CashCount._base_manager.filter(pk=current.pk).update(booked_by=by, booked_at=now, movement=movement)
    after = {"difference_fen": current.difference_fen}
    trail.record("cash_box.difference_booked", by=by, obj=current, after=after, reason=current.reason, at=now)
    return _count(current)


def give_to_keeper(*, boxes: Collection[CashBox], to: User, by: User, now: datetime) -> int:
    """Let somebody else answer for cash boxes: every one of them, or none; returns how many.

    Both count before: Refused("count_first") unless a box was counted that day. Refused("keeper_unfit")
    for somebody who keeps no cash box at that station.
    """
    with acting_in(authority_of(to, now=now).reach("claims.keep_cash_box")):
        within_reach = CashBox.objects.filter(pk__in=[box.pk for box in boxes]).count()
    if within_reach < len(boxes):
        raise Refused(
            _("This person may not keep the cash box of that station."), code="keeper_unfit", field="to"
        )
    today = timezone.localdate(now)
    with transaction.atomic():
        for box in boxes:
            current = _box(box)
            if current.counted_at is None or timezone.localdate(current.counted_at) != today:
                raise Refused(_("Count the cash box first; both agree on what is in it."), code="count_first")
            CashBox._base_manager.filter(pk=current.pk).update(keeper=to)
            after = {"keeper": to.pk, "balance_fen": _balance(current)}
            trail.record("cash_box.keeper_changed", by=by, obj=current, after=after, at=now)
    return len(boxes)


def _box(box: CashBox) -> CashBox:
    found = CashBox.objects.filter(pk=box.pk).first()
    if found is None:
        raise Refused(_("There is no such cash box."), code="unknown_box")
    return found


def _float(cash: CashFloat) -> CashFloat:
    rows = CashFloat.objects.select_related("box__fund", "box__account", "box__station")
    found = rows.filter(pk=cash.pk).first()
    if found is None:
        raise Refused(_("There is no such cash box."), code="unknown_box")
    return found


def _count(counted: CashCount) -> CashCount:
    rows = CashCount.objects.select_related("box__fund", "box__account")
    found = rows.filter(pk=counted.pk).first()
    if found is None:
        raise Refused(_("There is no such cash box."), code="unknown_box")
    return found


def _lock(account_id: int) -> None:
    """Wait for payouts from this box that are under way, so that the balance read next is one that stands."""
    Account._base_manager.filter(pk=account_id).update(balance_fen=F("balance_fen"))


def _balance(box: CashBox) -> int:
    return Account._base_manager.values_list("balance_fen", flat=True).get(pk=box.account_id)


def _decided() -> Refused:
    return Refused(_("Somebody else has decided on this already."), code="float_decided")
