"""The only place that writes movements and moves balances. Rule: docs/rules/fund.md, section 1."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.lib.money import MAX_FEN
from claims.models import Account, Advance, Claim, Fund, Movement
from claims.models.fund import AccountKind
from claims.queries.fund import facts_of
from claims.rules.fund import GROWS_BY_CREDIT, digest
from claims.services import low_balance
from stations.models import Party, Station

NOTE_SIGNS = 200

SAYS = (
    "fund_id",
    "kind",
    "debit_id",
    "credit_id",
    "amount_fen",
    "reverses_id",
    "settles_id",
    "claim_id",
)
"""What must agree for two postings under one key to be the same one."""


def post(
    *,
    fund: Fund,
    kind: str,
    debit: Account,
    credit: Account,
    amount_fen: int,
    business_key: str,
    by: User,
    now: datetime,
    claim: Claim | None = None,
    note: str = "",
    reverses: Movement | None = None,
    settles: Advance | None = None,
    must_be_new: bool = False,
) -> Movement:
    """Move an amount from the credit account to the debit account, once per business key.

    Writes one row and moves both balances inside the caller's transaction. The same key with the same
    content returns the first movement and moves nothing; with `must_be_new` it raises
    Refused("already_booked") instead, for callers that have more to undo.

    Raises Refused("key_used") for a known key with other content, Refused("amount_invalid") unless the
    amount is whole fen above zero, Refused("fund_empty"), Refused("box_empty") or Refused("balance_short")
    when an account would go below zero.
    """
    check_amount(amount_fen)
    if fund.pk != debit.fund_id or fund.pk != credit.fund_id:
        raise ValueError("Both accounts of a movement belong to its fund.")
    movement = Movement(
        fund=fund,
        county_code=fund.county_code,
        kind=kind,
        debit=debit,
        credit=credit,
        amount_fen=amount_fen,
        business_key=business_key,
        reverses=reverses,
        settles=settles,
        claim=claim,
        note=note[:NOTE_SIGNS],
        by=by,
        at=now,
    )
    movement.digest = digest(facts_of(movement))
    try:
        with transaction.atomic():
            movement.save(force_insert=True)
    except IntegrityError:
        if Fund._base_manager.filter(pk=fund.pk, closed_before__gt=now).exists():
            raise Refused(_("The books of that month are closed."), code="month_closed") from None
        if must_be_new:
            raise Refused(_("This has been booked already."), code="already_booked") from None
        first = _first_of(movement)
        if first is None:
            raise
        return first
    for side in sorted((debit, credit), key=lambda each: each.pk):
        _move_balance(side, grows=(side == debit) != (side.kind in GROWS_BY_CREDIT), movement=movement)
    low_balance.watch(movement=movement, now=now)
    trail.record(
        "movement.posted",
        by=by,
        obj=movement,
        after={
            "kind": str(kind),
            "amount_fen": amount_fen,
            "debit": debit.pk,
            "credit": credit.pk,
            "digest": movement.digest,
        },
        at=now,
    )
    return movement


def account(fund: Fund, kind: str, *, party: Party | None = None, station: Station | None = None) -> Account:
    """The account of a fund for a kind, a liable party or the station of a cash box; opened when it is asked
    for the first time."""
    with system_scope("account of the fund", quiet=True):
        found, _created = Account.objects.get_or_create(
            fund=fund, kind=kind, party=party, station=station, defaults={"county_code": fund.county_code}
        )
    return found


def check_amount(amount_fen: int) -> None:
    """Raise Refused("amount_invalid") unless this is a whole number of fen above zero."""
    if type(amount_fen) is not int or not 0 < amount_fen <= MAX_FEN:
        raise Refused(_("Enter an amount above zero."), code="amount_invalid", field="amount_fen")


def _first_of(movement: Movement) -> Movement | None:
    """What stands under the key already; None when it was refused for another reason."""
    with system_scope("movement under a business key", quiet=True):
        first = Movement.objects.filter(business_key=movement.business_key).first()
    if first is not None and any(getattr(first, name) != getattr(movement, name) for name in SAYS):
        raise Refused(_("This reference is already used for another booking."), code="key_used")
    return first


def _move_balance(account: Account, *, grows: bool, movement: Movement) -> None:
    """One conditional UPDATE, past the scope: its condition must be looked at again after a wait."""
    amount = movement.amount_fen
    row = Account._base_manager.filter(pk=account.pk)
    if grows:
        row.update(balance_fen=F("balance_fen") + amount)
        return
    if row.filter(balance_fen__gte=amount).update(balance_fen=F("balance_fen") - amount):
        return
    if account.kind == AccountKind.CASH:
        raise Refused(
            _("The emergency fund does not hold enough money for this."),
            code="fund_empty",
            details={"amount_fen": amount},
        )
    if account.kind == AccountKind.CASH_BOX:
        raise Refused(
            _("The station's cash box does not hold enough money for this."),
            code="box_empty",
            details={"amount_fen": amount},
        )
    raise Refused(
        _("This account does not hold enough for the booking."),
        code="balance_short",
        details={"amount_fen": amount},
    )
