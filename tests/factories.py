"""Rows for tests: a small real network in two counties, people with grants, and orders.

What matters to a test is given by the test; the rest is filled in here. Rows are written past the
services on purpose, so that a test of a service does not lean on another one.
"""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.accounts.scoping import Scope, acting_in
from claims.models import (
    Account,
    Claim,
    ClockPolicy,
    ClockRule,
    CompensationPolicy,
    Consumer,
    Fund,
    Order,
    OrderLine,
    PauseRule,
)
from claims.models.fund import AccountKind
from claims.queries.clock_policies import policy_on
from claims.rules.clocks import LEVEL_OF_TIER
from claims.rules.numbering import make_number
from claims.services import clocks
from stations.access.scope import authority_of
from stations.models import Agent, Grant, Party, Posting, Region, Station
from stations.rules.regions import county_code, level_of, nearest_ancestor

PASSWORD = "orchard-lantern-42"
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
"""Friday 2026-11-20, 10:30 in Shanghai."""

REGIONS = {
    "520000000000": "贵州省",
    "520100000000": "贵阳市",
    "520123000000": "修文县",
    "520123001000": "龙场街道",
    "520123001208": "放马坪村",
    "520123103000": "六广镇",
    "520123103201": "六广村",
    "520123103204": "广城村",
    "320000000000": "江苏省",
    "320300000000": "徐州市",
    "320324000000": "睢宁县",
    "320324102000": "王集镇",
    "320324102217": "陈楼村委会",
}
_numbers = count(1)


@contextmanager
def acting_as(user):
    """Everything inside sees what this person sees at NOW."""
    user.__dict__.pop("_authority", None)
    with acting_in(authority_of(user, now=NOW).scope) as scope:
        yield scope


@contextmanager
def seeing_everything():
    """For arranging and for looking at the outcome."""
    with acting_in(Scope(who="test", everywhere=True)) as scope:
        yield scope


def make_regions() -> dict[str, Region]:
    for code, name in REGIONS.items():
        Region.objects.get_or_create(
            code=code,
            defaults={"name": name, "level": level_of(code), "parent_id": nearest_ancestor(code, REGIONS)},
        )
    return {region.code: region for region in Region.objects.all()}


def make_user(username: str, *, full_name: str = "", county: str = "", **fields) -> User:
    return User.objects.create_user(
        username, PASSWORD, full_name=full_name or username, county_code=county, **fields
    )


def give(user: User, role: Role, *, region: str = "", station: Station | None = None, **fields) -> Grant:
    with seeing_everything():
        return Grant.objects.create(
            user=user,
            role=role,
            region_id=region or None,
            station=station,
            is_programme_wide=not region and station is None,
            county_code=county_code(region) if region else (station.county_code if station else ""),
            starts_at=fields.pop("starts_at", datetime(2026, 1, 1, tzinfo=UTC)),
            reason="test",
            **fields,
        )


def make_station(tier: str, region: str, parent: Station | None = None, **fields) -> Station:
    with seeing_everything():
        return Station.objects.create(
            tier=tier,
            name=fields.pop("name", f"{REGIONS.get(region, region)}服务点"),
            region_id=region,
            county_code=county_code(region),
            parent=parent,
            state=fields.pop("state", "operating"),
            **fields,
        )


def make_agent(user: User, station: Station, *, certified_until: date | None = date(2028, 1, 1)) -> Agent:
    with seeing_everything():
        agent = Agent.objects.create(
            user=user,
            station=station,
            county_code=station.county_code,
            certified_until=certified_until,
            joined_on=date(2026, 1, 1),
        )
        Posting.objects.create(
            agent=agent, station=station, county_code=station.county_code, started_on=date(2026, 1, 1)
        )
        return agent


def make_party(kind: str = "merchant", name: str = "") -> Party:
    return Party.objects.get_or_create(kind=kind, name=name or f"{kind} 1")[0]


def make_consumer(station: Station, *, name: str = "张桂英", phone: str = "", address: str = "") -> Consumer:
    with seeing_everything():
        consumer = Consumer(station=station, county_code=station.county_code, created_at=NOW)
        consumer.set_personal(
            name=name, phone=phone or f"177{next(_numbers):08d}", address=address, account=""
        )
        consumer.save()
        return consumer


