"""Visits that providers have made, with the fee of each, and statements in every state."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from claims.models import Contract, FeeComplaint, ProviderOrder, ProviderStatement, Visit
from claims.services import fee_complaints, statements
from stations.models import Party, Region
from tests.factories import NOW, make_claim, make_line, make_party, seeing_everything

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
IN_OCTOBER = datetime(2026, 10, 14, 3, 0, tzinfo=UTC)
_numbers = count(1)


def make_contract(station, *, provider: Party, by: User) -> Contract:
    with seeing_everything():
        return Contract.objects.get_or_create(
            provider=provider,
            county_code=station.county_code,
            defaults={
                "number": f"HT{next(_numbers):04d}",
                "station": station,
                "valid_from": date(2026, 1, 1),
                "valid_until": date(2027, 12, 31),
                "weekdays": [0, 1, 2, 3, 4],
                "made_by": by,
                "made_at": NOW,
            },
        )[0]


def make_order(
    station,
    *,
    by: User,
    provider: Party | None = None,
    fee_fen: int = 8000,
    ended_at: datetime = IN_OCTOBER,
    state: str = "done",
    claim=None,
) -> ProviderOrder:
    """A visit made by a provider, and its order, as they stand after the visit has ended."""
    provider = provider or make_party("provider", "黔山家电维修")
    claim = claim or make_claim(
        station, filed_by=by, line=make_line(station, goods_type="appliance", product="洗衣机")
    )
    starts_at = ended_at - timedelta(hours=3, seconds=next(_numbers))
    ended = {"ended_at": ended_at, "ended_by": by} if state in ("done", "failed") else {}
    outcome = {"done": {"outcome": "solved"}, "failed": {"failure": "nobody_home"}}.get(state, {})
    with seeing_everything():
        visit = Visit.objects.create(
            claim=claim,
            county_code=claim.county_code,
            kind="repair",
            station=station,
            place=Region.objects.get(pk=station.region_id),
            provider=provider,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            state=state if state in ("done", "failed") else "planned",
            planned_by=by,
            planned_at=starts_at,
            **ended,
            **outcome,
        )
        return ProviderOrder.objects.create(
            visit=visit,
            provider=provider,
            contract=make_contract(station, provider=provider, by=by),
            county_code=claim.county_code,
            state=state,
            offered_at=starts_at,
            offered_by=by,
            answer_by=starts_at,
            answered_at=starts_at if state != "offered" else None,
            base_fen=fee_fen,
            fee_fen=fee_fen,
            ended_at=ended.get("ended_at"),
        )


def prepared(order: ProviderOrder, *, by: User, month: date = OCTOBER, now=NOW) -> ProviderStatement:
    with seeing_everything():
        return statements.prepare(
            provider=order.provider, county_code=order.county_code, month=month, by=by, now=now
        )


def sent(order: ProviderOrder, *, by: User, **when) -> ProviderStatement:
    statement = prepared(order, by=by, **when)
    with seeing_everything():
        return statements.send(statement=statement, by=by, now=NOW)[0]


def agreed(order: ProviderOrder, *, by: User, **when) -> ProviderStatement:
    return agree(sent(order, by=by, **when))


def agree(statement: ProviderStatement, *, by: User | None = None, how: str = "link") -> ProviderStatement:
    with seeing_everything():
        return statements.agree(statement=statement, total_fen=statement.total_fen, how=how, by=by, now=NOW)


def pay(statement: ProviderStatement, *, by: User, reference: str = "B-77") -> ProviderStatement:
    with seeing_everything():
        return statements.pay(statement=statement, reference=reference, by=by, now=NOW)


def complain(
    order: ProviderOrder, *, claimed_fen: int, by: User | None = None, text: str = "加班三小时"
) -> FeeComplaint:
    with seeing_everything():
        return fee_complaints.file(order=order, claimed_fen=claimed_fen, text=text, by=by, now=NOW)


def answer(complaint: FeeComplaint, *, fee_fen: int, by: User, text: str = "已核对行车记录") -> FeeComplaint:
    with seeing_everything():
        return fee_complaints.answer(complaint=complaint, fee_fen=fee_fen, answer=text, by=by, now=NOW)


def read(row):
    """The row as the database has it now."""
    with seeing_everything():
        return type(row).objects.get(pk=row.pk)


def refusal(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code
