"""Rows for tests: a small real network in two counties, people with grants, and orders.

What matters to a test is given by the test; the rest is filled in here. Rows are written past the
services on purpose, so that a test of a service does not lean on another one.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import count

from django.contrib.auth.hashers import make_password

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
from claims.rules.clocks import LEVEL_OF_TIER, Clock, due_at
from claims.rules.numbering import make_number
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
            signed_at=fields.pop("signed_at", datetime(2026, 11, 19, 4, 0, tzinfo=UTC)),
            created_at=NOW,
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
    **fields,
) -> Claim:
    with seeing_everything():
        consumer = consumer or make_consumer(station)
        line = line or make_line(station, consumer=consumer)
        goods_type = fields.pop("goods_type", line.goods_type)
        promised = fields.pop("handling_due_at", due_at(goods_type, Clock.HANDLING, filed_at))
        return Claim.objects.create(
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
            handling_due_at=promised,
            next_due_at=fields.pop("next_due_at", promised),
            **fields,
        )


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
    values = {"county_code": "", "version": 1, "valid_from": date(2020, 1, 1), **fields}
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


@dataclass
class Cast:
    """Two counties: 修文 with two villages in two townships and one more beside, 睢宁 with one."""

    xiuwen_centre: Station
    liuguang_point: Station
    longchang_point: Station
    guangcheng: Station
    liuguang: Station
    fangmaping: Station
    suining_centre: Station
    wangji_point: Station
    chenlou: Station
    agent: User
    neighbour: User
    uncertified: User
    technician: User
    officer: User
    second_officer: User
    manager: User
    trainer: User
    supervisor: User
    platform: User
    regulator: User
    administrator: User
    suining_agent: User
    suining_officer: User
    suining_manager: User
    nobody: User


def make_cast() -> Cast:
    """Written in bulk, because most tests begin with it; so without the history of edited master data."""
    Region.objects.bulk_create(
        (
            Region(code=code, name=name, level=level_of(code), parent_id=nearest_ancestor(code, REGIONS))
            for code, name in REGIONS.items()
        ),
        ignore_conflicts=True,
    )
    xiuwen, suining = "520123000000", "320324000000"
    with seeing_everything():
        centre, suining_centre = _stations(
            "county", (xiuwen, None, "修文县县域共配售后中心"), (suining, None, "睢宁县县域共配售后中心")
        )
        liuguang_point, longchang_point, wangji_point = _stations(
            "township",
            ("520123103000", centre, "六广镇乡镇备用处理点"),
            ("520123001000", centre, "龙场街道乡镇备用处理点"),
            ("320324102000", suining_centre, "王集镇乡镇备用处理点"),
        )
        guangcheng, liuguang, fangmaping, chenlou = _stations(
            "village",
            ("520123103204", liuguang_point, "广城村服务点"),
            ("520123103201", liuguang_point, "六广村服务点"),
            ("520123001208", longchang_point, "放马坪村服务点"),
            ("320324102217", wangji_point, "陈楼村服务点"),
        )
        people = _people(
            agent=("agent", "王秀兰", Role.AGENT, xiuwen, guangcheng),
            neighbour=("neighbour", "杨光明", Role.AGENT, xiuwen, liuguang),
            uncertified=("uncertified", "罗小军", Role.AGENT, xiuwen, fangmaping),
            technician=("technician", "陈大勇", Role.TOWNSHIP, xiuwen, "520123103000"),
            officer=("officer", "刘敏", Role.OFFICER, xiuwen, xiuwen),
            second_officer=("officer2", "赵一凡", Role.OFFICER, xiuwen, xiuwen),
            manager=("manager", "周建国", Role.MANAGER, xiuwen, xiuwen),
            trainer=("trainer", "吴老师", Role.TRAINER, xiuwen, xiuwen),
            supervisor=("supervisor", "郑主管", Role.SUPERVISOR, "", "520100000000"),
            platform=("platform", "平台专员", Role.PLATFORM, "", None),
            regulator=("regulator", "监管员", Role.REGULATOR, "", "520100000000"),
            administrator=("administrator", "系统管理员", Role.ADMINISTRATOR, "", None),
            suining_agent=("suining_agent", "孙二梅", Role.AGENT, suining, chenlou),
            suining_officer=("suining_officer", "钱多", Role.OFFICER, suining, suining),
            suining_manager=("suining_manager", "冯经理", Role.MANAGER, suining, suining),
            nobody=("nobody", "无名", None, "", None),
        )
        _agents(
            (people["agent"], guangcheng, date(2028, 1, 1)),
            (people["neighbour"], liuguang, date(2028, 1, 1)),
            (people["uncertified"], fangmaping, None),
            (people["technician"], liuguang_point, date(2028, 1, 1)),
            (people["suining_agent"], chenlou, date(2028, 1, 1)),
        )
    make_policy()
    return Cast(
        xiuwen_centre=centre,
        liuguang_point=liuguang_point,
        longchang_point=longchang_point,
        guangcheng=guangcheng,
        liuguang=liuguang,
        fangmaping=fangmaping,
        suining_centre=suining_centre,
        wangji_point=wangji_point,
        chenlou=chenlou,
        **people,
    )


def _stations(tier: str, *places: tuple[str, Station | None, str]) -> list[Station]:
    return Station.objects.bulk_create(
        Station(
            tier=tier,
            name=name,
            region_id=region,
            county_code=county_code(region),
            parent=parent,
            state="operating",
        )
        for region, parent, name in places
    )


def _people(**described) -> dict[str, User]:
    people = {}
    for attribute, (username, full_name, _role, county, _place) in described.items():
        people[attribute] = User(
            username=username, full_name=full_name, county_code=county, password=_password()
        )
    User.objects.bulk_create(people.values())
    grants = []
    for attribute, (_username, _full_name, role, _county, place) in described.items():
        if role:
            station = place if isinstance(place, Station) else None
            region = place if isinstance(place, str) else None
            grants.append(
                Grant(
                    user=people[attribute],
                    role=role,
                    region_id=region,
                    station=station,
                    is_programme_wide=place is None,
                    county_code=station.county_code if station else county_code(region) if region else "",
                    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
                    reason="test",
                )
            )
    Grant.objects.bulk_create(grants)
    return people


@cache
def _password() -> str:
    return make_password(PASSWORD)


def _agents(*posted: tuple[User, Station, date | None]) -> None:
    joined = date(2026, 1, 1)
    agents = Agent.objects.bulk_create(
        Agent(
            user=user,
            station=station,
            county_code=station.county_code,
            certified_until=certified_until,
            joined_on=joined,
        )
        for user, station, certified_until in posted
    )
    Posting.objects.bulk_create(
        Posting(agent=agent, station=agent.station, county_code=agent.county_code, started_on=joined)
        for agent in agents
    )
