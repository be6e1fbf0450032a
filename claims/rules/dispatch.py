"""docs/rules/dispatch.md: who is offered a claim, in which order, and for which reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum

from claims.rules.classification import GoodsType, Nature, Severity, group_of
from claims.rules.clocks import Level
from stations.rules.tiers import DEFAULT_RADIUS_M

ANSWER_MINUTES = 60
"""Minutes of opening hours within which an offer is answered; then silence counts as an answer."""

HOME_VISIT_M = DEFAULT_RADIUS_M
"""How far, in metres, somebody is sent for a visit at home, the limit included."""

FAR_M = 20_000
"""A distance from which nearness adds nothing."""

MOST_OPEN: dict[Level, int] = {
    Level.VILLAGE: 20,
    Level.TOWNSHIP: 40,
    Level.COUNTY: 80,
    Level.PLATFORM: 200,
}
"""Open claims and open offers together from which somebody of a level is offered nothing more."""


class Ring(IntEnum):
    """How near somebody is posted to where the claim is held."""

    STATION = 0
    TOWNSHIP = 1
    COUNTY = 2


class Reason(StrEnum):
    """What speaks for somebody; the number beside it in brackets."""

    SAME_STATION = "same_station"
    SAME_TOWNSHIP = "same_township"
    SAME_COUNTY = "same_county"
    SKILL = "skill"
    DIALECT = "dialect"
    LOAD = "load"  # open claims
    DISTANCE = "distance"  # metres
    GRADE_A = "grade_a"
    GRADE_B = "grade_b"


class Exclusion(StrEnum):
    """Why somebody is not offered a claim, the weightiest first."""

    LEFT = "left"
    NO_RIGHT = "no_right"
    INVOLVED = "involved"
    PROVIDER_SUSPENDED = "provider_suspended"
    PROVIDER_GRADE_C = "provider_grade_c"
    BELOW_LEVEL = "below_level"
    HEAD = "head"
    UNCERTIFIED = "uncertified"
    UNQUALIFIED = "unqualified"
    TOO_FAR = "too_far"
    DECLINED = "declined"
    SILENT = "silent"
    AWAY = "away"
    FULL = "full"


NEVER = frozenset(
    {
        Exclusion.LEFT,
        Exclusion.NO_RIGHT,
        Exclusion.INVOLVED,
        Exclusion.PROVIDER_SUSPENDED,
        Exclusion.PROVIDER_GRADE_C,
    }
)
"""What no manager can override. Everything else may be put aside by a person, with a reason."""

REACH_POINTS = {Ring.STATION: 45, Ring.TOWNSHIP: 25, Ring.COUNTY: 10}
GRADE_POINTS = {"A": 4, "B": 2}
SKILL_POINTS = 15
DIALECT_POINTS = 15
LOAD_POINTS = 15
DISTANCE_POINTS = 6
"""The weights of the order: together 100. Load and distance count in whole points, rounded down."""

NEEDS_CERTIFICATE = frozenset({Level.VILLAGE, Level.TOWNSHIP})
"""Where the work is with the villager and the goods: it takes a valid training certificate."""

SKILL_OF_NATURE: dict[Nature, str] = {
    Nature.LOGISTICS: "logistics",
    Nature.SERVICE: "mediation",
    Nature.PRICE: "mediation",
}
SKILL_OF_GOODS: dict[GoodsType, str] = {
    GoodsType.PRODUCE: "produce",
    GoodsType.APPLIANCE: "appliance",
    GoodsType.ELECTRONICS: "appliance",
    GoodsType.AGRICULTURAL_INPUTS: "inputs",
}
"""The skill a case asks for: by what went wrong, in a case of quality by the goods or their group."""

MUST_KNOW = frozenset({"appliance", "inputs"})
"""Skills without which nobody is sent to a major case or into a home; elsewhere skill is an advantage."""

WORDS = re.compile(r"[、,，;；/\s]+")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Need:
    """What a claim asks for. `dialect` is the consumer's, as somebody typed it; `on` is today."""

    goods_type: GoodsType
    nature: Nature
    severity: Severity
    level: Level
    on: date
    dialect: str = ""
    is_home_visit: bool = False

    @property
    def skill(self) -> str:
        """The skill that fits the case, "" for none in particular."""
        if self.nature in SKILL_OF_NATURE:
            return SKILL_OF_NATURE[self.nature]
        return SKILL_OF_GOODS.get(self.goods_type) or SKILL_OF_GOODS.get(group_of(self.goods_type), "")

    @property
    def asks_for_skill(self) -> bool:
        """Whether somebody without the skill is not to be sent at all."""
        return self.skill in MUST_KNOW and (self.severity == Severity.MAJOR or self.is_home_visit)


@dataclass(frozen=True)
class Candidate:
    """What is known about somebody who could take a claim on.

    `level` is where on the ladder the person works. `ring` None: nothing to be said about nearness.
    `has_declined` in this round, `was_silent` since the claim came to where it is held. Provider and grade
    concern people whom a service provider employs; "" is not rated. `distance_m` None: not known.
    """

    key: int
    level: Level
    ring: Ring | None = None
    is_head: bool = False
    may_handle: bool = True
    has_left: bool = False
    is_away: bool = False
    is_involved: bool = False
    has_declined: bool = False
    was_silent: bool = False
    certified_until: date | None = None
    skills: frozenset[str] = field(default_factory=frozenset)
    dialects: str = ""
    provider_grade: str = ""
    provider_suspended: bool = False
    open_claims: int = 0
    open_offers: int = 0
    distance_m: int | None = None
    last_offer_at: datetime | None = None

    @property
    def load(self) -> int:
        return self.open_claims + self.open_offers