def make_line(
    station: Station,
    *,
    consumer: Consumer | None = None,
    paid_fen: int = 4000,
    quantity_milli: int = 20_000,
    unit: str = "piece",
    product: str = "水蜜桃 20 个装",
    goods_type: str = "fresh_fruit",
    number: str = "",
    merchant: Party | None = None,
    **fields,
) -> OrderLine:
    signed_at = fields.pop("signed_at", datetime(2026, 11, 19, 4, 0, tzinfo=UTC))
    with seeing_everything():
        order = Order.objects.create(
            station=station,
            county_code=station.county_code,
            number=number or f"T{next(_numbers):012d}",
            merchant=merchant or make_party(),
            logistics=make_party("logistics"),
            platform=make_party("platform"),
            consumer=consumer,
            ordered_at=fields.pop("ordered_at", datetime(2026, 11, 15, 4, 0, tzinfo=UTC)),
            signed_at=signed_at,
            state=fields.pop("state", "signed" if signed_at else "placed"),
            created_at=NOW,
            changed_at=NOW,
        )
        return OrderLine.objects.create(
            order=order,
            station=station,
            county_code=station.county_code,
            product=product,
            goods_type=goods_type,
            quantity_milli=quantity_milli,
            unit=unit,
            paid_fen=paid_fen,
            **fields,
        )


def make_claim(
    station: Station,
    *,
    filed_by: User,
    line: OrderLine | None = None,
    consumer: Consumer | None = None,
    status: str = "accepted",
    bad_milli: int | None = 3000,
    filed_at: datetime = NOW,
    with_clocks: bool = False,
    **fields,
) -> Claim:
    """A claim whose clocks nobody has started, or, asked for them, as it stands right after filing."""
    with seeing_everything():
        consumer = consumer or make_consumer(station)
        line = line or make_line(station, consumer=consumer)
        goods_type = fields.pop("goods_type", line.goods_type)
        promised = fields.pop("handling_due_at", filed_at + timedelta(hours=24))
        claim = Claim(
            number=make_number(filed_at.date()),
            station=station,
            county_code=station.county_code,
            consumer=consumer,
            order_line=line,
            filed_by=filed_by,
            filed_at=filed_at,
            handler=fields.pop("handler", filed_by),
            goods_type=goods_type,
            nature=fields.pop("nature", "quality"),
            severity=fields.pop("severity", "minor"),
            procedure=fields.pop("procedure", "quality_proportional"),
            liable_party=fields.pop("liable_party", line.order.merchant),
            bad_milli=bad_milli,
            status=status,
            accepted_at=fields.pop("accepted_at", None if status == "submitted" else filed_at),
            level=fields.pop("level", LEVEL_OF_TIER[station.tier]),
            holder=fields.pop("holder", station),
            clock_policy=fields.pop("clock_policy", None) or policy_on(station.county_code, filed_at.date()),
            handling_due_at=promised,
            next_due_at=fields.pop("next_due_at", promised),
            **fields,
        )
        started = clocks.opening(claim, by=filed_by, now=filed_at) if with_clocks else None
        claim.save()
        if started:
            clocks.begin(claim, started)
        return claim


def make_fund(county: str, *, cash_fen: int = 1_000_000) -> Fund:
    """A fund whose balances stand without movements: for tests that only draw on it."""
    with seeing_everything():
        fund = Fund.objects.create(county_code=county, name=f"{REGIONS[county]}售后应急基金", created_at=NOW)
        for kind, balance in [
            (AccountKind.CASH, cash_fen),
            (AccountKind.BUDGET, cash_fen),
            (AccountKind.WRITTEN_OFF, 0),
        ]:
            Account.objects.create(fund=fund, county_code=county, kind=kind, balance_fen=balance)
        return fund


def make_policy(**fields) -> CompensationPolicy:
    """Terms that draw nothing for a second look unless they are asked to: what is drawn hangs on keys."""
    values = {
        "county_code": "",
        "version": 1,
        "valid_from": date(2020, 1, 1),
        "review_sample_permille": 0,
        **fields,
    }
    return CompensationPolicy.objects.update_or_create(
        county_code=values.pop("county_code"), version=values.pop("version"), defaults=values
    )[0]


def make_clock_policy(
    county: str = "",
    *,
    kind: str = "service",
    valid_from: date = date(2026, 1, 1),
    state: str = "in_force",
    changed: dict[tuple[str, str], dict] | None = None,
) -> ClockPolicy:
    """A version of the programme's first allowances; `changed` gives by (clock, goods type) what differs."""
    programme = ClockPolicy.objects.filter(kind=kind, county_code="", state="in_force").earliest("version")
    versions = ClockPolicy.objects.filter(kind=kind, county_code=county)
    policy = ClockPolicy.objects.create(
        kind=kind, county_code=county, version=versions.count() + 1, valid_from=valid_from
    )
    lines = {(line.clock, line.goods_type): line for line in programme.rules.all()}
    for (clock, goods_type), fields in (changed or {}).items():
        line = lines.get((clock, goods_type)) or ClockRule(clock=clock, goods_type=goods_type)
        lines[clock, goods_type] = line
        for name, value in fields.items():
            setattr(line, name, value)
    for line in lines.values():
        line.pk, line._state.adding, line.policy = None, True, policy
    ClockRule.objects.bulk_create(lines.values())
    PauseRule.objects.bulk_create(
        PauseRule(policy=policy, reason=each.reason, max_minutes=each.max_minutes)
        for each in programme.pause_rules.all()
    )
    policy.state = state
    policy.save()
    return policy
