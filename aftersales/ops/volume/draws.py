"""Claims drawn by chance, each with its end: when filed, how answered, what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import exp
from random import Random
from typing import NamedTuple

from aftersales.accounts.models import User
from aftersales.ops.volume.funds import Purse
from aftersales.ops.volume.kinds import Kind
from aftersales.ops.volume.places import Place
from aftersales.ops.volume.staging import Json
from aftersales.ops.volume.timing import Timing, written
from claims.models import ClockRule
from claims.rules.approval import Level
from claims.rules.clocks import LONGEST_PAUSE, Clock, PauseReason
from claims.rules.numbering import make_coupon_code, make_number

DAY = 86_400
SHANGHAI = 8 * 3600
OPENS, OPEN_FOR = 8 * 3600, 10 * 3600
CLOSED_AFTER = 7 * DAY
PAUSE_MINUTES = LONGEST_PAUSE[PauseReason.INSPECTION]
# Pauses that are open have begun lately, so that not all of them have had their longest time.
LONGEST_WAIT = 10 * DAY
BY_PHONE = 0.15
# (days since filing, share that is still open)
STILL_OPEN = ((3, 0.9), (14, 0.5), (60, 0.15), (366, 0.04))
REFUSED, WITHDRAWN, MERGED = 0.06, 0.10, 0.12
# Fewer refunds than in life: each one costs four rows and belongs to no page that is slow.
REMEDY_WEIGHTS = {"refund": 20, "coupon": 55, "reship": 25}
MOVES = {"submitted": 0, "accepted": 1, "in_progress": 2, "waiting": 3, "closed": 3}
MOVES_OF_OTHERS = 2


class Case(NamedTuple):
    """What differs from claim to claim; the rest follows from its kind. Instants in seconds since 1970."""

    kind: int
    order_id: int
    line_id: int
    claim_id: int
    station_id: int
    county_code: str
    consumer_id: int
    agent_id: int
    agent_name: str
    order_number: str
    claim_number: str
    channel: str
    ordered_at: int
    signed_at: int
    filed_at: int
    status: str
    version: int
    windows: Json
    first_warn_at: int
    first_due_at: int
    first_is_provisional: int
    handling_warn_at: int
    handling_due_at: int
    handling_is_provisional: int
    accepted_at: int | None = None
    response_minutes: int | None = None
    resolved_at: int | None = None
    resolution_minutes: int | None = None
    closed_at: int | None = None
    paused_at: int | None = None
    merged_into_id: int | None = None
    compensation_id: int | None = None
    compensation_state: str = ""
    remedy: str = ""
    payout_method: str = ""
    granted_fen: int = 0
    chosen_at: int | None = None
    decided_at: int | None = None
    approver_id: int | None = None
    executor_id: int | None = None
    executor_name: str = ""
    coupon_code: str = ""
    movement_id: int | None = None
    fund_id: int | None = None
    cash_id: int | None = None
    advances_id: int | None = None
    digest: str = ""


class Keys(NamedTuple):
    """Reserved keys, one of each for every claim of a batch."""

    order: Sequence[int]
    line: Sequence[int]
    claim: Sequence[int]
    compensation: Sequence[int]
    movement: Sequence[int]


class Draws:
    """Draws claims filed within a year; the same seed draws the same but for the numbers."""

    def __init__(
        self,
        places: list[Place],
        kinds: list[Kind],
        *,
        purses: Mapping[str, Purse],
        deciders: Mapping[str, tuple[User, User]],
        timing: Timing,
        system: User,
        seed: int,
        now: datetime,
    ):
        self.places, self.kinds, self.purses = places, kinds, purses
        self.deciders, self.system = deciders, system
        self.timing, self.rules = timing, {}
        self.windows = {place.station.pk: timing.windows(place.station) for place in places}
        self.written = {pk: Json(written(windows)) for pk, windows in self.windows.items()}
        self.random = Random(seed)
        self.now = int(now.timestamp())
        self.midnight = (self.now + SHANGHAI) // DAY * DAY - SHANGHAI
        self._live: dict[int, tuple[int, int]] = {}

    def batch(self, keys: Keys) -> list[Case]:
        return [self._case(*each) for each in zip(*keys, strict=True)]

    def _case(
        self, order_id: int, line_id: int, claim_id: int, compensation_id: int, movement_id: int
    ) -> Case:
        chance = self.random.random
        place = self.places[int(chance() * len(self.places))]
        kind = self.kinds[int(chance() * len(self.kinds))]
        filed_at = self._moment()
        signed_at = filed_at - 2400 - int(chance() * DAY)
        by_phone = chance() < BY_PHONE
        minutes = int(exp(self.random.gauss(3.4, 0.8))) if by_phone else 0
        accepted_at = min(filed_at + 60 * minutes, self.now)
        outcome = self._outcome(place, kind, claim_id, filed_at, accepted_at, by_phone)
        consumer_id = outcome.pop("consumer_id", 0) or place.consumers[int(chance() * len(place.consumers))]
        if outcome["status"] != "merged":
            self._live[place.station.pk] = claim_id, consumer_id
        if outcome["status"] != "submitted":
            outcome |= {"accepted_at": accepted_at, "response_minutes": (accepted_at - filed_at) // 60}
        if outcome.get("compensation_state"):
            outcome["compensation_id"] = compensation_id
        if outcome.get("remedy") == "refund" and outcome["compensation_state"] == "executed":
            outcome |= self._movement(place, kind, claim_id, movement_id, outcome)
        if outcome["status"] == "waiting":
            outcome["paused_at"] = max(accepted_at, self.now - int(chance() * LONGEST_WAIT))
        day = day_of(filed_at)
        return Case(
            kind=kind.kind,
            order_id=order_id,
            line_id=line_id,
            claim_id=claim_id,
            station_id=place.station.pk,
            county_code=place.station.county_code,
            consumer_id=consumer_id,
            agent_id=place.agent.pk,
            agent_name=str(place.agent),
            order_number=f"{day:%y%m%d}{order_id:010d}",
            claim_number=make_number(day),
            channel="phone" if by_phone else "station",
            ordered_at=signed_at - 40 * 3600 - int(chance() * 4 * DAY),
            signed_at=signed_at,
            filed_at=filed_at,
            version=1 + MOVES.get(outcome["status"], MOVES_OF_OTHERS),
            windows=self.written[place.station.pk],
            **self._due_times(place, kind, filed_at, outcome.get("paused_at")),
            **outcome,
        )

    def _due_times(self, place: Place, kind: Kind, filed_at: int, paused_at: int | None) -> dict:
        """When the two promises of a claim are due, by the pinned policy and the station's hours."""
        windows = self.windows[place.station.pk]
        first, handling = self._rules(kind)
        pause = (paused_at, paused_at + PAUSE_MINUTES * 60) if paused_at else None
        answer = self.timing.due(first, windows, filed_at)
        settled = self.timing.due(handling, windows, filed_at, pause)
        return {
            "first_warn_at": answer.warn_at,
            "first_due_at": answer.due_at,
            "first_is_provisional": answer.is_provisional,
            "handling_warn_at": settled.warn_at,
            "handling_due_at": settled.due_at,
            "handling_is_provisional": settled.is_provisional,
        }

    def _rules(self, kind: Kind) -> tuple[ClockRule, ClockRule]:
        if kind.kind not in self.rules:
            classed = (kind.goods_type, kind.nature, kind.severity)
            self.rules[kind.kind] = tuple(
                self.timing.rule(clock, *classed) for clock in (Clock.FIRST_RESPONSE, Clock.HANDLING)
            )
        return self.rules[kind.kind]

    def _moment(self) -> int:
        """When a claim is filed: some day within a year, in opening hours, at a whole minute."""
        at = (
            self.midnight
            - int(self.random.random() * 365) * DAY
            + OPENS
            + int(self.random.random() * OPEN_FOR) // 60 * 60
        )
        return at if at < self.now else at - DAY

    def _outcome(self, place, kind, claim_id, filed_at, accepted_at, by_phone) -> dict:
        age_days = (self.now - filed_at) / DAY
        if self.random.random() < next(share for days, share in STILL_OPEN if age_days < days):
            return self._open(kind, age_days, accepted_at, by_phone)
        fate = self.random.random()
        ended_at = accepted_at + 1200 + int(self.random.random() * DAY)
        if ended_at > self.now:
            return self._open(kind, age_days, accepted_at, by_phone)
        if fate < REFUSED:
            return {"status": "rejected", "closed_at": ended_at}
        if fate < WITHDRAWN:
            return {"status": "withdrawn", "closed_at": ended_at}
        if fate < MERGED and place.station.pk in self._live:
            into, consumer_id = self._live[place.station.pk]
            return {
                "status": "merged",
                "closed_at": ended_at,
                "merged_into_id": into,
                "consumer_id": consumer_id,
            }
        settled = self._compensated(place, kind, accepted_at, ended_at) if kind.remedies else {}
        resolved_at = settled.get("decided_at", ended_at)
        closed_at = resolved_at + CLOSED_AFTER
        is_closed = closed_at <= self.now
        return {
            "status": "closed" if is_closed else "resolved",
            "resolved_at": resolved_at,
            "resolution_minutes": (resolved_at - filed_at) // 60,
            "closed_at": closed_at if is_closed else None,
            **settled,
        }

    def _open(self, kind: Kind, age_days: float, accepted_at: int, by_phone: bool) -> dict:
        chance = self.random.random()
        if by_phone and age_days < 1:
            return {"status": "submitted"}
        status = "accepted" if chance < 0.4 else "in_progress" if chance < 0.85 else "waiting"
        if not kind.remedies or chance > 0.7:
            return {"status": status}
        if kind.level == Level.RULE:
            return {"status": status, "compensation_state": "proposed"}
        return {
            "status": status,
            "compensation_state": "chosen",
            **self._choice(kind),
            "chosen_at": min(accepted_at + 300, self.now),
        }

    def _choice(self, kind: Kind) -> dict:
        possible = kind.remedies.split()
        remedy = self.random.choices(possible, [REMEDY_WEIGHTS[each] for each in possible])[0]
        return {"remedy": remedy, "payout_method": "cash" if remedy == "refund" else ""}

    def _compensated(self, place: Place, kind: Kind, accepted_at: int, ended_at: int) -> dict:
        """A remedy carried out; empty when only a refund is possible and there is no money for it."""
        choice = self._choice(kind)
        chosen_at = accepted_at + 120 + int(self.random.random() * 600)
        decided_at = chosen_at + 120 if kind.level == Level.RULE else max(ended_at, chosen_at + 60)
        if choice["remedy"] == "refund" and not self.purses[place.station.county_code].pay(
            kind.amount_fen,
            station_id=place.station.pk,
            day=day_of(decided_at),
            party_id=kind.liable_party_id,
        ):
            others = [each for each in kind.remedies.split() if each != "refund"]
            if not others:
                return {}
            choice = {"remedy": others[0], "payout_method": ""}
        approver = self._approver(place, kind)
        executor = approver or self.system
        return {
            **choice,
            "compensation_state": "executed",
            "granted_fen": kind.granted_fen(choice["remedy"]),
            "chosen_at": chosen_at,
            "decided_at": decided_at,
            "approver_id": approver and approver.pk,
            "executor_id": executor.pk,
            "executor_name": str(executor),
            "coupon_code": make_coupon_code() if choice["remedy"] == "coupon" else "",
        }

    def _approver(self, place: Place, kind: Kind) -> User | None:
        officer, manager = self.deciders[place.station.county_code]
        return {Level.OFFICER: officer, Level.MANAGER: manager}.get(kind.level)

    def _movement(self, place: Place, kind: Kind, claim_id: int, movement_id: int, outcome: dict) -> dict:
        purse = self.purses[place.station.county_code]
        return {
            "movement_id": movement_id,
            "fund_id": purse.fund.pk,
            "cash_id": purse.cash.pk,
            "advances_id": purse.advances[kind.liable_party_id],
            "digest": purse.digest(
                claim_id=claim_id,
                amount_fen=kind.amount_fen,
                party_id=kind.liable_party_id,
                by=outcome["executor_id"],
                at=outcome["decided_at"],
            ),
        }


@lru_cache(maxsize=1024)
def _shanghai_day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


def day_of(instant: int) -> date:
    """The day in Shanghai, which keeps no summer time, of an instant in seconds."""
    return _shanghai_day((instant + SHANGHAI) // DAY)
