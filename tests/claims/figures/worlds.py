"""A world drawn by chance: claims of three months at stations of every tier, with all that comes of them."""

from datetime import UTC, datetime, timedelta
from random import Random

from claims.models import (
    Claim,
    ClaimClock,
    ClockRule,
    Compensation,
    CompensationPolicy,
    FollowUp,
    Holding,
    Order,
    OrderLine,
    Score,
)
from claims.queries.clock_policies import policy_on
from tests.factories import NOW, make_consumer, seeing_everything

FROM = datetime(2026, 8, 31, 15, 30, tzinfo=UTC)
"""31 August, half past eleven at night in Shanghai, so that both sides of a month's end are hit."""
MINUTES = 82 * 24 * 60
STATUSES = ("submitted", "accepted", "in_progress", "waiting", "resolved", "closed", "closed", "rejected")
GOODS = ("fresh_fruit", "vegetables", "appliance", "clothing", "seed")
NATURES = ("quality", "logistics", "service", "price")
EXACTLY_A_DAY = timedelta(hours=24)


def draw(cast, *, seed: int, claims: int) -> None:
    """Fill the stations of the cast; the same seed draws the same."""
    with seeing_everything():
        _World(cast, Random(seed)).fill(claims)


class _World:
    def __init__(self, cast, chance: Random):
        self.cast, self.chance = cast, chance
        self.stations = [
            cast.guangcheng,
            cast.guangcheng,
            cast.liuguang,
            cast.fangmaping,
            cast.liuguang_point,
            cast.xiuwen_centre,
            cast.chenlou,
        ]
        self.consumers = {station.pk: make_consumer(station) for station in self.stations}

    def fill(self, count: int) -> None:
        lines = self._orders(count)
        claims = [self._claim(number, lines) for number in range(count)]
        Claim.objects.bulk_create(claims)
        for number, claim in enumerate(claims[1:], start=1):
            if self.chance.random() < 0.06:
                claim.status, claim.merged_into = "merged", claims[number - 1]
            elif self.chance.random() < 0.06:
                claim.status = "withdrawn"
        Claim.objects.bulk_update(claims, ["status", "merged_into"])
        Compensation.objects.bulk_create(filter(None, map(self._compensation, claims)))
        asked = list(filter(None, map(self._follow_up, claims)))
        FollowUp.objects.bulk_create(asked)
        Score.objects.bulk_create(score for follow_up in asked for score in self._scores(follow_up))
        Holding.objects.bulk_create(filter(None, map(self._holding, claims)))

    def moment(self) -> datetime:
        return FROM + timedelta(minutes=self.chance.randrange(MINUTES))

    def _orders(self, count: int) -> list[OrderLine]:
        orders = [
            Order(
                station=station,
                county_code=station.county_code,
                number=f"W{number:08d}",
                consumer=self.consumers[station.pk],
                ordered_at=self.moment(),
                source=self.chance.choice(("typed", "import", "import", "api")),
                created_at=NOW,
                changed_at=NOW,
            )
            for number, station in enumerate(self.chance.choices(self.stations, k=count))
        ]
        Order.objects.bulk_create(orders)
        lines = [
            OrderLine(
                order=order,
                station=order.station,
                county_code=order.county_code,
                product="水蜜桃",
                goods_type="fresh_fruit",
                quantity_milli=20_000,
                paid_fen=4000,
            )
            for order in orders
            for _line in range(self.chance.choice((1, 1, 2)))
        ]
        return OrderLine.objects.bulk_create(lines)

    def _claim(self, number: int, lines: list[OrderLine]) -> Claim:
        line, status = self.chance.choice(lines), self.chance.choice(STATUSES)
        filed_at = self.moment()
        settled = status in ("resolved", "closed")
        return Claim(
            number=f"W{number:08d}",
            station=line.station,
            county_code=line.county_code,
            consumer=self.consumers[line.station_id],
            order_line=line,
            filed_by=self.cast.agent,
            filed_at=filed_at,
            goods_type=self.chance.choice(GOODS),
            nature=self.chance.choice(NATURES),
            severity="minor",
            procedure="quality_proportional",
            status=status,
            rejection_code="too_late" if status == "rejected" else "",
            round=self.chance.choice((1, 1, 1, 2)),
            holder=line.station,
            clock_policy=policy_on(line.county_code, filed_at.date()),
            handling_due_at=filed_at,
            next_due_at=filed_at,
            response_minutes=None
            if status == "submitted"
            else self.chance.choice((0, 5, 119, 120, 121, 600)),
            resolution_minutes=self.chance.randrange(5000) if settled else None,
        )

    def _compensation(self, claim: Claim) -> Compensation | None:
        if self.chance.random() < 0.4:
            return None
        confirmed = claim.filed_at + timedelta(minutes=self.chance.randrange(600))
        waited = self.chance.choice(
            (
                timedelta(minutes=self.chance.randrange(3000)),
                EXACTLY_A_DAY,
                EXACTLY_A_DAY + timedelta(seconds=1),
            )
        )
        if self.chance.random() < 0.8:
            self._clock(claim, confirmed, self.chance.choice(("met", "late", "void")))
        return Compensation(
            claim=claim,
            round=self.chance.choice((claim.round, claim.round, 1)),
            station=claim.station,
            county_code=claim.county_code,
            policy=CompensationPolicy.objects.get(county_code="", version=1),
            bad_milli=1000,
            total_milli=20_000,
            paid_fen=4000,
            amount_fen=self.chance.randrange(4001),
            state=self.chance.choice(("executed", "executed", "approved", "voided")),
            remedy=self.chance.choice(("refund", "reship", "coupon")),
            level=self.chance.choice(("rule", "officer")),
            worked_out_by=self.cast.agent,
            worked_out_at=confirmed,
            executed_at=confirmed + waited,
        )

    def _clock(self, claim: Claim, started_at: datetime, outcome: str) -> None:
        later = timedelta(minutes=7)
        for turn, at in ((1, started_at), (2, started_at + later))[: self.chance.choice((1, 1, 2))]:
            ClaimClock.objects.create(
                claim=claim,
                county_code=claim.county_code,
                clock="settlement",
                family="promise",
                round=claim.round,
                level=0,
                turn=turn,
                rule=ClockRule.objects.order_by("pk").first(),
                started_at=at,
                stopped_at=at + later,
                outcome=outcome,
                due_at=at + later,
            )

    def _follow_up(self, claim: Claim) -> FollowUp | None:
        if claim.status not in ("resolved", "closed", "accepted") or self.chance.random() < 0.1:
            return None
        state = self.chance.choice(("open", "done", "done", "exhausted", "void"))
        return FollowUp(
            claim=claim,
            county_code=claim.county_code,
            round=self.chance.choice((claim.round, claim.round, 1)),
            kind=self.chance.choice(("first", "first", "first", "second")),
            state=state,
            opened_at=claim.filed_at,
            ended_at=None if state == "open" else claim.filed_at,
            due_at=claim.filed_at,
        )

    def _scores(self, follow_up: FollowUp) -> list[Score]:
        sources = self.chance.choice(((), ("self",), ("interviewer",), ("self", "interviewer")))
        return [
            Score(
                follow_up=follow_up,
                claim=follow_up.claim,
                county_code=follow_up.county_code,
                round=follow_up.round,
                stars=self.chance.randint(1, 5),
                source=source,
                by=self.cast.technician if source == "interviewer" else None,
                at=NOW,
            )
            for source in sources
        ]

    def _holding(self, claim: Claim) -> Holding | None:
        because = self.chance.choice(("filed", "filed", "climbed", "handed_up", "sent_back", None))
        if because is None:
            return None
        return Holding(
            claim=claim,
            county_code=claim.county_code,
            round=1,
            level=0,
            station=claim.station,
            because=because,
            from_at=claim.filed_at,
        )
