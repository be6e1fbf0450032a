"""Monthly statements of providers: prepared, sent, agreed or disputed, paid once. docs/rules/providers.md."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Fund, Movement, ProviderOrder, ProviderStatement
from claims.models.fund import AccountKind, MovementKind
from claims.queries import statements as reading
from claims.queries.fund import running_fund_of
from claims.rules.provider_orders import StatementState
from claims.rules.statements import ENDED, LINK_VALID, SENDABLE, statement_key, statement_number
from claims.services import ledger, statement_notices
from claims.services.transactions import money_move
from stations.models import Party

REFERENCE_SIGNS = 40
TEXT_SIGNS, TEXT_LIMIT = 4, 500
TOKEN_BYTES = 24


@money_move
def prepare(*, provider: Party, county_code: str, month: date, by: User, now: datetime) -> ProviderStatement:
    """Put the orders of a provider that ended up to the end of a month and that no statement has on one.

    Orders that an earlier statement has missed are taken along, so that nothing stays unpaid. An order is on
    one statement for ever: its row is taken by a conditional UPDATE.

    Raises Refused("month_running") before the month is over, Refused("fund_missing"), Refused("nothing_due"),
    Refused("statement_exists") when the month has one, Refused("stale"), Refused("busy").
    """
    month = month.replace(day=1)
    if timezone.localdate(now).replace(day=1) <= month:
        raise Refused(_("A statement is prepared when its month is over."), code="month_running")
    fund = running_fund_of(county_code)
    if fund is None:
        raise Refused(_("The county has no emergency fund yet."), code="fund_missing")
    keys = list(reading.unsettled(county_code, month).filter(provider=provider).values_list("pk", flat=True))
    if not keys:
        raise Refused(_("Nothing is due to this provider for this month."), code="nothing_due")
    statement = ProviderStatement(
        provider=provider,
        fund=fund,
        county_code=county_code,
        month=month,
        number=statement_number(county_code, month, provider.pk),
        prepared_by=by,
        prepared_at=now,
    )
    try:
        with transaction.atomic():
            statement.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("This provider has a statement of this month already."), code="statement_exists"
        ) from None
    taken = ProviderOrder._base_manager.filter(pk__in=keys, state__in=ENDED, statement__isnull=True).update(
        statement=statement
    )
    count, total = reading.sum_of(statement)
    if taken != len(keys) or count != len(keys):
        raise _changed()
    if not total:
        raise Refused(_("Nothing is due to this provider for this month."), code="nothing_due")
    ProviderStatement._base_manager.filter(pk=statement.pk).update(count=count, total_fen=total)
    trail.record(
        "statement.prepared",
        by=by,
        obj=statement,
        after={"number": statement.number, "total_fen": total, "count": count},
        at=now,
    )
    return ProviderStatement.objects.get(pk=statement.pk)


@money_move
def send(*, statement: ProviderStatement, by: User, now: datetime) -> tuple[ProviderStatement, str]:
    """Ask the provider for its word, by its account and by a link; returns the statement and the secret.

    The secret is shown once and only its hash is kept; sending again makes a new one, and the old link is
    over. Raises Refused("statement_agreed") from the agreement on, Refused("complaints_open").
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    current = _move(
        statement,
        SENDABLE,
        state=StatementState.SENT,
        token_hash=reading.hash_of(token),
        token_until=now + LINK_VALID,
        version=F("version") + 1,
    )
    _refuse_open_complaints(current)
    trail.record(
        "statement.sent",
        by=by,
        obj=current,
        before={"state": str(statement.state)},
        after={"number": current.number, "total_fen": current.total_fen},
        at=now,
    )
    statement_notices.sent(current, now=now)
    return current, token


@money_move
def agree(
    *, statement: ProviderStatement, total_fen: int, how: str, by: User | None, now: datetime
) -> ProviderStatement:
    """Write down that the provider agrees to a sum; from here on nothing on the statement changes.

    `total_fen` is the sum that was looked at. `how` is "link", "account" or "paper"; `by` is the account that
    says so, nobody for the link.

    Raises Refused("not_waiting") unless it waits for the provider's word, Refused("sum_changed"),
    Refused("complaints_open").
    """
    if statement.state == StatementState.SENT and statement.total_fen != total_fen:
        raise _sum_changed()
    current = _move(
        statement,
        (StatementState.SENT,),
        total_fen=total_fen,
        state=StatementState.AGREED,
        agreed_by=by,
        agreed_at=now,
        dispute_text="",
        version=F("version") + 1,
    )
    if reading.sum_of(current) != (current.count, current.total_fen):
        raise _sum_changed()
    _refuse_open_complaints(current)
    trail.record(
        "statement.agreed",
        by=by,
        obj=current,
        after={"number": current.number, "total_fen": current.total_fen, "how": how},
        at=now,
    )
    statement_notices.answered(current, now=now)
    return current


@money_move
def dispute(
    *, statement: ProviderStatement, text: str, how: str, by: User | None, now: datetime
) -> ProviderStatement:
    """Write down what the provider does not agree with; the county answers and sends the statement again.

    Raises Refused("reason_missing"), Refused("not_waiting").
    """
    text = text.strip()
    if not TEXT_SIGNS <= len(text) <= TEXT_LIMIT:
        raise Refused(_("Say what is wrong."), code="reason_missing", field="text")
    current = _move(
        statement,
        (StatementState.SENT,),
        state=StatementState.DISPUTED,
        dispute_text=text,
        version=F("version") + 1,
    )
    trail.record(
        "statement.disputed", by=by, obj=current, after={"number": current.number, "how": how}, at=now
    )
    statement_notices.answered(current, now=now)
    return current


