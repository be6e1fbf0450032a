"""Money back from liable parties, and which party owes an advance. Rule: docs/rules/recovery.md."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Account, Advance, BankReceipt, Claim, Fund, Movement
from claims.models.fund import AccountKind, MovementKind
from claims.queries.fund import open_advances
from claims.rules.fund import recovery_key
from claims.rules.recovery import moved_key, spread
from claims.services import demands, ledger
from claims.services.transactions import money_move
from stations.models import Party

REFERENCE_SIGNS = 40
REASON_SIGNS = 4


def account_of(advance: Advance) -> Account:
    """The account on which an advance is owed now: that of its party, wherever it was paid out to."""
    return ledger.account(advance.fund, AccountKind.ADVANCES, party=advance.party)


@money_move
def recover(*, advance: Advance, amount_fen: int, reference: str, by: User, now: datetime) -> Movement:
    """Book what a liable party has paid back of an advance, with the bank's reference.

    The same reference and amount again return the first movement. Raises Refused("over_open") for more
    than is open, Refused("amount_invalid"), Refused("reference_missing"), Refused("reference_used") for the
    reference of a payment that was spread over several advances, Refused("key_used"), Refused("busy").
    """
    ledger.check_amount(amount_fen)
    reference = checked_reference(reference)
    current = Advance.objects.select_related("fund", "party", "claim").get(pk=advance.pk)
    known = Movement.objects.filter(business_key=recovery_key(current.pk, reference)).first()
    if known is not None:
        if known.amount_fen != amount_fen:
            raise Refused(_("This reference is already used for another booking."), code="key_used")
        return known
    if BankReceipt.objects.filter(fund=current.fund, reference=reference).exists():
        raise _reference_used()
    _take(current, amount_fen)
    movement = _post(current, amount_fen, reference, by=by, now=now)
    demands.restate([current.pk], by=by, now=now)
    return movement


@money_move
def book_receipt(
    *,
    fund: Fund,
    party: Party,
    amount_fen: int,
    reference: str,
    expected: Sequence[Sequence[int]] | None = None,
    by: User,
    now: datetime,
) -> BankReceipt:
    """Book one payment of a party over its open advances, the oldest first.

    `expected` are the parts somebody has looked at and confirmed, as `plan` gave them. The same reference,
    party and amount again return the first receipt.

    Raises Refused("over_open") for more than the party owes, Refused("plan_changed") when the parts would
    not be the ones expected any more, Refused("reference_used"), Refused("reference_missing"),
    Refused("amount_invalid"), Refused("busy").
    """
    ledger.check_amount(amount_fen)
    reference = checked_reference(reference)
    # Payments of one party wait for each other here, so that each is spread over what the last one left.
    advances = list(_open_of(fund, party).select_for_update(of=("self",), no_key=True))
    known = BankReceipt.objects.filter(fund=fund, reference=reference).first()
    if known is not None:
        if (known.party_id, known.amount_fen) != (party.pk, amount_fen):
            raise _reference_used()
        return known
    if Movement.objects.filter(fund=fund, kind=MovementKind.RECOVERY, note=reference).exists():
        raise _reference_used()
    shares = _spread_over(advances, amount_fen)
    parts = [[advance.pk, share] for advance, share in shares]
    if expected is not None and parts != [list(each) for each in expected]:
        raise Refused(
            _("What this party owes has changed meanwhile. Look at the parts again."), code="plan_changed"
        )
    try:
        with transaction.atomic():
            receipt = BankReceipt.objects.create(
                fund=fund,
                county_code=fund.county_code,
                party=party,
                reference=reference,
                amount_fen=amount_fen,
                parts=parts,
                booked_by=by,
                booked_at=now,
            )
    except IntegrityError:
        raise _reference_used() from None
    # All advances before the first account: a single recovery locks its advance first, too.
    for advance, share in shares:
        _take(advance, share)
    for advance, share in shares:
        _post(advance, share, reference, by=by, now=now)
    trail.record(
        "receipt.booked",
        by=by,
        obj=receipt,
        after={"amount_fen": amount_fen, "party": party.pk, "advances": len(parts)},
        at=now,
    )
    demands.restate([advance.pk for advance, _share in shares], by=by, now=now)
    return receipt


def plan(*, fund: Fund, party: Party, amount_fen: int) -> list[tuple[Advance, int]]:
    """Which advances a payment would settle and by how much, the oldest first; none gets zero.

    Raises Refused("over_open") for more than the party owes the fund, with `open_fen` in the details.
    """
    return _spread_over(list(_open_of(fund, party)), amount_fen)


@money_move
def name_party(*, advance: Advance, party: Party, reason: str, by: User, now: datetime) -> Movement:
    """Say who owes an advance that nobody in particular owed so far.

    Raises Refused("party_known") when somebody does: then it takes a dispute. Also what `move` raises.
    """
    current = Advance.objects.select_related("fund", "party", "claim").get(pk=advance.pk)
    if current.party_id is not None:
        raise Refused(
            _("A liable party is named already. To change it, enter its objection and have it decided."),
            code="party_known",
        )
    return move(current, to=party, reason=reason, by=by, now=now)


def move(advance: Advance, *, to: Party, reason: str, by: User, now: datetime) -> Movement:
    """Move what is open on an advance to another party's account, inside the caller's money move.

    What the first party has paid back stays with it. The claim names the new party from then on; the advance
    leaves the demand it is in.

    Raises Refused("reason_missing"), Refused("same_party"), Refused("nothing_open"),
    Refused("changed_meanwhile").
    """
    reason = reason.strip()
    if len(reason) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    if to.pk == advance.party_id:
        raise Refused(_("This party owes it already."), code="same_party", field="party")
    open_fen = advance.open_fen
    if not open_fen:
        raise Refused(_("Nothing is open on this advance."), code="nothing_open")
    before = account_of(advance)
    _give(advance, to)
    turn = 1 + Movement.objects.filter(settles=advance, kind=MovementKind.MOVED).count()
    movement = ledger.post(
        fund=advance.fund,
        kind=MovementKind.MOVED,
        debit=ledger.account(advance.fund, AccountKind.ADVANCES, party=to),
        credit=before,
        amount_fen=open_fen,
        business_key=moved_key(advance.pk, turn),
        settles=advance,
        claim=advance.claim,
        note=reason,
        by=by,
        now=now,
        must_be_new=True,
    )
    _follow_on_claim(advance, to, reason=reason, by=by, now=now)
    demands.drop([advance.pk], now=now)
    demands.restate([advance.pk], by=by, now=now)
    return movement


def undo_recovery(movement: Movement, *, by: User, now: datetime) -> None:
    """Open an advance again by a recovery that is being taken back.

    Raises Refused("moved_meanwhile") when the advance is owed by another party since.
    """
    advance = Advance._base_manager.select_related("fund", "party").get(pk=movement.settles_id)
    check_same_party(advance, movement.credit)
    reopened = Advance._base_manager.filter(
        pk=advance.pk, party=advance.party_id, recovered_fen__gte=movement.amount_fen
    ).update(recovered_fen=F("recovered_fen") - movement.amount_fen)
    if not reopened:
        raise RuntimeError(f"Advance of movement {movement.pk} holds less than was recovered on it.")
    demands.restate([advance.pk], by=by, now=now)


def undo_move(movement: Movement, *, reason: str, by: User, now: datetime) -> None:
    """Give an advance back to the party it was moved away from.

    Raises Refused("recovered_meanwhile") when the other party has paid something since (that is taken back
    first), Refused("moved_meanwhile") when it was moved on.
    """
    advance = Advance._base_manager.select_related("fund", "party", "claim").get(pk=movement.settles_id)
    check_same_party(advance, movement.debit)
    if advance.open_fen != movement.amount_fen:
        raise Refused(
            _("Part of this payout has been recovered. Take that recovery back first."),
            code="recovered_meanwhile",
        )
    party = movement.credit.party
    _give(advance, party)
    _follow_on_claim(advance, party, reason=reason, by=by, now=now)
    demands.drop([advance.pk], now=now)
    demands.restate([advance.pk], by=by, now=now)


def check_same_party(advance: Advance, account: Account) -> None:
    """Raise Refused("moved_meanwhile") unless an advance is still owed on this account."""
    if advance.party_id != account.party_id:
        raise Refused(
            _("This advance was moved to another party since. Take that move back first."),
            code="moved_meanwhile",
        )


def checked_reference(text: str) -> str:
    """A bank reference without outer blanks. Raises Refused("reference_missing")."""
    text = text.strip()
    if not text or len(text) > REFERENCE_SIGNS:
        raise Refused(
            _("Enter the bank's reference, at most %(limit)s characters.") % {"limit": REFERENCE_SIGNS},
            code="reference_missing",
            field="reference",
        )
    return text


def _open_of(fund: Fund, party: Party) -> QuerySet[Advance]:
    return open_advances().filter(fund=fund, party=party).select_related("fund", "party", "claim")


def _spread_over(advances: Sequence[Advance], amount_fen: int) -> list[tuple[Advance, int]]:
    owed = sum(advance.open_fen for advance in advances)
    if amount_fen > owed:
        raise Refused(
            _("No more can be recovered than is still open."),
            code="over_open",
            field="amount_fen",
            details={"open_fen": owed},
        )
    shares = spread(amount_fen, [advance.open_fen for advance in advances])
    return [(advance, share) for advance, share in zip(advances, shares, strict=True) if share]


def _take(advance: Advance, amount_fen: int) -> None:
    """Count an amount as recovered, if that much is open and the same party still owes it."""
    returned = Advance._base_manager.filter(
        pk=advance.pk,
        party=advance.party_id,
        reversed_at__isnull=True,
        recovered_fen__lte=F("amount_fen") - F("written_off_fen") - amount_fen,
    ).update(recovered_fen=F("recovered_fen") + amount_fen)
    if not returned:
        raise Refused(
            _("No more can be recovered than is still open."),
            code="over_open",
            field="amount_fen",
            details={"open_fen": Advance._base_manager.get(pk=advance.pk).open_fen},
        )


def _post(advance: Advance, amount_fen: int, reference: str, *, by: User, now: datetime) -> Movement:
    return ledger.post(
        fund=advance.fund,
        kind=MovementKind.RECOVERY,
        debit=ledger.account(advance.fund, AccountKind.CASH),
        credit=account_of(advance),
        amount_fen=amount_fen,
        business_key=recovery_key(advance.pk, reference),
        settles=advance,
        claim=advance.claim,
        note=reference,
        by=by,
        now=now,
        must_be_new=True,
    )


def _give(advance: Advance, party: Party | None) -> None:
    """Let another party owe the advance, if nothing on it has changed since it was read."""
    given = Advance._base_manager.filter(
        pk=advance.pk,
        party=advance.party_id,
        recovered_fen=advance.recovered_fen,
        written_off_fen=advance.written_off_fen,
        reversed_at__isnull=True,
    ).update(party=party)
    if not given:
        raise Refused(
            _("Something was booked on this advance meanwhile. Look at it again."), code="changed_meanwhile"
        )


def _follow_on_claim(advance: Advance, party: Party | None, *, reason: str, by: User, now: datetime) -> None:
    """The claim's later payouts are owed by the same party as its advance."""
    Claim._base_manager.filter(pk=advance.claim_id, liable_party=advance.party_id).update(liable_party=party)
    trail.record(
        "advance.moved",
        by=by,
        obj=advance,
        before={"party": advance.party_id},
        after={"party": party.pk if party else None, "amount_fen": advance.open_fen},
        reason=reason,
        at=now,
    )


def _reference_used() -> Refused:
    return Refused(
        _("This bank reference is booked already."),
        code="reference_used",
        field="reference",
    )
