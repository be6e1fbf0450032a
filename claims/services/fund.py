"""The funds of a county: opened, named, filled by two people, frozen."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Account, Deposit, Fund, Movement
from claims.models.fund import AccountKind, DepositState, FundKind, MovementKind
from claims.rules.fund import deposit_key
from claims.services import ledger, low_balance
from claims.services.recovery import checked_reference
from claims.services.transactions import money_move

REASON_SIGNS = 4


def open_fund(
    *, county_code: str, name: str, by: User, now: datetime, kind: str = FundKind.EMERGENCY
) -> Fund:
    """Open the fund of a kind that a county may have one of, with its accounts, all empty.

    Raises Refused("fund_exists"), Refused("name_missing").
    """
    name = _name(name)
    try:
        with transaction.atomic():
            fund = Fund.objects.create(county_code=county_code, kind=kind, name=name, created_at=now)
            for kind in (AccountKind.CASH, AccountKind.BUDGET, AccountKind.WRITTEN_OFF):
                ledger.account(fund, kind)
            trail.record("fund.opened", by=by, obj=fund, after={"kind": str(kind), "name": name}, at=now)
    except IntegrityError:
        raise Refused(
            _("This county has a fund of this kind already."), code="fund_exists", field="kind"
        ) from None
    return fund


@money_move
def change_fund(*, fund: Fund, name: str, low_balance_fen: int, by: User, now: datetime) -> Fund:
    """Give a fund another name, or let it warn below another amount, in fen. 0: it never warns.

    Whoever raises the amount above the balance is told at once, like everybody who keeps the fund. Raises
    Refused("name_missing"), Refused("already_so").
    """
    name = _name(name)
    current = Fund.objects.get(pk=fund.pk)
    before = {"name": current.name, "low_balance_fen": current.low_balance_fen}
    after = {"name": name, "low_balance_fen": low_balance_fen}
    if before == after:
        raise Refused(_("Nothing has changed."), code="already_so")
    Fund._base_manager.filter(pk=fund.pk).update(**after)
    trail.record("fund.changed", by=by, obj=current, before=before, after=after, at=now)
    changed = Fund.objects.get(pk=fund.pk)
    cash = ledger.account(changed, AccountKind.CASH)
    low_balance.rise(changed, cash=cash.pk)
    low_balance.fall(changed, cash=cash.pk, now=now)
    return changed


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
    # Waits for the payouts that are under way: each holds one of these rows.
    paying = (AccountKind.CASH, AccountKind.CASH_BOX)
    Account._base_manager.filter(fund_id=fund.pk, kind__in=paying).update(balance_fen=F("balance_fen"))
    verb = "fund.frozen" if is_frozen else "fund.released"
    trail.record(verb, by=by, obj=fund, after={"is_frozen": is_frozen}, reason=reason, at=now)
    return Fund.objects.get(pk=fund.pk)


def _name(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refused(_("Give the fund a name."), code="name_missing", field="name")
    return text[: Fund._meta.get_field("name").max_length]


def _decide(deposit: Deposit, **changes) -> None:
    decided = Deposit._base_manager.filter(pk=deposit.pk, state=DepositState.PROPOSED).update(**changes)
    if not decided:
        raise Refused(_("Somebody else has decided on this deposit already."), code="deposit_decided")
