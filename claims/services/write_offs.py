"""Giving up what a liable party will not pay back: one person proposes, another one confirms.

Rule: docs/rules/fund.md, section 6.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Advance, Fund, Movement, WriteOff, WriteOffLine
from claims.models.fund import AccountKind, MovementKind
from claims.models.write_offs import WriteOffState
from claims.rules.fund import write_off_key
from claims.services import demands, ledger
from claims.services.transactions import money_move

REASON_SIGNS = 4
MOST_LINES = 200


def propose(*, fund: Fund, advances: Sequence[Advance], reason: str, by: User, now: datetime) -> WriteOff:
    """Propose to give up all that is open of these advances of one party. Nothing is booked yet.

    Raises Refused("nothing_chosen"), Refused("too_many") above 200 advances, Refused("reason_missing"),
    Refused("mixed_parties") for advances of several parties or funds, Refused("not_open") for one of which
    nothing is open, Refused("already_proposed") for one that another open proposal names.
    """
    reason = reason.strip()
    if len(reason) < REASON_SIGNS:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    if not advances:
        raise Refused(_("Choose at least one advance."), code="nothing_chosen", field="advances")
    if len(advances) > MOST_LINES:
        raise Refused(
            _("Choose at most %(limit)s advances at a time.") % {"limit": MOST_LINES},
            code="too_many",
            field="advances",
        )
    with transaction.atomic():
        current = list(
            Advance.objects.filter(pk__in=[each.pk for each in advances], fund=fund)
            .select_for_update(of=("self",), no_key=True)
            .order_by("pk")
        )
        parties = {each.party_id for each in current}
        if len(parties) != 1 or len(current) != len(advances):
            raise Refused(
                _("A write-off is about the advances of one liable party."),
                code="mixed_parties",
                field="advances",
            )
        if not all(each.open_fen for each in current):
            raise Refused(
                _("Nothing is open any more of one of these advances. Reload and choose again."),
                code="not_open",
                field="advances",
            )
        if WriteOffLine.objects.filter(advance__in=current, write_off__state=WriteOffState.PROPOSED).exists():
            raise Refused(
                _("One of these advances is in a proposal that waits already."),
                code="already_proposed",
                field="advances",
            )
        write_off = WriteOff.objects.create(
            fund=fund,
            county_code=fund.county_code,
            party_id=parties.pop(),
            reason=reason[: WriteOff._meta.get_field("reason").max_length],
            proposed_by=by,
            proposed_at=now,
        )
        WriteOffLine.objects.bulk_create(
            WriteOffLine(
                write_off=write_off,
                county_code=fund.county_code,
                advance=each,
                amount_fen=each.open_fen,
            )
            for each in current
        )
        trail.record(
            "write_off.proposed",
            by=by,
            obj=write_off,
            after={"advances": len(current), "amount_fen": sum(each.open_fen for each in current)},
            reason=reason,
            at=now,
        )
    return write_off


@money_move
def confirm(*, write_off: WriteOff, by: User, now: datetime) -> WriteOff:
    """Book a proposal: each advance is closed and its sum goes to the account of what will not come back.

    Raises Refused("same_person") for the person who proposed it, Refused("write_off_decided") when it was
    confirmed or cancelled before, Refused("open_changed") when something has come back of an advance, or
    its party has changed, since it was proposed, Refused("busy").
    """
    current = WriteOff.objects.select_related("fund", "party").get(pk=write_off.pk)
    if current.proposed_by_id == by.pk:
        raise Refused(_("You proposed this; a second person has to confirm it."), code="same_person")
    lines = list(
        WriteOffLine.objects.filter(write_off=current).select_related("advance__claim").order_by("advance_id")
    )
    _decide(current, state=WriteOffState.CONFIRMED, decided_by=by, decided_at=now)
    for line in lines:
        _give_up(line, current)
    written_off = ledger.account(current.fund, AccountKind.WRITTEN_OFF)
    owed = ledger.account(current.fund, AccountKind.ADVANCES, party=current.party)
    for line in lines:
        ledger.post(
            fund=current.fund,
            kind=MovementKind.WRITE_OFF,
            debit=written_off,
            credit=owed,
            amount_fen=line.amount_fen,
            business_key=write_off_key(line.pk),
            settles=line.advance,
            claim=line.advance.claim,
            note=current.reason,
            by=by,
            now=now,
            must_be_new=True,
        )
    demands.restate([line.advance_id for line in lines], by=by, now=now)
    trail.record(
        "write_off.confirmed",
        by=by,
        obj=current,
        after={"advances": len(lines), "amount_fen": sum(line.amount_fen for line in lines)},
        at=now,
    )
    return WriteOff.objects.get(pk=write_off.pk)


@money_move
def cancel(*, write_off: WriteOff, by: User, now: datetime) -> WriteOff:
    """Drop a proposal that nobody has confirmed; who made it may do so too.

    Raises Refused("write_off_decided").
    """
    current = WriteOff.objects.get(pk=write_off.pk)
    _decide(current, state=WriteOffState.CANCELLED, decided_by=by, decided_at=now)
    trail.record("write_off.cancelled", by=by, obj=current, at=now)
    return WriteOff.objects.get(pk=write_off.pk)


def key_of(line: WriteOffLine) -> str:
    """The business key of the movement that books a line."""
    return write_off_key(line.pk)


def undo(movement: Movement) -> None:
    """Open an advance again by what one write-off took of it; its counter-entry is booked by the caller."""
    reopened = Advance._base_manager.filter(
        pk=movement.settles_id, written_off_fen__gte=movement.amount_fen
    ).update(written_off_fen=F("written_off_fen") - movement.amount_fen)
    if not reopened:
        raise RuntimeError(f"Advance of movement {movement.pk} holds less than was written off of it.")


def _give_up(line: WriteOffLine, write_off: WriteOff) -> None:
    given_up = Advance._base_manager.filter(
        pk=line.advance_id,
        party_id=write_off.party_id,
        reversed_at__isnull=True,
        amount_fen=F("recovered_fen") + F("written_off_fen") + line.amount_fen,
    ).update(written_off_fen=F("written_off_fen") + line.amount_fen)
    if not given_up:
        raise Refused(
            _("What is open of claim %(number)s has changed meanwhile. Cancel this and propose it anew.")
            % {"number": line.advance.claim.number},
            code="open_changed",
        )


def _decide(write_off: WriteOff, **changes) -> None:
    decided = WriteOff._base_manager.filter(pk=write_off.pk, state=WriteOffState.PROPOSED).update(**changes)
    if not decided:
        raise Refused(_("Somebody else has decided on this write-off already."), code="write_off_decided")
