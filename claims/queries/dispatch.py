"""What is known about the people who could take claims on: the facts behind claims.rules.dispatch.

Read past the scope of whoever acts, in a constant number of statements for any number of claims: an agent who
declines must not see the officers' work to have it passed on. Doors show rankings to those who may give
claims to people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.accounts.scoping import inside
from claims.models import Claim, Holding, Offer
from claims.models.dispatch import DeclineReason, OfferState
from claims.queries.claims import StillOpen
from claims.rules.classification import GoodsType, Nature, Severity
from claims.rules.clocks import LEVEL_OF_TIER, Level
from claims.rules.dispatch import Candidate, Need, Ranking, Ring, rank
from stations.models import Agent, Grant, Station
from stations.models.network import TierChoices
from stations.rules.distance import haversine_m
from stations.rules.regions import DIGITS, NATION, ancestors
from stations.rules.regions import Level as PlaceLevel
from stations.rules.tiers import Tier

LEVEL_OF_ROLE: dict[str, Level] = {
    Role.AGENT: Level.VILLAGE,
    Role.TOWNSHIP: Level.TOWNSHIP,
    Role.OFFICER: Level.COUNTY,
    Role.MANAGER: Level.COUNTY,
    Role.PLATFORM: Level.PLATFORM,
}
"""Who works on claims, and where on the ladder; the levels below are within their reach too."""

HEADS = frozenset({Role.MANAGER})
"""Roles that give claims to people and are offered none."""


def claims_to_rank(keys: Iterable[int]) -> QuerySet[Claim]:
    """Claims with everything a ranking and its offer need, in one statement; read past the scope."""
    return (
        Claim._base_manager.filter(pk__in=list(keys))
        .select_related("station", "holder__parent__parent", "consumer", "order_line")
        .order_by("pk")
    )


def open_offers_for(person: User) -> QuerySet[Offer]:
    """Claims that are offered to somebody and wait for an answer, the first to lapse first."""
    offers = Offer.objects.filter(person=person, state=OfferState.OPEN)
    return offers.select_related("claim__station", "claim__consumer", "claim__order_line").order_by(
        "answer_by", "id"
    )


def offers_of(claim: Claim) -> QuerySet[Offer]:
    """To whom a claim was offered and what came of it, the last one first."""
    return Offer.objects.filter(claim=claim).select_related("person", "by").order_by("-offered_at", "-id")


def names_of(keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Names of colleagues and where they are posted, for a page that lists them."""
    people = User.objects.filter(pk__in=list(keys)).select_related("agent__station")
    posted = {person.pk: getattr(person, "agent", None) for person in people}
    return {
        person.pk: (str(person), posted[person.pk].station.name if posted[person.pk] else "")
        for person in people
    }


def people_in_reach(keys: Iterable[int]) -> set[int]:
    """Those of these people who are posted or hold a role inside the scope: a township is not shown who
    works above it."""
    wanted = list(keys)
    posted = Agent.objects.filter(user_id__in=wanted).order_by().values_list("user_id", flat=True)
    granted = Grant.objects.filter(user_id__in=wanted).order_by().values_list("user_id", flat=True)
    return set(posted.union(granted))


def without_anybody() -> QuerySet[Claim]:
    """Open claims in the scope that nobody handles and that are offered to nobody: the heads' list."""
    waiting = Offer._base_manager.filter(claim=OuterRef("pk"), state=OfferState.OPEN)
    return Claim.objects.filter(StillOpen("status"), ~Exists(waiting), handler__isnull=True).order_by(
        "next_due_at", "id"
    )


