"""A month of a fund in rows: what its statement shows, and its movements as a table to take along."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from aftersales.web.exports import Column, Export
from aftersales.web.formats import money
from claims.models import Movement
from claims.models.fund import AccountKind, MovementKind
from claims.queries.fund_months import Statement, movements_of
from claims.rules.fund import GROWS_BY_CREDIT
from stations.models import Party, Station


@dataclass(frozen=True)
class KindRow:
    """All movements of one kind: their number, their sum, and what they did to the cash."""

    name: str
    count: int
    total_fen: int
    in_fen: int
    out_fen: int


@dataclass(frozen=True)
class AccountRow:
    """An account, or all of a kind (`is_total`): what was in it, what went in and out, what is in it."""

    name: str
    opening_fen: int
    in_fen: int
    out_fen: int
    closing_fen: int
    is_total: bool = False


def kind_rows(statement: Statement) -> list[KindRow]:
    """The kinds of movements in the order in which people know them."""
    figures = {each.kind: each for each in statement.figures.kinds}
    return [
        KindRow(str(kind.label), each.count, each.total, each.cash_in, each.cash_out)
        for kind in MovementKind
        if (each := figures.get(kind.value))
    ]


def account_rows(statement: Statement) -> list[AccountRow]:
    """The accounts by kind; a kind with several accounts has a row for all of them in front.

    In is what made an account grow, whichever side it grows on. Two queries, for the names.
    """
    accounts = statement.figures.accounts
    parties = Party.objects.in_bulk({each.party for each in accounts if each.party})
    stations = Station.objects.in_bulk({each.station for each in accounts if each.station})
    rows: list[AccountRow] = []
    for kind in AccountKind:
        found = [each for each in accounts if each.kind == kind]
        by_credit = kind in GROWS_BY_CREDIT
        names = [_name(each, parties, stations) for each in found]
        single = [
            AccountRow(
                name=name or str(kind.label),
                opening_fen=each.opening,
                in_fen=each.credit if by_credit else each.debit,
                out_fen=each.debit if by_credit else each.credit,
                closing_fen=each.closing,
                is_total=not any(names),
            )
            for each, name in zip(found, names, strict=True)
        ]
        if any(names):
            rows.append(
                AccountRow(
                    name=str(kind.label),
                    opening_fen=sum(each.opening_fen for each in single),
                    in_fen=sum(each.in_fen for each in single),
                    out_fen=sum(each.out_fen for each in single),
                    closing_fen=sum(each.closing_fen for each in single),
                    is_total=True,
                )
            )
        rows += single
    return rows


def export_of(statement: Statement, *, made_by: str, made_at: datetime) -> Export:
    """Every movement of the month, oldest first, with what the month comes to on the cover."""
    fund, month = statement.fund, f"{statement.first_day:%Y-%m}"
    closed = statement.closed
    return Export(
        title=_("Statement %(fund)s %(month)s") % {"fund": fund.name, "month": month},
        columns=(
            Column(_("When"), "moment", 18),
            Column(_("Kind"), "text", 18),
            Column(_("Claim"), "text", 22),
            Column(_("From account"), "text", 28),
            Column(_("To account"), "text", 28),
            Column(_("Amount"), "yuan", 14),
            Column(_("Cash in"), "yuan", 14),
            Column(_("Cash out"), "yuan", 14),
            Column(_("By"), "text", 16),
            Column(_("Note"), "text", 30),
            Column(_("Business key"), "text", 30),
            Column(_("Digest"), "text", 68),
        ),
        rows=(_row(movement) for movement in movements_of(fund, statement.first_day).iterator(2000)),
        made_at=made_at,
        made_by=made_by,
        filters=(
            (_("Fund"), fund.name),
            (_("Month"), month),
            (_("Balance at the start"), money(statement.opening_fen)),
            (_("Came in"), money(statement.in_fen)),
            (_("Paid out"), money(statement.out_fen)),
            (_("Balance at the end"), money(statement.closing_fen)),
            (_("Closed"), f"{closed.digest}" if closed else _("not yet: the figures may still change")),
        ),
    )


def _row(movement: Movement) -> tuple:
    amount = movement.amount_fen
    return (
        movement.at,
        movement.get_kind_display(),
        movement.claim.number if movement.claim else None,
        str(movement.credit),
        str(movement.debit),
        amount,
        amount if movement.debit.kind == AccountKind.CASH else None,
        amount if movement.credit.kind == AccountKind.CASH else None,
        str(movement.by),
        movement.note,
        movement.business_key,
        movement.digest,
    )


def _name(account, parties: dict[int, Party], stations: dict[int, Station]) -> str:
    if account.party:
        return str(parties.get(account.party, account.party))
    if account.station:
        return str(stations.get(account.station, account.station))
    return str(_("not known yet")) if account.kind == AccountKind.ADVANCES else ""