@money_move
def pay(*, statement: ProviderStatement, reference: str, by: User, now: datetime) -> ProviderStatement:
    """Book with the bank's reference that the provider is paid: one movement of the statement's sum.

    By somebody else than who prepared it or noted the provider's agreement from paper. The state moves first
    and the business key names the statement, so that a second payment is refused whoever sends it.

    Raises Refused("reference_missing"), Refused("same_person"), Refused("not_agreed"),
    Refused("already_paid"), Refused("sum_changed"), Refused("fund_frozen"), Refused("fund_empty"),
    Refused("busy").
    """
    reference = reference.strip()
    if not reference or len(reference) > REFERENCE_SIGNS:
        raise Refused(
            _("Enter the bank's reference, at most %(limit)s characters.") % {"limit": REFERENCE_SIGNS},
            code="reference_missing",
            field="reference",
        )
    current = ProviderStatement.objects.select_related("fund").get(pk=statement.pk)
    if by.pk in (current.prepared_by_id, current.agreed_by_id):
        raise Refused(
            _("You had a hand in this statement; a second person has to pay it."), code="same_person"
        )
    if current.state == StatementState.PAID:
        raise Refused(_("This statement is paid already."), code="already_paid")
    paid = ProviderStatement._base_manager.filter(pk=current.pk, state=StatementState.AGREED).update(
        state=StatementState.PAID, paid_by=by, paid_at=now, version=F("version") + 1
    )
    if not paid:
        raise Refused(_("A statement is paid once both sides have agreed to it."), code="not_agreed")
    if reading.sum_of(current) != (current.count, current.total_fen):
        raise _sum_changed()
    movement = ledger.post(
        fund=current.fund,
        kind=MovementKind.PROVIDER_FEE,
        debit=ledger.account(current.fund, AccountKind.FEES),
        credit=ledger.account(current.fund, AccountKind.CASH),
        amount_fen=current.total_fen,
        business_key=statement_key(current.pk, reading.payments(current)),
        note=reference,
        by=by,
        now=now,
        must_be_new=True,
    )
    ProviderStatement._base_manager.filter(pk=current.pk).update(movement=movement)
    # Asked after the balance has moved: freezing waits for that row, so no payment slips past it.
    if Fund._base_manager.filter(pk=current.fund_id, is_frozen=True).exists():
        raise Refused(_("The fund is frozen; nothing is paid out."), code="fund_frozen")
    trail.record(
        "statement.paid",
        by=by,
        obj=current,
        after={"number": current.number, "total_fen": current.total_fen, "movement": movement.pk},
        at=now,
    )
    paid_row = ProviderStatement.objects.get(pk=current.pk)
    statement_notices.paid(paid_row, now=now)
    return paid_row


def taken_back(movement: Movement, *, reason: str, by: User, now: datetime) -> None:
    """Note that the payment of a statement was answered by a counter-entry; inside that transaction.

    The statement is agreed and unpaid again, and can be paid anew. Raises Refused("already_booked").
    """
    found = ProviderStatement._base_manager.filter(movement=movement, state=StatementState.PAID)
    statement = found.first()
    changes = {"state": StatementState.AGREED, "movement": None, "paid_by": None, "paid_at": None}
    if statement is None or not found.update(**changes, version=F("version") + 1):
        raise Refused(_("This movement has been taken back already."), code="already_booked")
    trail.record(
        "statement.payment_taken_back",
        by=by,
        obj=statement,
        before={"state": StatementState.PAID.value, "movement": movement.pk},
        after={"number": statement.number, "total_fen": statement.total_fen},
        reason=reason,
        at=now,
    )


def _move(statement: ProviderStatement, states, *, total_fen: int | None = None, **changes):
    """Change a statement that stands in one of these states, of this sum; else say why not."""
    rows = ProviderStatement._base_manager.filter(pk=statement.pk, state__in=states)
    if total_fen is not None:
        rows = rows.filter(total_fen=total_fen)
    if not rows.update(**changes):
        current = ProviderStatement._base_manager.get(pk=statement.pk)
        if current.state in states:
            raise _sum_changed()
        if current.state in (StatementState.AGREED, StatementState.PAID):
            raise Refused(_("Both sides have agreed to this statement already."), code="statement_agreed")
        raise Refused(_("This statement does not wait for the provider's word."), code="not_waiting")
    return ProviderStatement._base_manager.select_related("provider", "fund").get(pk=statement.pk)


def _refuse_open_complaints(statement: ProviderStatement) -> None:
    if reading.has_open_complaint(statement):
        raise Refused(
            _("A complaint about a fee on this statement waits for its answer."), code="complaints_open"
        )


def _sum_changed() -> Refused:
    return Refused(
        _("The sum has changed meanwhile. Open the page again and look at it once more."), code="sum_changed"
    )


def _changed() -> Refused:
    return Refused(_("Something has changed meanwhile. Open the page again."), code="stale")
