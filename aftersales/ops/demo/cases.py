"""One past claim after another, drawn by chance: what was bought, what was wrong, how it ended."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aftersales.ops.demo.orders import known_from
from aftersales.ops.demo.pace import Pace, settled
from aftersales.ops.demo.people import Desk
from aftersales.ops.demo.words import Goods, Trouble, Words
from aftersales.web.formats import SHANGHAI
from claims.models import (
    Claim,
    ClaimClock,
    Compensation,
    CompensationPolicy,
    Consent,
    Consumer,
    Coupon,
    Holding,
    Order,
    OrderLine,
    Reship,
)
from claims.models.clocks import ClockOutcome
from claims.models.fund import LimitKind
from claims.models.orders import OrderState
from claims.queries import policies
from claims.queries.clocks import LazyDays
from claims.rules import fund as fund_rules
from claims.rules.approval import Level, required_level
from claims.rules.classification import Procedure, procedure_for
from claims.rules.clocks import Clock
from claims.rules.compensation import coupon_value_fen, cumulative_award, reship_quantity, reship_value_fen
from claims.rules.numbering import make_coupon_code, make_number
from claims.services import clocks, filing, lines
from claims.services.clock_counting import put_out
from stations.models import Party, Station
from stations.services import parties

CONSUMERS_PER_STATION = 45
MONEY_REMEDIES = ("refund", "reship", "coupon")
REMEDY_WEIGHTS = {"refund": 70, "reship": 12, "coupon": 18}
# How claims ended, in per cent; the rest was settled.
REFUSED, WITHDRAWN = 4, 3
CLOSED_AFTER = timedelta(days=7)


@dataclass
class Case:
    """One claim with everything that hangs on it, before it is written."""

    station: Station
    goods: Goods
    trouble: Trouble
    order: Order
    line: OrderLine
    claim: Claim
    consent: Consent
    holding: Holding
    clocks: list[ClaimClock]
    compensation: Compensation | None = None
    remedy_row: Coupon | Reship | None = None
    events: list[tuple] = field(default_factory=list)


class Cases:
    """Draws claims of one county that have ended, at its pace; the same seed draws the same."""

    def __init__(self, staff: Desk, *, words: Words, system, pace: Pace):
        self.staff, self.words, self.system, self.pace = staff, words, system, pace
        self.days = LazyDays()
        self.spent: Counter = Counter()
        self.parties: dict[tuple[str, str], Party] = {}
        self.consumers = self._consumers()
        self.policy = CompensationPolicy.objects.get(county_code="", version=1)

    def _consumers(self) -> dict[int, list[Consumer]]:
        rows = []
        for station in self.staff.stations:
            for _number in range(CONSUMERS_PER_STATION):
                consumer = Consumer(
                    station=station, county_code=station.county_code, created_at=self.staff.fund.created_at
                )
                group = self.words.random.choice("一二三四五六七八")
                consumer.set_personal(
                    name=self.words.person(),
                    phone=self.words.phone(),
                    address=f"{station.parent.region.name}{station.region.name}{group}组",
                )
                rows.append(consumer)
        Consumer.objects.bulk_create(rows, ignore_conflicts=True)
        kept = defaultdict(list)
        for consumer in Consumer.objects.filter(county_code=self.staff.county_code):
            kept[consumer.station_id].append(consumer)
        return kept

    def party(self, kind: str, name: str) -> Party:
        if (kind, name) not in self.parties:
            self.parties[kind, name] = parties.find_or_create(
                kind=kind, name=name, by=self.system, now=self.staff.fund.created_at
            )
        return self.parties[kind, name]

    def draw(self, filed_at: datetime, station: Station | None = None) -> Case:
        """A claim filed at this instant, at one station or any, and what became of it; not yet written."""
        draw = self.words.random
        station = station or draw.choice(self.staff.stations)
        goods = self.words.goods(filed_at)
        trouble = self.words.trouble(goods)
        consumer = draw.choice(self.consumers[station.pk])
        signed_at = filed_at - timedelta(minutes=draw.randrange(40, 1500))
        place = {"station": station, "county_code": station.county_code}
        number = self.words.order_number(signed_at)
        order = Order(
            **place,
            number=number,
            platform=self.party("platform", self.words.platform()),
            merchant=self.party("merchant", self.words.merchant(goods)),
            logistics=self.party("logistics", self.words.logistics()),
            consumer=consumer,
            ordered_at=signed_at - timedelta(hours=draw.randrange(40, 130)),
            signed_at=signed_at,
            state=OrderState.SIGNED,
            **known_from(number, system=self.system, agent=self.staff.agents[station.pk]),
            created_at=signed_at,
            changed_at=signed_at,
        )
        line = OrderLine(
            **place,
            product=goods.product,
            goods_type=goods.goods_type,
            quantity_milli=goods.quantity * 1000,
            unit=goods.unit,
            paid_fen=goods.paid_fen,
            order=order,
        )
        procedure = procedure_for(goods.goods_type, trouble.nature, trouble.severity)
        liable = {"merchant": order.merchant, "logistics": order.logistics, "platform": order.platform}
        by_phone = draw.random() < 0.15
        claim = Claim(
            **place,
            number=make_number(filed_at.date()),
            consumer=consumer,
            order_line=line,
            channel="phone" if by_phone else "station",
            filed_by=self.staff.agents[station.pk],
            handler=self.staff.agents[station.pk],
            filed_at=filed_at,
            goods_type=goods.goods_type,
            nature=trouble.nature,
            severity=trouble.severity,
            procedure=procedure.code,
            liable_party=liable.get(procedure.liable_kind),
            description=trouble.text,
            bad_milli=trouble.bad * 1000 if trouble.bad else None,
        )
        started = clocks.opening(claim, by=claim.filed_by, now=filed_at, days=self.days)
        consent = Consent(
            **place,
            consumer=consumer,
            kind=draw.choice(("spoken", "spoken", "signed")),
            given_at=filed_at,
            recorded_by=claim.filed_by,
        )
        case = Case(station, goods, trouble, order, line, claim, consent, started.holding, started.clocks)
        case.events.append(
            ("claim.filed", claim.filed_by, filed_at, None, {"number": claim.number, "status": "submitted"})
        )
        self._answer(case, by_phone)
        self._end(case, procedure)
        claim.next_due_at = claim.handling_due_at
        return case

    def _answer(self, case: Case, by_phone: bool) -> None:
        claim, draw = case.claim, self.words.random
        claim.accepted_at = self.pace.answered(claim.filed_at, draw.gauss(0, 1) if by_phone else None)
        claim.response_minutes = int((claim.accepted_at - claim.filed_at).total_seconds() // 60)
        self._stop(case, claim.accepted_at, Clock.FIRST_RESPONSE, Clock.FRESH_INSPECTION)
        case.holding.taken_over_at = claim.accepted_at
        reply = filing.first_reply(procedure_for(claim.goods_type, claim.nature, claim.severity), claim)
        claim.reply_progress, claim.reply_method = reply["progress"], reply["method"]
        claim.reply_finish_at = reply["finish_at"]
        case.events.append(
            (
                "claim.accepted",
                claim.filed_by,
                claim.accepted_at,
                {"status": "submitted"},
                {"status": "accepted"},
            )
        )

    def _end(self, case: Case, procedure: Procedure) -> None:
        draw, claim = self.words.random, case.claim
        fate = draw.randrange(100)
        remedies = [
            remedy for remedy in MONEY_REMEDIES if remedy in {each.value for each in procedure.remedies}
        ]
        if fate < REFUSED:
            self._refuse(case)
        elif fate < REFUSED + WITHDRAWN:
            claim.status = "withdrawn"
            at = claim.closed_at = claim.accepted_at + timedelta(minutes=draw.randrange(20, 900))
            self._stop(case, at, Clock.HANDLING, outcome=ClockOutcome.VOID)
            case.holding.until_at = at
            change = ({"status": "accepted"}, {"status": "withdrawn"})
            case.events.append(("claim.withdrawn", claim.filed_by, at, *change, self.words.withdrawal()))
        elif remedies and case.trouble.bad:
            self._compensate(case, procedure, remedies)
        else:
            at = self.pace.looked_at(claim, draw.gauss(0, 1))
            self._settle(case, at, self.words.explanation())

    def _refuse(self, case: Case) -> None:
        claim = case.claim
        claim.status = "rejected"
        claim.rejection_code, claim.rejection_text = self.words.refusal(case.goods)
        at = claim.accepted_at + timedelta(minutes=self.words.random.randrange(120, 1600))
        claim.closed_at = case.holding.until_at = at
        self._stop(case, at, Clock.HANDLING)
        change = ({"status": "accepted"}, {"status": "rejected", "rejection_code": claim.rejection_code})
        case.events.append(("claim.rejected", self.staff.officer, at, *change))

    def _compensate(self, case: Case, procedure: Procedure, remedies: list[str]) -> None:
        draw, claim, line = self.words.random, case.claim, case.line
        award = cumulative_award(
            bad_milli=claim.bad_milli,
            total_milli=line.quantity_milli,
            paid_fen=line.paid_fen,
            terms=policies.terms_of(self.policy),
        )
        level = required_level(
            award.amount_fen,
            policies.limits_of(self.policy),
            flags=(),
            evidence_count=3,
            choice_recorded=True,
            decided_by=procedure.decided_by,
        ).level
        remedy = draw.choices(remedies, [REMEDY_WEIGHTS[each] for each in remedies])[0]
        worked_out_at = self.pace.looked_at(claim)
        chosen_at = worked_out_at + timedelta(minutes=draw.randrange(2, 12))
        wait = draw.randrange(1, 4) if level == Level.RULE else draw.randrange(60, 1300)
        decided_at = settled(claim, chosen_at + timedelta(minutes=wait))
        if remedy == "refund" and not self._spend(case, award.amount_fen, decided_at):
            others = [each for each in remedies if each != "refund"]
            if not others:
                return self._settle(case, decided_at, self.words.explanation())
            remedy = others[-1]
        approver = {Level.OFFICER: self.staff.officer, Level.MANAGER: self.staff.manager}.get(level)
        case.compensation = Compensation(
            station=case.station,
            county_code=claim.county_code,
            policy=self.policy,
            bad_milli=claim.bad_milli,
            total_milli=line.quantity_milli,
            paid_fen=line.paid_fen,
            amount_fen=award.amount_fen,
            steps=lines.written(award),
            state="executed",
            remedy=remedy,
            payout_method=draw.choice(("cash", "cash", "original", "original")) if remedy == "refund" else "",
            chosen_at=chosen_at,
            asked_how="phone" if claim.channel == "phone" else "in_person",
            asked_by=claim.filed_by,
            worked_out_by=claim.filed_by,
            worked_out_at=worked_out_at,
            needs_level=level.value,
            level=level.value,
            approved_by=approver,
            decided_at=decided_at,
            executed_at=decided_at,
            executed_by=approver or self.system,
        )
        self._grant(case)
        self._start(case, Clock.SETTLEMENT, worked_out_at, decided_at)
        if remedy == "reship":
            self._start(case, Clock.RESHIP_SHIPPED, decided_at, case.remedy_row.shipped_at)
        who = approver or self.system
        case.events += [
            (
                "compensation.worked_out",
                claim.filed_by,
                worked_out_at,
                None,
                {"amount_fen": award.amount_fen},
            ),
            (
                "compensation.chosen",
                claim.filed_by,
                chosen_at,
                None,
                {"remedy": remedy, "needs_level": level.value},
            ),
            (
                "compensation.approved",
                who,
                decided_at,
                None,
                {"amount_fen": award.amount_fen, "level": level.value},
            ),
            (
                "compensation.executed",
                who,
                decided_at,
                {"state": "approved"},
                {"state": "executed", "remedy": remedy},
            ),
        ]
        self._settle(case, decided_at, "")

    def _spend(self, case: Case, amount_fen: int, at: datetime) -> bool:
        """Whether the day's and month's limits allow a payout; counts it when they do."""
        day = at.astimezone(SHANGHAI).date()
        periods = [
            (
                LimitKind.STATION_DAY,
                fund_rules.day_key(case.station.pk, day),
                self.policy.station_day_limit_fen,
            ),
            (LimitKind.FUND_MONTH, fund_rules.month_key(day), self.policy.fund_month_limit_fen),
        ]
        if any(self.spent[kind, key] + amount_fen > limit for kind, key, limit in periods):
            return False
        for kind, key, _limit in periods:
            self.spent[kind, key] += amount_fen
        return True

    def _grant(self, case: Case) -> None:
        compensation, line = case.compensation, case.line
        place = {"station": case.station, "county_code": line.county_code, "merchant": case.order.merchant}
        counted = compensation.amount_fen
        if compensation.remedy == "coupon":
            counted = coupon_value_fen(counted, self.policy.coupon_bonus_permille, line.paid_fen)
            case.remedy_row = Coupon(
                **place,
                code=make_coupon_code(),
                value_fen=counted,
                bonus_fen=max(0, counted - compensation.amount_fen),
                issued_at=compensation.decided_at,
                expires_on=compensation.decided_at.date() + timedelta(days=self.policy.coupon_days),
            )
        elif compensation.remedy == "reship":
            quantity = reship_quantity(compensation.bad_milli, line.is_countable)
            counted = reship_value_fen(quantity, line.quantity_milli, line.paid_fen, line.paid_fen)
            shipped_at = compensation.decided_at + timedelta(hours=self.words.random.randrange(3, 30))
            case.remedy_row = Reship(
                **place,
                quantity_milli=quantity,
                ordered_at=compensation.decided_at,
                shipped_at=shipped_at,
                parcel_number=f"ST{self.words.random.randrange(10**12):012d}",
            )
        compensation.granted_fen = line.granted_fen = counted
        line.bad_milli = compensation.bad_milli

    def _settle(self, case: Case, at: datetime, reason: str) -> None:
        claim = case.claim
        claim.status = "closed"
        claim.resolved_at, claim.closed_at = at, at + CLOSED_AFTER
        claim.resolution_minutes = int((at - claim.filed_at).total_seconds() // 60)
        self._stop(case, at, Clock.HANDLING)
        told_at = at + timedelta(minutes=self.words.random.randrange(30, 4000))
        self._start(case, Clock.RESULT_NOTICE, at, min(told_at, claim.closed_at))
        case.holding.until_at = at
        case.events += [
            ("claim.resolved", claim.handler, at, {"status": "accepted"}, {"status": "resolved"}, reason),
            ("claim.closed", self.system, claim.closed_at, {"status": "resolved"}, {"status": "closed"}),
        ]

    def _start(self, case: Case, clock: Clock, at: datetime, until: datetime) -> None:
        """A clock that was started and stopped."""
        case.clocks += clocks.new_clocks(case.claim, [clock], at=at, days=self.days)
        self._stop(case, until, clock)

    @staticmethod
    def _stop(case: Case, at: datetime, *codes: Clock, outcome: ClockOutcome | None = None) -> None:
        put_out((each for each in case.clocks if each.clock in codes), at=at, outcome=outcome)
