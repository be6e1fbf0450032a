"""Service providers of the demonstration: two with contracts, orders in every state, an account of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.ops.demo.people import NAMES, Staff
from aftersales.ops.demo.photos import evidence
from aftersales.ops.demo.visit_days import let_its_day_come
from aftersales.ops.demo.words import Words
from aftersales.web.service_forms import new_form_key
from claims.models import Claim, Consumer, Contract, ProviderOrder, Visit
from claims.queries.provider_ranking import full_fee, rates_of
from claims.queries.slots import free_windows
from claims.rules.provider_fees import in_vain
from claims.rules.visits import WINDOW, WINDOW_STARTS
from claims.services import contracts, filing, orders, provider_orders, provider_visits, visits
from claims.services import evidence as photos
from claims.services.provider_order_rows import columns
from stations.access.scope import authority_of
from stations.models import Region, Station
from stations.models.parties import PartyKind
from stations.services import parties, provider_desks

DAY = timedelta(days=1)
PAST_DAYS, MOST_PAST = 92, 24
SPREAD = 3
"""Every third consumer: they live in different villages."""
PROVIDERS = (
    ("惠民家电维修中心", "A", 7500, 180),
    ("乡里乡亲家电服务部", "B", 6500, 220),
)
FEES = (
    ("repair", "", 1.0),
    ("repair", "electronics", 0.8),
    ("inspection", "", 0.6),
    ("installation", "", 0.9),
    ("pickup", "", 0.5),
)
SHOP = "苗乡家电专营店"
GOODS = (
    ("波轮洗衣机 8kg", "不脱水，洗完衣服还滴水", "检查排水泵和脱水电机"),
    ("双门冰箱 118L", "冷藏室不制冷", "测电压，听压缩机，查温控器"),
    ("智能电饭煲 4L", "插电没反应", "查电源线、温度保险和发热盘"),
    ("家用潜水泵 750W", "嗡嗡响不上水", "测电压和电容，看叶轮是否卡死"),
)
PAST_TASKS = ("不通电，检查电源和保险", "工作时异响，检查紧固件", "加热慢，检查发热部件")
STORIES = ("offered", "accepted", "under_way", "passed_on", "lapsed", "withdrawn", "nobody_left")


class Providers:
    """Writes contracts as the manager, orders as the claims officer."""

    def __init__(self, staff: Staff, *, words: Words, now: datetime):
        self.staff, self.random, self.now = staff, words.random, now
        self.contracts: list[Contract] = []

    def write(self, *, password: str) -> Iterator[str]:
        """Yields what was written, for progress."""
        self._sign()
        self._open_account(password)
        yield f"contracts with providers {len(self.contracts)}"
        yield f"orders of past months {self._past()}"
        consumers = Consumer.objects.filter(
            county_code=self.staff.county_code, station_id__in=self.staff.agents, erased_at__isnull=True
        ).select_related("station__region")
        told = list(zip(STORIES, consumers.order_by("station_id", "id")[::SPREAD], strict=False))
        for story, consumer in told:
            self._tell(story, consumer)
        yield f"orders to providers {len(told)}"

    def _sign(self) -> None:
        """Signed three quarters of a year ago, for two years."""
        at = self.now - 270 * DAY
        stations = list(
            Station.objects.filter(county_code=self.staff.county_code)
            .exclude(tier="village")
            .order_by("tier", "pk")[:2]
        )
        with self._as(self.staff.manager):
            for number, (name, grade, base_fen, per_km_fen) in enumerate(PROVIDERS):
                party = parties.find_or_create(
                    kind=PartyKind.PROVIDER, name=name, by=self.staff.manager, now=at
                )
                if not party.grade:
                    party = parties.grade(
                        party=party, grade=grade, reason="上季度评定", by=self.staff.manager, now=at
                    )
                contract = contracts.make(
                    provider=party,
                    number=f"{self.staff.county_code[:6]}-服-{number + 1:02d}",
                    station=stations[number % len(stations)],
                    valid_from=timezone.localdate(at),
                    valid_until=timezone.localdate(at) + 730 * DAY,
                    weekdays=range(7) if number == 0 else range(6),
                    seats=2,
                    answer_minutes=120,
                    by=self.staff.manager,
                    now=at,
                )
                for kind, goods, share in FEES:
                    contracts.add_fee(
                        contract=contract,
                        visit_kind=kind,
                        goods_type=goods,
                        base_fen=round(base_fen * share / 100) * 100,
                        free_km=5,
                        per_km_fen=per_km_fen,
                        after_hours_permille=300,
                        vain_permille=400,
                        by=self.staff.manager,
                        now=at,
                    )
                self.contracts.append(contract)

    def _open_account(self, password: str) -> None:
        """The first provider answers its orders itself; the second is sent links."""
        opened = provider_desks.open_desk(
            provider=self.contracts[0].provider,
            county=Region.objects.get(pk=self.staff.county_code),
            username="provider",
            full_name=NAMES["provider"],
            by=self.staff.manager,
            now=self.now - 260 * DAY,
        )
        user = opened.desk.user
        user.set_password(password)
        user.password_is_one_time = False
        user.save(update_fields=["password", "password_is_one_time"])

    def _past(self) -> int:
        """Visits of the last three months to claims that have ended: rows as the services leave them."""
        claims = Claim.objects.filter(
            county_code=self.staff.county_code,
            goods_type="appliance",
            status="closed",
            resolved_at__gte=self.now - PAST_DAYS * DAY,
            visits__isnull=True,
        ).select_related("station__region", "order_line")[: 2 * MOST_PAST : 2]
        made = []
        with transaction.atomic():
            for number, claim in enumerate(claims):
                order = self._ended(claim, self.contracts[number % 2], is_vain=number % 6 == 5)
                made.append(order)
            AuditEvent.objects.bulk_create(
                trail.prepare(
                    f"provider_order.{order.state}",
                    by=self.staff.officer,
                    obj=order,
                    claim_id=order.visit.claim_id,
                    station_id=order.visit.claim.station_id,
                    after={"provider": order.provider_id, "fee_fen": order.fee_fen},
                    at=order.ended_at,
                )
                for order in sorted(made, key=lambda order: order.ended_at)
            )
        return len(made)

    def _ended(self, claim: Claim, contract: Contract, *, is_vain: bool) -> ProviderOrder:
        local = timezone.localtime(claim.resolved_at)
        starts = max((at for at in WINDOW_STARTS if at <= local.time()), default=time(8))
        starts_at = timezone.make_aware(datetime.combine(local.date(), starts))
        ended_at = max(claim.resolved_at, starts_at + timedelta(minutes=40))
        outcome = (
            {"state": "failed", "failure": "nobody_home"}
            if is_vain
            else {"state": "done", "outcome": "solved", "proof": "paper", "done": "上门修好，当面试机正常"}
        )
        visit = Visit.objects.create(
            claim=claim,
            round=claim.round,
            county_code=claim.county_code,
            station=contract.station,
            place=claim.station.region,
            kind="repair",
            task=self.random.choice(PAST_TASKS),
            provider=contract.provider,
            starts_at=starts_at,
            ends_at=starts_at + WINDOW,
            transport="motorbike",
            planned_by=self.staff.officer,
            planned_at=starts_at - DAY,
            started_at=starts_at,
            ended_at=ended_at,
            ended_by=self.staff.officer,
            **outcome,
        )
        fee = full_fee(contract, visit)
        if is_vain:
            fee = in_vain(fee, rates_of(contract, visit), failure=visit.failure)
        return ProviderOrder.objects.create(
            visit=visit,
            provider=contract.provider,
            contract=contract,
            county_code=claim.county_code,
            state=visit.state,
            rank=1,
            reasons=[{"code": "load", "points": 30, "number": 0}],
            offered_at=starts_at - DAY,
            offered_by=self.staff.officer,
            answer_by=starts_at - DAY + timedelta(hours=2),
            answered_at=starts_at - DAY + timedelta(minutes=25),
            ended_at=ended_at,
            **columns(fee),
        )

    def _tell(self, story: str, consumer: Consumer) -> None:
        hours = {"lapsed": 5, "passed_on": 5, "under_way": 24}.get(story, 1)
        at = self.now - timedelta(hours=hours)
        officer = self.staff.officer
        product, text, task = self.random.choice(GOODS)
        claim = self._file(consumer, product, text, at - timedelta(hours=2))
        with self._as(officer):
            visit = self._plan(claim, task, at, is_today=story == "under_way")
            ranking = provider_orders.Bids(visit, now=at).ranking()
            first = next(bid for bid in self.contracts if bid.provider_id == ranking.ranked[0].candidate.key)
            order, _token = provider_orders.offer(visit=visit, provider=first.provider, by=officer, now=at)
            answered = at + timedelta(minutes=20)
            if story in ("accepted", "under_way", "withdrawn"):
                provider_orders.accept(order=order, by=None, now=answered)
            if story == "under_way":
                let_its_day_come(Visit.objects.get(pk=visit.pk), self.now)
                provider_visits.set_out(order=order, by=None, now=self.now)
            if story == "withdrawn":
                provider_orders.withdraw(order=order, note="消费者改约到下月再说", by=officer, now=answered)
            if story in ("passed_on", "nobody_left"):
                provider_orders.decline(order=order, reason="too_far", by=None, now=answered)
            if story in ("lapsed", "nobody_left"):
                provider_orders.lapse_due(now=self.now)
            if story == "nobody_left":
                self._decline_the_rest(visit)

    def _file(self, consumer: Consumer, product: str, text: str, at: datetime) -> Claim:
        agent, token = self.staff.agents[consumer.station_id], new_form_key()
        with self._as(agent):
            line = orders.type_in(
                station=consumer.station,
                number=f"F{self.random.randrange(10**11):011d}",
                product=product,
                goods_type="appliance",
                quantity_milli=1000,
                unit="piece",
                paid_fen=self.random.randrange(199, 1299) * 100,
                ordered_at=at - 60 * DAY,
                signed_at=at - 55 * DAY,
                merchant_name=SHOP,
                platform_name="拼多多",
                consumer=consumer,
                by=agent,
                now=at,
            )
            photo = evidence("appliance", self.random)
            photos.stage(upload=photo, station=consumer.station, form_token=token, by=agent, now=at)
            return filing.file(
                order_line=line,
                consumer=consumer,
                goods_type="appliance",
                nature="quality",
                severity="minor",
                description=text,
                bad_milli=1000,
                channel="station",
                consent_kind="spoken",
                form_token=token,
                by=agent,
                now=at,
            )

    def _decline_the_rest(self, visit: Visit) -> None:
        for order in ProviderOrder.objects.filter(visit=visit, state="offered"):
            provider_orders.decline(order=order, reason="too_busy", by=None, now=self.now)

    def _plan(self, claim: Claim, task: str, at: datetime, *, is_today: bool) -> Visit:
        """Planned into a window in which both providers still have a seat; who goes is open."""
        first_day = timezone.localdate(self.now) + (0 if is_today else 2) * DAY
        windows = [
            {window.starts_at for window in self._windows(claim, contract, first_day)}
            for contract in self.contracts
        ]
        both = sorted(windows[0] & windows[1]) or sorted(windows[0])
        return visits.plan(
            claim=claim,
            kind="repair",
            task=task,
            place=claim.station.region,
            starts_at=both[0],
            station=claim.station,
            by=self.staff.officer,
            now=at,
        )

    def _windows(self, claim: Claim, contract: Contract, first_day):
        return free_windows(
            county_code=claim.county_code,
            kind="repair",
            provider=contract.provider,
            place=claim.station.region,
            from_day=first_day,
            days=10,
            now=self.now,
        )

    def _as(self, user: User):
        user.__dict__.pop("_authority", None)
        return acting_in(authority_of(user, now=self.now).scope)
