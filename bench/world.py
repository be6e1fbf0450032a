"""The data of a run: volume from seed_volume, people to sign in as, and orders nobody has claimed on yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.management import call_command
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from aftersales.accounts.models import User, system_user
from aftersales.accounts.roles import Role
from aftersales.audit.trail import system_scope
from claims.models import Account, Claim, Consumer, Fund, Order, OrderLine
from claims.models.fund import AccountKind
from claims.models.orders import OrderState
from stations.models import Agent, Grant, Party, Station
from stations.services import agents

COUNTIES = 2
PIECES, PAID_FEN = 20, 400


@dataclass
class World:
    """One county, who works there, and a claim with a full history."""

    county_code: str
    station: Station
    agent: User
    officer_session: str
    agent_session: str
    claim_number: str
    cash: Account
    lines_made: int = 0

    def new_lines(self, count: int) -> list[tuple[OrderLine, Consumer]]:
        """Orders of consumers who have claimed nothing so far; so small that no limit of the fund is met."""
        now = timezone.now()
        place = {"station": self.station, "county_code": self.county_code}
        merchant = Party.objects.filter(kind="merchant").first()
        consumers = []
        for number in range(self.lines_made, self.lines_made + count):
            consumer = Consumer(**place, created_at=now)
            consumer.set_personal(name="张桂英", phone=f"137{number:08d}", address="一组")
            consumers.append(consumer)
        Consumer.objects.bulk_create(consumers)
        orders = [
            Order(
                **place,
                number=f"BENCH{self.lines_made + number:010d}",
                merchant=merchant,
                consumer=consumer,
                ordered_at=now - timedelta(days=4),
                signed_at=now - timedelta(hours=5),
                state=OrderState.SIGNED,
                created_at=now,
                changed_at=now,
            )
            for number, consumer in enumerate(consumers)
        ]
        Order.objects.bulk_create(orders)
        lines = [
            OrderLine(
                **place,
                order=order,
                product="水蜜桃 5 斤装",
                goods_type="fresh_fruit",
                quantity_milli=PIECES * 1000,
                unit="piece",
                paid_fen=PAID_FEN,
            )
            for order in orders
        ]
        OrderLine.objects.bulk_create(lines)
        self.lines_made += count
        return list(zip(lines, consumers, strict=True))


def build(claims: int) -> World:
    """Fill the migrated database and choose whom to measure as."""
    call_command("seed_volume", claims=claims, counties=COUNTIES)
    with system_scope("people of the measurement"):
        county_code = (
            Claim.objects.values("county_code").annotate(n=Count("id")).order_by("-n")[0]["county_code"]
        )
        officer = Grant.objects.filter(role=Role.OFFICER, county_code=county_code)[0].user
        person = Agent.objects.filter(county_code=county_code, station__tier="village").order_by("id")[0]
        agents.set_certified_until(
            agent=person,
            until=timezone.localdate() + timedelta(days=365),
            by=system_user(),
            now=timezone.now(),
        )
        claim = Claim.objects.filter(county_code=county_code, status="closed", compensations__isnull=False)
        fund = Fund.objects.get(county_code=county_code)
        return World(
            county_code=county_code,
            station=person.station,
            agent=person.user,
            officer_session=_session(officer),
            agent_session=_session(person.user),
            claim_number=claim.order_by("-filed_at")[0].number,
            cash=fund.accounts.get(kind=AccountKind.CASH),
        )


def _session(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value
