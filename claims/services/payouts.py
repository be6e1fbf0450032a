"""Bringing refunds to consumers: paid out once, followed until they arrive, paid again when they came back.

Rule: docs/rules/payouts.md. The compensation stays carried out whatever becomes of a payout; what failed is
money the fund has again and still owes. Rows are locked in one order: order line, limits of the day and the
month, accounts, the payout.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.web.queueing import enqueue
from claims.models import Account, Advance, BankAccount, Compensation, Fund, Movement, Payout
from claims.models.compensation import CompensationState, PayoutMethod
from claims.models.fund import AccountKind, FundKind, MovementKind
from claims.models.payouts import FailureReason
from claims.queries.policies import policy_for
from claims.rules import payouts as rule
from claims.rules.approval import Conflict
from claims.rules.fund import payout_key, reversal_key
from claims.rules.payouts import Channel, PayoutState, PayoutStep
from claims.services import ledger, limits, payout_notices
from claims.services.deciding import conflict_refusal
from claims.services.transactions import money_move
from stations.models import Party

WAITS = frozenset({"fund_missing", "fund_frozen", "fund_empty", "box_empty", "account_missing"})
"""Refusals of `pay` after which an approved refund waits, beside those of the limits."""

INSTRUCT = "aftersales.ops.tasks.instruct_payout"
REFERENCE_SIGNS = 40
NOTE_SIGNS = 200


def pay(compensation: Compensation, *, by: User, now: datetime) -> None:
    """Advance a refund from the county's fund; the liable party owes it from then on.

    Inside the caller's transaction. Cash comes out of the station's cash box where it has one. The limits
    count it, the movement is booked under the key of the claim and its round, and the first try begins.

    Raises Refused("fund_missing"), Refused("fund_frozen"), Refused("fund_empty"), Refused("box_empty"),
    Refused("account_missing") for a transfer without a bank account, and what `limits.spend` refuses.
    """
    claim = compensation.claim
    with system_scope("pay from the county's emergency fund", quiet=True):
        fund = Fund.objects.filter(county_code=claim.county_code, kind=FundKind.EMERGENCY).first()
        if fund is None:
            raise Refused(_("This county has no emergency fund yet."), code="fund_missing")
        channel = compensation.payout_method
        bank_account = _bank_account(channel, claim.consumer_id)
        advances = ledger.account(fund, AccountKind.ADVANCES, party=claim.liable_party)
        limits.spend(
            fund=fund,
            claim=claim,
            person=by,
            amount_fen=compensation.payable_fen,
            policy=policy_for(claim.county_code, timezone.localdate(now)),
            now=now,
        )
        movement = ledger.post(
            fund=fund,
            kind=MovementKind.ADVANCE,
            debit=advances,
            credit=_source(fund, claim.station_id, channel),
            amount_fen=compensation.payable_fen,
            business_key=payout_key(claim.pk, compensation.round),
            claim=claim,
            by=by,
            now=now,
        )
        _check_not_frozen(fund)
        Advance.objects.create(
            claim=claim,
            movement=movement,
            fund=fund,
            county_code=fund.county_code,
            party=claim.liable_party,
            amount_fen=compensation.payable_fen,
            advanced_at=now,
        )
        _begin(compensation, movement, channel, bank_account, attempt=1, by=by, now=now)


@money_move
def pay_again(*, payout: Payout, channel: str, by: User, now: datetime) -> Payout:
    """Pay what came back once more, by the same or another way: a new try, and the fund owes it no longer.

    A transfer goes to the bank account that is in use for the consumer now. The limits counted the refund
    when it was first paid and do not count it again.

    Raises Refused("payout_moved") unless this is the last try and came back, Refused("channel_unknown"),
    Refused("conflict") for the person who gains from it, Refused("taken_back") when the compensation no
    longer counts, and what `pay` refuses about money.
    """
    if channel not in PayoutMethod.values:
        raise Refused(_("Choose how it is paid."), code="channel_unknown", field="channel")
    current = read(payout)
    compensation = current.compensation
    if compensation.claim.consumer.user_id == by.pk:
        raise conflict_refusal(Conflict.BENEFITS_THEMSELVES)
    if compensation.state != CompensationState.EXECUTED:
        raise Refused(_("This compensation was taken back; nothing is owed any more."), code="taken_back")
    with system_scope("pay a refund again", quiet=True):
        is_last = not Payout.objects.filter(compensation=compensation, attempt__gt=current.attempt).exists()
        if not (current.came_back and is_last):
            raise _moved(current)
        attempt = current.attempt + 1
        movement = ledger.post(
            fund=current.fund,
            kind=MovementKind.PAID_AGAIN,
            debit=ledger.account(current.fund, AccountKind.UNPAID),
            credit=_source(current.fund, current.station_id, channel),
            amount_fen=current.amount_fen,
            business_key=rule.paid_again_key(compensation.pk, attempt),
            claim=compensation.claim,
            by=by,
            now=now,
            must_be_new=True,
        )
        _check_not_frozen(current.fund)
        account = _bank_account(channel, compensation.claim.consumer_id)
        again = _begin(compensation, movement, channel, account, attempt=attempt, by=by, now=now)
    trail.record(
        "payout.paid_again",
        by=by,
        obj=again,
        after={"attempt": attempt, "channel": channel, "amount_fen": again.amount_fen},
        at=now,
    )
    return again


@money_move
def fail(*, payout: Payout, reason: str, note: str = "", by: User, now: datetime) -> Payout:
    """The money did not arrive, or came back after it had: the fund has it again and still owes it.

    Raises Refused("reason_unknown"), Refused("payout_moved"), Refused("already_booked"), Refused("busy").
    """
    if reason not in FailureReason.values:
        raise Refused(_("Choose why it did not arrive."), code="reason_unknown", field="reason")
    current = read(payout)
    step = PayoutStep.RETURN if current.state == PayoutState.CONFIRMED else PayoutStep.FAIL
    if rule.to_state(step, current.state) is None:
        raise _moved(current)
    with system_scope("book a payout that came back", quiet=True):
        known = Movement.objects.filter(business_key__startswith=f"{rule.returned_key(current.pk)}:")
        back = ledger.post(
            fund=current.fund,
            kind=MovementKind.RETURNED,
            debit=current.movement.credit,
            credit=ledger.account(current.fund, AccountKind.UNPAID),
            amount_fen=current.amount_fen,
            business_key=f"{rule.returned_key(current.pk)}:{known.count() + 1}",
            claim=current.claim,
            by=by,
            now=now,
            must_be_new=True,
        )
    changes = {"reason": reason, "note": note.strip()[:NOTE_SIGNS], "back": back}
    failed = _step(current, step, settled_at=now, settled_by=by, **changes)
    trail.record(
        f"payout.{failed.state}",
        by=by,
        obj=failed,
        before={"state": current.state},
        after={"state": failed.state, "reason": reason, "amount_fen": failed.amount_fen},
        at=now,
    )
    payout_notices.came_back(failed, now=now)
    return failed


@money_move
def confirm(
    *, payout: Payout, reference: str = "", arrived_at: datetime | None = None, by: User, now: datetime
) -> Payout:
    """The bank or the platform says that the money has arrived, and perhaps when.

    Raises Refused("payout_moved").
    """
    current = read(payout)
    reference = " ".join(reference.split())[:REFERENCE_SIGNS]
    confirmed = _step(current, PayoutStep.CONFIRM, settled_at=now, settled_by=by, reference=reference)
    facts = {"arrived_at": arrived_at.isoformat()} if arrived_at else {}
    return _recorded(confirmed, "payout.confirmed", before=current, facts=facts, by=by, now=now)


@money_move
def instruct(*, payout: Payout, reference: str = "", by: User, now: datetime) -> Payout:
    """Note that the platform was told to pay a refund back. Raises Refused("payout_moved")."""
    current = read(payout)
    reference = " ".join(reference.split())[:REFERENCE_SIGNS]
    told = _step(current, PayoutStep.INSTRUCT, instructed_at=now, reference=reference)
    return _recorded(told, "payout.instructed", before=current, by=by, now=now)


@money_move
def note_signature(*, payout: Payout, by: User, now: datetime) -> Payout:
    """The consumer has signed the receipt for cash, and the paper is in the station's file; once.

    Raises Refused("not_cash"), Refused("already_signed").
    """
    current = read(payout)
    if current.state != PayoutState.HANDED_OVER:
        raise Refused(_("Only cash that was handed over has a signed receipt."), code="not_cash")
    signed = Payout._base_manager.filter(pk=current.pk, signed_at__isnull=True)
    if not signed.update(signed_at=now, signed_by=by):
        raise Refused(_("The signature has been noted already."), code="already_signed")
    return _recorded(read(current), "payout.receipt_signed", before=current, by=by, now=now)


def take_back(compensation: Compensation, *, note: str, by: User, now: datetime) -> None:
    """Counter-entries for all that came after the advance: payments first, so that nothing runs short.

    Inside the transaction in which the advance itself was taken back.
    """
    tries = list(
        Payout._base_manager.filter(compensation=compensation)
        .select_related("fund", "movement__debit", "movement__credit", "back__debit", "back__credit")
        .order_by("-attempt")
    )
    again = [each.movement for each in tries if each.movement.kind == MovementKind.PAID_AGAIN]
    for movement in [*again, *(each.back for each in tries if each.back_id)]:
        ledger.post(
            fund=tries[0].fund,
            kind=MovementKind.REVERSAL,
            debit=movement.credit,
            credit=movement.debit,
            amount_fen=movement.amount_fen,
            business_key=reversal_key(movement.pk),
            reverses=movement,
            claim=compensation.claim,
            note=note,
            by=by,
            now=now,
            must_be_new=True,
        )
    Payout._base_manager.filter(compensation=compensation).update(state=PayoutState.TAKEN_BACK)


def arrived_after_all(movement: Movement) -> None:
    """Undo that a payout came back, because its booking is taken back: it has arrived.

    Inside the transaction of the counter-entry. Raises Refused("paid_again_meanwhile").
    """
    current = Payout._base_manager.get(back=movement)
    later = Payout._base_manager.filter(compensation_id=current.compensation_id, attempt__gt=current.attempt)
    if later.exists():
        raise Refused(
            _("This refund has been paid again meanwhile; the consumer would have it twice."),
            code="paid_again_meanwhile",
        )
    arrived = Payout._base_manager.filter(pk=current.pk, back=movement, state__in=rule.CAME_BACK)
    if not arrived.update(state=PayoutState.CONFIRMED, back=None, reason="", note=""):
        raise _moved(current)


def read(payout: Payout) -> Payout:
    """The row as it stands, with what the steps look at. Raises Refused("unknown_payout")."""
    rows = Payout.objects.select_related(
        "compensation__claim__consumer", "claim__station", "fund", "movement__credit", "batch"
    )
    found = rows.filter(pk=payout.pk).first()
    if found is None:
        raise Refused(_("There is no such payout."), code="unknown_payout")
    return found


def gateway_of(platform: Party | None) -> dict[str, str]:
    """Address and secret at which a platform takes orders to pay back; empty where a person tells it."""
    return settings.PAYOUT_GATEWAYS.get(platform.name, {}) if platform is not None else {}


def _source(fund: Fund, station_id: int, channel: str) -> Account:
    """The account the money leaves: the station's box for cash where it has one, else the fund's cash."""
    if channel == Channel.CASH:
        boxes = Account.objects.filter(fund=fund, kind=AccountKind.CASH_BOX, station_id=station_id)
        if box := boxes.first():
            return box
    return ledger.account(fund, AccountKind.CASH)


def _bank_account(channel: str, consumer_id: int) -> BankAccount | None:
    if channel != Channel.BANK:
        return None
    found = BankAccount.objects.filter(consumer_id=consumer_id, ended_at__isnull=True).first()
    if found is None:
        raise Refused(
            _("There is no bank account yet to which it could be transferred."), code="account_missing"
        )
    return found


def _check_not_frozen(fund: Fund) -> None:
    """Asked after a balance has moved: freezing waits for that row, so no payout slips past it."""
    if Fund.objects.filter(pk=fund.pk, is_frozen=True).exists():
        raise Refused(_("The emergency fund is frozen; nothing is paid out."), code="fund_frozen")


def _begin(compensation, movement, channel, account, *, attempt, by, now) -> Payout:
    begun = Payout.objects.create(
        compensation=compensation,
        claim=compensation.claim,
        fund=movement.fund,
        station_id=compensation.station_id,
        county_code=compensation.county_code,
        attempt=attempt,
        channel=channel,
        number=rule.payout_number(compensation.receipt_number, attempt),
        amount_fen=movement.amount_fen,
        state=rule.FIRST_STATE[Channel(channel)],
        account=account,
        movement=movement,
        made_by=by,
        made_at=now,
    )
    if channel == Channel.ORIGINAL and gateway_of(compensation.claim.order_line.order.platform):
        enqueue(INSTRUCT, begun.pk, key=begun.number)
    return begun


def _step(current: Payout, step: PayoutStep, **changes) -> Payout:
    """One conditional UPDATE from the state that was looked at; raises Refused("payout_moved")."""
    goes_to = rule.to_state(step, current.state)
    rows = Payout._base_manager.filter(pk=current.pk, state=current.state)
    if goes_to is None or not rows.update(state=goes_to, **changes):
        raise _moved(current)
    return read(current)


def _recorded(
    payout: Payout,
    verb: str,
    *,
    before: Payout,
    facts: Mapping[str, str] | None = None,
    by: User,
    now: datetime,
) -> Payout:
    after = {"state": payout.state, "channel": payout.channel, **(facts or {})}
    trail.record(verb, by=by, obj=payout, before={"state": before.state}, after=after, at=now)
    return payout


def _moved(payout: Payout) -> Refused:
    return Refused(
        _("This is not possible for this payout (any more). It stands at: %(state)s.")
        % {"state": payout.get_state_display()},
        code="payout_moved",
    )
