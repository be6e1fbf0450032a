"""Where the claims come from: stations with somebody at the counter, consumers, and people who decide."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.ops.demo.words import Words
from aftersales.ops.volume.staging import insert, stage
from claims.models import Consumer
from stations.models import Agent, Grant, Posting, Region, Station
from stations.models.network import StationState, TierChoices
from stations.services import grants

CLAIMS_PER_CONSUMER = 3
FEWEST_CONSUMERS = 5
MOST_PEOPLE = 2_000
KNOWN_SINCE = timedelta(days=400)


@dataclass
class Place:
    """A station, who files there, and the keys of the consumers it knows."""

    station: Station
    agent: User
    consumers: list[int] = field(default_factory=list)


def counters(counties: int | None, *, words: Words, now: datetime) -> list[Place]:
    """The operating village stations, of the first so many counties if given; who is missing is taken on."""
    stations = list(
        Station.objects.filter(tier=TierChoices.VILLAGE, state=StationState.OPERATING).order_by(
            "county_code", "region_id", "id"
        )
    )
    if counties is not None:
        wanted = sorted({station.county_code for station in stations})[:counties]
        stations = [station for station in stations if station.county_code in wanted]
    agents = {
        agent.station_id: agent.user
        for agent in Agent.objects.filter(station__in=stations, left_on__isnull=True)
        .select_related("user")
        .order_by("-id")
    }
    agents |= _take_on([station for station in stations if station.pk not in agents], words, now)
    return [Place(station, agents[station.pk]) for station in stations]


def _take_on(stations: list[Station], words: Words, now: datetime) -> dict[int, User]:
    """Somebody at each of these stations who cannot sign in, since they have no password."""
    started = now - KNOWN_SINCE
    users = [_user(f"volume{station.pk}", words, station.county_code) for station in stations]
    User.objects.bulk_create(users)
    agents = [
        Agent(user=user, station=station, county_code=station.county_code, joined_on=started.date())
        for user, station in zip(users, stations, strict=True)
    ]
    Agent.objects.bulk_create(agents)
    Posting.objects.bulk_create(
        Posting(
            agent=agent,
            station_id=agent.station_id,
            county_code=agent.county_code,
            started_on=timezone.localdate(started),
        )
        for agent in agents
    )
    Grant.objects.bulk_create(
        Grant(
            user=agent.user,
            role=Role.AGENT,
            station_id=agent.station_id,
            county_code=agent.county_code,
            starts_at=started,
            reason="volume",
        )
        for agent in agents
    )
    return {agent.station_id: agent.user for agent in agents}


def deciders(county: Region, *, words: Words, by: User, now: datetime) -> tuple[User, User]:
    """An officer and a manager of the county; taken on without a password where there is none."""
    return tuple(
        _holder(role, county) or _employed(role, county, words, by, now)
        for role in (Role.OFFICER, Role.MANAGER)
    )


def _holder(role: Role, county: Region) -> User | None:
    grant = Grant.objects.filter(role=role, region=county, withdrawn_at__isnull=True).order_by("id").first()
    return grant.user if grant else None


def _employed(role: Role, county: Region, words: Words, by: User, now: datetime) -> User:
    user = _user(f"volume{role.value}{county.code[:6]}", words, county.code)
    user.save()
    grants.give(user=user, role=role, region=county, reason="volume", by=by, now=now)
    return user


def _user(username: str, words: Words, county_code: str) -> User:
    user = User(username=username, full_name=words.person(), county_code=county_code)
    user.set_unusable_password()
    return user


class _Person(NamedTuple):
    number: int
    person_key: str
    name_sealed: str
    phone_sealed: str
    address_sealed: str
    phone_index: str
    name_masked: str
    phone_masked: str
    address_masked: str


class _Stop(NamedTuple):
    station_id: int
    county_code: str
    shift: int


def introduce_consumers(cursor, places: list[Place], *, claims: int, words: Words, now: datetime) -> None:
    """Let every station know enough consumers for so many claims.

    Sealing is dear, so one pool of people is shared: the same person may be known at several stations.
    """
    size = max(FEWEST_CONSUMERS, min(MOST_PEOPLE, claims // 10))
    each = max(FEWEST_CONSUMERS, min(size, claims // len(places) // CLAIMS_PER_CONSUMER))
    stage(cursor, "volume_person", _Person, (_person(number, words) for number in range(size)))
    stage(
        cursor,
        "volume_stop",
        _Stop,
        [
            _Stop(place.station.pk, place.station.county_code, words.random.randrange(size))
            for place in places
        ],
    )
    columns = {name: name for name in (*_Person._fields[1:], *_Stop._fields[:2])}
    insert(
        cursor,
        Consumer,
        f"volume_stop, volume_person WHERE (number + shift) %% {size} < {each}",
        on_conflict="DO NOTHING",
        created_at=str(int((now - KNOWN_SINCE).timestamp())),
        **columns,
    )
    known = defaultdict(list)
    stations = [place.station.pk for place in places]
    rows = Consumer.objects.filter(station__in=stations, erased_at__isnull=True).order_by("id")
    for key, station in rows.values_list("id", "station_id").iterator(chunk_size=10_000):
        known[station].append(key)
    for place in places:
        place.consumers = known[place.station.pk]


def _person(number: int, words: Words) -> _Person:
    person = Consumer()
    group = words.random.choice("一二三四五六七八")
    person.set_personal(name=words.person(), phone=words.phone(), address=f"{group}组")
    return _Person(number, *(getattr(person, column) for column in _Person._fields[1:]))
