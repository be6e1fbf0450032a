"""The county's stations at work: accounts, postings, grants, and the fund with its money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from aftersales.accounts.models import User, system_user
from aftersales.accounts.roles import Role
from aftersales.ops.demo.words import Words
from claims.models import Fund
from claims.services import fund as funds
from stations.models import Region, Station
from stations.models.agents import Origin, Skill
from stations.models.network import FunctionTag
from stations.services import agents, grants

NAMES = {
    "agent": "王秀兰",
    "township": "陈大勇",
    "officer": "刘敏",
    "manager": "周建国",
    "trainer": "吴晓燕",
    "supervisor": "郑国强",
    "platform": "何婷",
    "regulator": "孟慧",
    "provider": "蒙师傅",
    "admin": "系统管理员",
}
ROVER = "潘志远"
SMALLEST_DEPOSIT_FEN = 2_000_000
DEPOSIT_PER_CLAIM_FEN = 1_600
PILOT = timedelta(days=800)
"""Two villages, their township and the centre began so long ago; the others have worked for a year."""

PILOT_VILLAGES = 2
WORKED = timedelta(days=380)
NEWCOMER_SINCE = timedelta(days=75)
ROVER_SINCE = timedelta(days=200)
NEIGHBOUR_SINCE = timedelta(days=212)


@dataclass(kw_only=True)
class Desk:
    """Who deals with the claims of a county and with its money. `agents` by station id, one of each."""

    county_code: str
    stations: list[Station]
    agents: dict[int, User]
    officer: User
    second_officer: User
    manager: User
    fund: Fund


@dataclass(kw_only=True)
class Staff(Desk):
    """Who works in the demo county. `newcomer` is a second agent of a station.

    `technician` is posted with the agent's township; `rover` is lent to all of them.
    """

    trainer: User
    technician: User
    rover: User
    newcomer: User


def staff_county(county: Region, *, words: Words, password: str, claims: int, now: datetime) -> Staff:
    """Give every village station an agent, the county its people, and the fund money for so many claims."""
    system = system_user()
    started, piloted = now - WORKED, now - PILOT
    centre = Station.objects.get(county_code=county.code, tier="county")
    villages = list(Station.objects.filter(county_code=county.code, tier="village").order_by("region_id"))
    home = max(
        villages,
        key=lambda station: (station.point_is_own, station.parent.region.name.endswith("镇"), -station.pk),
    )
    others = [station for station in villages if station != home]
    pioneers = [centre, home.parent, *others[:PILOT_VILLAGES]]
    _furnish([centre, *villages], words)
    Station.objects.filter(county_code=county.code).update(opened_on=started.date())
    Station.objects.filter(pk__in=[station.pk for station in pioneers]).update(opened_on=piloted.date())
    for station in villages:
        station.refresh_from_db(fields=["opened_on"])

    def employ(username, role, station, since=None):
        since = since or (piloted if station in pioneers else started)
        return _take_on(station, username, NAMES.get(username) or words.person(), role, since)

    def name_at(station):
        return "agent" if station == home else f"agent{station.region_id[6:]}"

    by_station = {station.pk: employ(name_at(station), Role.AGENT, station) for station in villages}
    newcomer = employ(f"{name_at(others[-1])}b", Role.AGENT, others[-1], now - NEWCOMER_SINCE)
    technician = employ("township", Role.TOWNSHIP, home.parent)
    posts = Station.objects.filter(county_code=county.code, tier="township").order_by("region_id")
    rover = _take_on(posts[0], "roving", ROVER, Role.TOWNSHIP, now - ROVER_SINCE)
    officer = employ("officer", Role.OFFICER, centre)
    second = employ("officer2", Role.OFFICER, centre)
    manager = employ("manager", Role.MANAGER, centre)
    trainer = employ("trainer", Role.TRAINER, centre)
    city = county.parent if county.parent and not county.parent.is_placeholder else county.parent.parent
    _grant("supervisor", Role.SUPERVISOR, started, region=city)
    _grant("regulator", Role.REGULATOR, started, region=city)
    _grant("platform", Role.PLATFORM, started, is_programme_wide=True)
    _grant("admin", Role.ADMINISTRATOR, started, is_programme_wide=True)
    for user in User.objects.filter(username__in=NAMES):
        user.set_password(password)
        user.password_is_one_time = False
        user.save(update_fields=["password", "password_is_one_time"])
    fund = _fund(county, officer, manager, started, now, system, claims)
    return Staff(
        county_code=county.code,
        stations=villages,
        agents=by_station,
        officer=officer,
        second_officer=second,
        manager=manager,
        trainer=trainer,
        technician=technician,
        rover=rover,
        newcomer=newcomer,
        fund=fund,
    )


def desk_of_neighbour(county: Region, *, words: Words, stations: int, claims: int, now: datetime) -> Desk:
    """The people of some stations of another county, since NEIGHBOUR_SINCE, and its fund."""
    started = now - NEIGHBOUR_SINCE
    centre = Station.objects.get(county_code=county.code, tier="county")
    villages = list(
        Station.objects.filter(county_code=county.code, tier="village")
        .select_related("parent__region", "region")
        .order_by("region_id")[:stations]
    )
    _furnish([centre, *villages], words)
    Station.objects.filter(county_code=county.code).update(opened_on=started.date())
    for station in villages:
        station.opened_on = started.date()

    def employ(name: str, role: Role, station: Station) -> User:
        return _take_on(station, f"{name}{county.code[:6]}", words.person(), role, started)

    agents_of = {
        station.pk: employ(f"agent{station.region_id[6:]}-", Role.AGENT, station) for station in villages
    }
    officer = employ("officer", Role.OFFICER, centre)
    manager = employ("manager", Role.MANAGER, centre)
    return Desk(
        county_code=county.code,
        stations=villages,
        agents=agents_of,
        officer=officer,
        second_officer=officer,
        manager=manager,
        fund=_fund(county, officer, manager, started, now, system_user(), claims),
    )


def _take_on(station: Station, username: str, name: str, role: Role, started: datetime) -> User:
    return agents.take_on(
        station=station,
        username=username,
        full_name=name,
        role=role,
        origin=Origin.RETURNING if role == Role.AGENT else Origin.OTHER,
        dialects="西南官话、布依语" if station.county_code.startswith("52") else "",
        skills=[Skill.PRODUCE] if role == Role.AGENT else [Skill.PRODUCE, Skill.APPLIANCE],
        by=system_user(),
        now=started,
    ).agent.user


def _grant(username: str, role: Role, started: datetime, **reach) -> None:
    user = User(username=username, full_name=NAMES[username])
    user.set_unusable_password()
    user.save()
    grants.give(user=user, role=role, reason="演示账号", by=system_user(), now=started, **reach)


def _furnish(stations: list[Station], words: Words) -> None:
    """Opening hours, functions and a telephone for each station."""
    tags = [
        FunctionTag.ECOMMERCE,
        FunctionTag.POST,
        FunctionTag.CONVENIENCE,
        FunctionTag.EXPRESS,
        FunctionTag.SHOP,
    ]
    for station in stations:
        station.opens_at, station.noon_closes_at = time(8, 30), time(12)
        station.noon_opens_at, station.closes_at = time(14), time(18)
        station.functions = sorted(words.random.sample(tags, 2))
        station.phone = f"0851-{words.random.randrange(82000000, 82999999)}"
        station.save(
            update_fields=["opens_at", "noon_closes_at", "noon_opens_at", "closes_at", "functions", "phone"]
        )


def _fund(
    county: Region, officer: User, manager: User, started: datetime, now: datetime, system: User, claims: int
) -> Fund:
    fund = funds.open_fund(county_code=county.code, name=f"{county.name}售后应急基金", by=system, now=started)
    amount_fen = SMALLEST_DEPOSIT_FEN + round(claims * DEPOSIT_PER_CLAIM_FEN, -6)
    deposits = [
        (amount_fen, "财拨-开户-01", started + timedelta(days=2)),
        (amount_fen, "财拨-追加-02", started + timedelta(days=190)),
    ]
    for amount_fen, reference, when in deposits:
        deposit = funds.propose_deposit(
            fund=fund, amount_fen=amount_fen, reference=reference, by=officer, now=when
        )
        funds.confirm_deposit(deposit=deposit, by=manager, now=when + timedelta(hours=3))
    funds.propose_deposit(
        fund=fund, amount_fen=500_000, reference="财拨-追加-03", by=officer, now=now - timedelta(hours=5)
    )
    return fund