class Pool:
    """The people who could take some claims on, with their load; counts what is offered meanwhile.

    `claims` come from `claims_to_rank`. `wide` adds the colleagues of the township whose role does not reach
    a claim, for a page that says why they are not asked.
    """

    def __init__(self, claims: Sequence[Claim], *, now: datetime, wide: bool = False) -> None:
        self.now = now
        self._places = {claim.pk: _places_of(claim) for claim in claims}
        self._grants = self._read_grants()
        posted = self._posted_around(claims) if wide else {}
        self._posted_only = {key: ids - self._granted(key) for key, ids in posted.items()}
        everybody = {user for holders in self._grants.values() for user, _role in holders}
        self.people = _people({*everybody, *(user for ids in posted.values() for user in ids)}, now)
        self.earlier: dict[int, list[Offer]] = {claim.pk: [] for claim in claims}
        self._held_since: dict[int, datetime] = {}
        known_before = [claim.pk for claim in claims if claim.filed_at != now]
        if known_before:
            self._read_earlier(known_before)
        self._added: dict[int, int] = {}
        self._distances: dict[tuple[int, int], int | None] = {}

    def ranking(self, claim: Claim) -> Ranking:
        """Who is to be asked about a claim, and who is not."""
        roles: dict[int, set[str]] = {}
        for place in self._places[claim.pk]:
            for user, role in self._grants.get(place, ()):
                roles.setdefault(user, set()).add(role)
        for user in self._posted_only.get(claim.pk, ()):
            roles.setdefault(user, set())
        declined, silent = self._answers(claim)
        candidates = []
        for user, held in roles.items():
            if claim.level < Level.PLATFORM:
                held.discard(Role.PLATFORM)
                if not held and user not in self._posted_only.get(claim.pk, ()):
                    continue
            candidate = self._candidate(claim, user, held)
            candidates.append(replace(candidate, has_declined=user in declined, was_silent=user in silent))
        return rank(candidates, need_of(claim, self.now))

    def open_offer(self, claim: Claim) -> Offer | None:
        """The offer of a claim that waits for an answer."""
        return next((each for each in self.earlier[claim.pk] if each.state == OfferState.OPEN), None)

    def note_offer(self, person_id: int) -> None:
        """Count an offer that has just been made, so that the next claim sees the load."""
        self._added[person_id] = self._added.get(person_id, 0) + 1

    def heads(self, claim: Claim) -> list[int]:
        """Who is told when nobody is left: the township's and the county's, at the top the platform desk."""
        found: dict[str, set[int]] = {}
        for place in self._places[claim.pk]:
            for user, role in self._grants.get(place, ()):
                found.setdefault(role, set()).add(user)
        told = set()
        if claim.level < Level.TOWNSHIP:
            told |= found.get(Role.TOWNSHIP, set())
        if claim.level < Level.PLATFORM:
            told |= found.get(Role.MANAGER, set())
        return self._active(told) or self._active(found.get(Role.PLATFORM, ()))

    def _active(self, users: Iterable[int]) -> list[int]:
        return sorted(user for user in users if self.people[user].is_active)

    def _granted(self, claim_id: int) -> set[int]:
        return {user for place in self._places[claim_id] for user, _role in self._grants.get(place, ())}

    def _read_grants(self) -> dict[Any, list[tuple[int, str]]]:
        """Who holds which role at which place: a station's key, a region's code, or everywhere ("")."""
        wanted = {place for places in self._places.values() for place in places}
        stations = [place for place in wanted if isinstance(place, int)]
        regions = [place for place in wanted if isinstance(place, str) and place]
        rows = (
            Grant._base_manager.filter(
                Q(expires_at__isnull=True) | Q(expires_at__gt=self.now),
                Q(station_id__in=stations) | Q(region_id__in=regions) | Q(is_programme_wide=True),
                role__in=list(LEVEL_OF_ROLE),
                starts_at__lte=self.now,
                withdrawn_at__isnull=True,
            )
            .order_by("user_id")
            .values_list("user_id", "role", "region_id", "station_id")
        )
        found: dict[Any, list[tuple[int, str]]] = {}
        for user, role, region, station in rows:
            found.setdefault(station or region or "", []).append((user, role))
        return found

    def _posted_around(self, claims: Sequence[Claim]) -> dict[int, set[int]]:
        """Who is posted in the township of each claim's station, whatever their role."""
        digits = DIGITS[PlaceLevel.TOWNSHIP]
        around = {claim.pk: claim.station.region_id[:digits] for claim in claims}
        condition = Q(pk__in=[])
        for code in set(around.values()):
            condition |= inside("station__region_id", code)
        posted = list(
            Agent._base_manager.filter(condition, left_on__isnull=True).values_list(
                "user_id", "station__region_id"
            )
        )
        return {
            key: {user for user, region in posted if region.startswith(code)} for key, code in around.items()
        }

    def _read_earlier(self, keys: Sequence[int]) -> None:
        for offer in Offer._base_manager.filter(claim_id__in=keys).order_by("id"):
            self.earlier[offer.claim_id].append(offer)
        rows = Holding._base_manager.filter(claim_id__in=keys, until_at__isnull=True)
        self._held_since = dict(rows.values_list("claim_id", "from_at"))

    def _answers(self, claim: Claim) -> tuple[set[int], set[int]]:
        """Who has declined in this round, and who was silent since the claim came to where it is."""
        since = self._held_since.get(claim.pk, claim.filed_at)
        offers = [each for each in self.earlier[claim.pk] if each.round == claim.round]
        declined = {each.person_id for each in offers if each.state == OfferState.DECLINED}
        silent = {
            each.person_id
            for each in offers
            if each.state == OfferState.SILENT and each.level == claim.level and each.offered_at >= since
        }
        return declined, silent

    def _candidate(self, claim: Claim, user_id: int, roles: set[str]) -> Candidate:
        person = self.people[user_id]
        agent = getattr(person, "agent", None)
        posted = agent.station if agent is not None else None
        provider = agent.provider if agent is not None else None
        if roles:
            level = max(LEVEL_OF_ROLE[role] for role in roles)
        else:
            level = LEVEL_OF_TIER[Tier(posted.tier)] if posted is not None else Level.VILLAGE
        return Candidate(
            key=user_id,
            level=level,
            ring=_ring(claim.holder, posted),
            is_head=bool(roles) and roles <= HEADS,
            may_handle=bool(roles),
            has_left=not person.is_active or (agent is not None and agent.left_on is not None),
            is_away=person.is_away,
            is_involved=claim.consumer.user_id == user_id,
            certified_until=agent.certified_until if agent is not None else None,
            skills=frozenset(agent.skills) if agent is not None else frozenset(),
            dialects=agent.dialects if agent is not None else "",
            provider_grade=provider.grade if provider is not None else "",
            provider_suspended=provider is not None and provider.is_suspended,
            open_claims=person.open_claims,
            open_offers=person.open_offers + self._added.get(user_id, 0),
            distance_m=self._distance(claim.station, posted),
            last_offer_at=self.now if self._added.get(user_id) else person.last_offer_at,
        )

    def _distance(self, station: Station, posted: Station | None) -> int | None:
        """Metres between two stations; 0 for the same one, None where a point is not known."""
        if posted is None:
            return None
        if posted.pk == station.pk:
            return 0
        pair = (station.pk, posted.pk)
        if pair not in self._distances:
            points = [(each.lat, each.lon) for each in (station, posted)]
            known = all(value is not None for point in points for value in point)
            self._distances[pair] = round(haversine_m(*points)) if known else None
        return self._distances[pair]