@dataclass(frozen=True)
class Ground:
    """One reason with the points it gives, and the number behind it where there is one."""

    code: Reason
    points: int
    number: int | None = None


@dataclass(frozen=True)
class Ranked:
    """A candidate with a place in the order (1 is the best), a score of at most 100, and why."""

    candidate: Candidate
    rank: int
    score: int
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class Excluded:
    """A candidate who is not offered the claim, and every reason for that."""

    candidate: Candidate
    why: tuple[Exclusion, ...]

    @property
    def is_final(self) -> bool:
        """Whether no manager can give the claim to this person either."""
        return not NEVER.isdisjoint(self.why)


@dataclass(frozen=True)
class Ranking:
    """Who is to be asked, the best first, and who is not."""

    ranked: tuple[Ranked, ...]
    excluded: tuple[Excluded, ...]

    def of(self, key: int) -> Ranked | Excluded | None:
        """What the ranking says about one person; None when it does not know them."""
        return next((each for each in (*self.ranked, *self.excluded) if each.candidate.key == key), None)


def rank(candidates: Iterable[Candidate], need: Need) -> Ranking:
    """Put people in the order in which a claim is offered to them; the same facts give the same order.

    By score; at the same score the one with the least load, then the one who was longest without an offer,
    then the lower key. Excluded people keep the order of their keys.
    """
    fit, excluded = [], []
    for candidate in candidates:
        why = exclusions(candidate, need)
        if why:
            excluded.append(Excluded(candidate, why))
        else:
            fit.append((candidate, grounds(candidate, need)))
    scored = [(candidate, sum(each.points for each in why), why) for candidate, why in fit]
    scored.sort(key=lambda row: (-row[1], row[0].load, row[0].last_offer_at or LONG_AGO, row[0].key))
    excluded.sort(key=lambda each: each.candidate.key)
    return Ranking(
        ranked=tuple(
            Ranked(candidate, place, score, why)
            for place, (candidate, score, why) in enumerate(scored, start=1)
        ),
        excluded=tuple(excluded),
    )


def exclusions(candidate: Candidate, need: Need) -> tuple[Exclusion, ...]:
    """Every reason not to offer the claim to somebody; none means that they may be asked."""
    certified = candidate.certified_until is not None and candidate.certified_until >= need.on
    at_the_counter = candidate.level in NEEDS_CERTIFICATE
    far = candidate.distance_m is None or candidate.distance_m > HOME_VISIT_M
    holds = {
        Exclusion.LEFT: candidate.has_left,
        Exclusion.NO_RIGHT: not candidate.may_handle,
        Exclusion.INVOLVED: candidate.is_involved,
        Exclusion.PROVIDER_SUSPENDED: candidate.provider_suspended,
        Exclusion.PROVIDER_GRADE_C: candidate.provider_grade == "C",
        Exclusion.BELOW_LEVEL: candidate.level < need.level,
        Exclusion.HEAD: candidate.is_head,
        Exclusion.UNCERTIFIED: at_the_counter and not certified,
        Exclusion.UNQUALIFIED: (
            at_the_counter and need.asks_for_skill and need.skill not in candidate.skills
        ),
        Exclusion.TOO_FAR: need.is_home_visit and far,
        Exclusion.DECLINED: candidate.has_declined,
        Exclusion.SILENT: candidate.was_silent,
        Exclusion.AWAY: candidate.is_away,
        Exclusion.FULL: candidate.load >= MOST_OPEN[candidate.level],
    }
    return tuple(code for code in Exclusion if holds[code])


def grounds(candidate: Candidate, need: Need) -> tuple[Ground, ...]:
    """What speaks for somebody, in the order in which it is told; what gives no points is told if it is a
    number (load, distance)."""
    found = []
    if candidate.ring is not None:
        code = (Reason.SAME_STATION, Reason.SAME_TOWNSHIP, Reason.SAME_COUNTY)[candidate.ring]
        found.append(Ground(code, REACH_POINTS[candidate.ring]))
    if need.skill and need.skill in candidate.skills:
        found.append(Ground(Reason.SKILL, SKILL_POINTS))
    if speaks(candidate.dialects, need.dialect):
        found.append(Ground(Reason.DIALECT, DIALECT_POINTS))
    most = MOST_OPEN[candidate.level]
    found.append(
        Ground(Reason.LOAD, LOAD_POINTS * max(0, most - candidate.load) // most, candidate.open_claims)
    )
    if candidate.distance_m is not None:
        points = DISTANCE_POINTS * max(0, FAR_M - candidate.distance_m) // FAR_M
        found.append(Ground(Reason.DISTANCE, points, candidate.distance_m))
    if candidate.provider_grade in GRADE_POINTS:
        code = Reason.GRADE_A if candidate.provider_grade == "A" else Reason.GRADE_B
        found.append(Ground(code, GRADE_POINTS[candidate.provider_grade]))
    return tuple(found)


def speaks(dialects: str, wanted: str) -> bool:
    """Whether one of the dialects or languages somebody named is one of those that are wanted."""
    return bool(words_of(dialects) & words_of(wanted))


def words_of(dialects: str) -> frozenset[str]:
    """Dialects and languages out of a line people typed, with 、 or a comma between them."""
    return frozenset(word for word in WORDS.split(dialects.strip()) if word)
