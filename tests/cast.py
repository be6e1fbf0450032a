"""The people and stations that most tests begin with: two counties, written in bulk."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from django.contrib.auth.hashers import make_password

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from stations.models import Agent, Grant, Posting, Region, Station
from stations.rules.regions import county_code, level_of, nearest_ancestor
from tests.factories import PASSWORD, REGIONS, make_policy, seeing_everything


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