def need_of(claim: Claim, now: datetime) -> Need:
    """What a claim asks for today."""
    return Need(
        goods_type=GoodsType(claim.goods_type),
        nature=Nature(claim.nature),
        severity=Severity(claim.severity),
        level=Level(claim.level),
        on=timezone.localdate(now),
        dialect=claim.consumer.dialect,
    )


def _places_of(claim: Claim) -> tuple[int | str, ...]:
    """Where a grant may count that reaches a claim: its station, the places around it, everywhere."""
    code = claim.station.region_id
    return tuple(dict.fromkeys((claim.station_id, code, *ancestors(code), claim.county_code, NATION, "")))


def _ring(holder: Station | None, posted: Station | None) -> Ring | None:
    if holder is None:
        return None
    if posted is None:
        return Ring.COUNTY
    if posted.pk == holder.pk:
        return Ring.STATION
    digits = DIGITS[PlaceLevel.TOWNSHIP]
    in_township = holder.tier != TierChoices.COUNTY and posted.tier != TierChoices.COUNTY
    if in_township and posted.region_id[:digits] == holder.region_id[:digits]:
        return Ring.TOWNSHIP
    return Ring.COUNTY


def _people(keys: set[int], now: datetime) -> dict[int, User]:
    """Accounts with their posting, provider and load, in one statement."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    offers = Offer._base_manager.filter(person=OuterRef("pk"))
    waiting = offers.filter(state=OfferState.OPEN)
    in_hand = Claim._base_manager.filter(StillOpen("status"), handler=OuterRef("pk"))
    said_away = offers.filter(
        state=OfferState.DECLINED, decline_reason=DeclineReason.AWAY, answered_at__gte=today
    )
    people = (
        User.objects.filter(pk__in=keys)
        .select_related("agent__station", "agent__provider")
        .only(*_PERSON)
        .annotate(
            open_claims=_counted(in_hand, "handler"),
            open_offers=_counted(waiting, "person"),
            last_offer_at=Subquery(offers.order_by("-id").values("offered_at")[:1]),
            is_away=Exists(said_away),
        )
    )
    return {person.pk: person for person in people}


_PERSON = (
    "is_active",
    "agent__certified_until",
    "agent__dialects",
    "agent__left_on",
    "agent__skills",
    "agent__provider__grade",
    "agent__provider__is_suspended",
    "agent__station__lat",
    "agent__station__lon",
    "agent__station__region_id",
    "agent__station__tier",
)


def _counted(rows: QuerySet, column: str) -> Coalesce:
    counts = rows.order_by().values(column).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counts), 0)
