"""Providers with contracts in 修文县, visits that are planned, and orders for them."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.lib.errors import Refused
from claims.models import Contract, FeeLine, ProviderOrder, Visit
from claims.services import provider_orders
from stations.models import Party, ProviderDesk, Region, Station
from tests.factories import (
    NOW,
    acting_as,
    give,
    make_claim,
    make_consumer,
    make_line,
    make_party,
    make_user,
    seeing_everything,
)

MONDAY_TWO = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""Monday 2026-11-23, 14:00 in Shanghai; NOW is the Friday before."""

XIUWEN, GUANGCHENG = "520123000000", "520123103204"
_numbers = count(1)


def make_contract(
    station: Station, *, name: str, by: User, grade: str = "", base_fen: int = 8000, **fields
) -> Contract:
    """A provider with a contract for every day of the week and a fee for repairs of anything."""
    fee = {
        "free_km": 3,
        "per_km_fen": 200,
        "after_hours_permille": 500,
        "vain_permille": 300,
        **fields.pop("fee", {}),
    }
    with seeing_everything():
        party = make_party("provider", name)
        Party.objects.filter(pk=party.pk).update(grade=grade)
        contract = Contract.objects.create(
            provider=party,
            county_code=station.county_code,
            number=f"XW-{next(_numbers):03d}",
            station=station,
            valid_from=fields.pop("valid_from", date(2026, 1, 1)),
            valid_until=fields.pop("valid_until", date(2027, 12, 31)),
            weekdays=fields.pop("weekdays", [0, 1, 2, 3, 4, 5, 6]),
            made_by=by,
            made_at=NOW,
            **fields,
        )
        FeeLine.objects.create(
            contract=contract,
            county_code=station.county_code,
            visit_kind="repair",
            base_fen=base_fen,
            **fee,
        )
        contract.provider.refresh_from_db()
    return contract


def make_visit(cast, *, starts_at: datetime = MONDAY_TWO, phone: str = "13985123456", **fields) -> Visit:
    """A repair planned in 广城村 that nobody makes yet; written past the service."""
    with seeing_everything():
        consumer = make_consumer(cast.guangcheng, name="龙兴旺", phone=phone, address="三组晒谷场旁")
        line = make_line(cast.guangcheng, consumer=consumer, product="波轮洗衣机 8kg", goods_type="appliance")
        claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer)
        return Visit.objects.create(
            claim=claim,
            county_code=claim.county_code,
            station=cast.guangcheng,
            place=Region.objects.get(code=GUANGCHENG),
            kind="repair",
            task="不脱水，检查排水泵",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            planned_by=cast.technician,
            planned_at=NOW,
            **fields,
        )


def offer(cast, visit: Visit, contract: Contract, *, now: datetime = NOW, reason: str = ""):
    """Offered by the claims officer; the order and its secret."""
    with acting_as(cast.officer):
        return provider_orders.offer(
            visit=visit, provider=contract.provider, by=cast.officer, now=now, reason=reason
        )


def make_desk(contract: Contract, *, username: str = "workshop", by: User) -> User:
    """An account of the contract's provider."""
    user = make_user(username, full_name="蒙师傅", county=contract.county_code)
    give(user, Role.PROVIDER, region=contract.county_code)
    with seeing_everything():
        ProviderDesk.objects.create(
            user=user,
            provider=contract.provider,
            county_code=contract.county_code,
            opened_by=by,
            opened_at=NOW,
        )
    return user


def again(row):
    """The row as it stands in the database now."""
    with seeing_everything():
        return type(row).objects.get(pk=row.pk)


def states(visit: Visit) -> list[tuple[str, str]]:
    """The orders of a visit in the order of their making: provider and state."""
    with seeing_everything():
        rows = ProviderOrder.objects.filter(visit=visit).order_by("pk")
        return list(rows.values_list("provider__name", "state"))


def refusal(call, *arguments, **named) -> str:
    with pytest.raises(Refused) as refused:
        call(*arguments, **named)
    return refused.value.code
