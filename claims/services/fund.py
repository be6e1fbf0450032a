"""The county's emergency fund: opened, filled by two people, paid back by liable parties, frozen."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Account, Deposit, Fund, Movement
from claims.models.fund import AccountKind, DepositState, MovementKind
from claims.rules.fund import deposit_key
from claims.services import ledger
from claims.services.recovery import checked_reference
from claims.services.transactions import money_move

REASON_SIGNS = 4


def open_fund(*, county_code: str, name: str, by: User, now: datetime) -> Fund:
    """Open the one fund of a county with its accounts, all empty.

    Raises Refused("fund_exists"), Refused("name_missing").
    """
    name = name.strip()
    if not name:
        raise Refused(_("Give the fund a name."), code="name_missing", field="name")
    try:
        with transaction.atomic():
            fund = Fund.objects.create(county_code=county_code, name=name, created_at=now)
            for kind in (AccountKind.CASH, AccountKind.BUDGET, AccountKind.WRITTEN_OFF):
                ledger.account(fund, kind)
            trail.record("fund.opened", by=by, obj=fund, after={"name": name}, at=now)
    except IntegrityError:
        raise Refused(_("This county has an emergency fund already."), code="fund_exists") from None
    return fund


def propose_deposit(*, fund: Fund, amount_fen: int, reference: str, by: User, now: datetime) -> Deposit:
    """Enter money that came in, with the bank's reference. It counts once a second person confirms it.

    Raises Refused("amount_invalid"), Refused("reference_missing"), Refused("reference_used").
    """
    ledger.check_amount(amount_fen)
    reference = checked_reference(reference)
    try:
        with transaction.atomic():
            deposit = Deposit.objects.create(
                fund=fund,
                county_code=fund.county_code,
                amount_fen=amount_fen,
                reference=reference,
                proposed_by=by,
                proposed_at=now,
            )
            trail.record("deposit.proposed", by=by, obj=deposit, after={"amount_fen": amount_fen}, at=now)
    except IntegrityError:
        raise Refused(
            _("A deposit with this bank reference has been entered already."),
            code="reference_used",
            field="reference",
        ) from None
    return deposit


@money_move
def confirm_deposit(*, deposit: Deposit, by: User, now: datetime) -> Movement:
    """Confirm that the money is there: it is booked and may be paid out from then on.

    Raises Refused("same_person") for the person who entered it, Refused("deposit_decided") when it was
    confirmed or cancelled before, Refused("busy").
    """
    current = Deposit.objects.select_related("fund").get(pk=deposit.pk)
    if current.proposed_by_id == by.pk:
        raise Refused(_("You entered this deposit; a second person has to confirm it."), code="same_person")
    _decide(current, state=DepositState.CONFIRMED, confirmed_by=by, confirmed_at=now)
    trail.record("deposit.confirmed", by=by, obj=current, after={"amount_fen": current.amount_fen}, at=now)
    return ledger.post(
        fund=current.fund,
        kind=MovementKind.DEPOSIT,
        debit=ledger.account(current.fund, AccountKind.CASH),
        credit=ledger.account(current.fund, AccountKind.BUDGET),
        amount_fen=current.amount_fen,
        business_key=deposit_key(current.pk),
        note=current.reference,
        by=by,
        now=now,
        must_be_new=True,
    )


@money_move
def cancel_deposit(*, deposit: Deposit, by: User, now: datetime) -> Deposit:
    """Cross out a deposit that nobody has confirmed; who entered it may do so too.

    Raises Refused("deposit_decided").
    """
    current = Deposit.objects.get(pk=deposit.pk)
    _decide(current, state=DepositState.CANCELLED)
    trail.record("deposit.cancelled", by=by, obj=current, after={"amount_fen": current.amount_fen}, at=now)
    return Deposit.objects.get(pk=deposit.pk)


@money_move
def set_frozen(*, fund: Fund, is_frozen: bool, reason: str, by: User, now: datetime) -> Fund:
    """Stop all payouts of a fund, or let them go on. Once this returns, no payout passes any more.

    Raises Refused("reason_missing"), Refused("already_so").
    """
    reason = reason.strip()
    if len(reason) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    changed = Fund._base_manager.filter(pk=fund.pk, is_frozen=not is_frozen).update(is_frozen=is_frozen)
    if not changed:
        raise Refused(_("Somebody else has done this already."), code="already_so")
    # Waits for the payouts that are under way: each holds this row.
    Account._base_manager.filter(fund_id=fund.pk, kind=AccountKind.CASH).update(balance_fen=F("balance_fen"))
    verb = "fund.frozen" if is_frozen else "fund.released"
    trail.record(verb, by=by, obj=fund, after={"is_frozen": is_frozen}, reason=reason, at=now)
    return Fund.objects.get(pk=fund.pk)


def _decide(deposit: Deposit, **changes) -> None:
    decided = Deposit._base_manager.filter(pk=deposit.pk, state=DepositState.PROPOSED).update(**changes)
    if not decided:
        raise Refused(_("Somebody else has decided on this deposit already."), code="deposit_decided")
