"""Returns, an exchange, repairs, losses with seed and coupons of the demonstration, through the services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.photos import evidence
from aftersales.ops.demo.words import Words
from aftersales.web.service_forms import new_form_key
from claims.models import Claim, Compensation, Consumer, Coupon
from claims.models.compensation import CompensationState
from claims.services import compensation as compensations
from claims.services import coupons, custody, filing, inspections, losses, orders, repairs
from claims.services import evidence as photos
from stations.models.parties import PartyKind
from stations.services import parties

DAY = timedelta(days=1)
SHOP = "苗乡家电专营店"
GOODS = {
    "cooker": ("智能电饭煲 4L", "appliance", 25_900),
    "kettle": ("电热水壶 1.7L", "appliance", 8_900),
    "fan": ("落地电风扇", "appliance", 12_900),
    "fridge": ("双门冰箱 118L", "appliance", 89_900),
    "seed": ("玉米种子 金玉818 两袋", "seed", 9_600),
    "shoes": ("劳保胶鞋 42 码", "clothing", 4_900),
}


class Remedies:
    """Brings one case of each about at the station of the first agent."""

    def __init__(self, staff: Staff, *, words: Words, now: datetime):
        self.staff, self.random, self.now = staff, words.random, now
        self.station = next(
            station for station in staff.stations if staff.agents[station.pk].username == "agent"
        )
        self.agent = staff.agents[self.station.pk]
        consumers = Consumer.objects.filter(station=self.station, erased_at__isnull=True).order_by("id")
        self.consumers = list(consumers[: len(GOODS)])

    def write(self) -> Iterator[str]:
        """Yields what was brought about, for progress."""
        if len(self.consumers) < len(GOODS):
            yield "too few consumers for returns and repairs"
            return
        self._without_reason()
        self._return_that_is_here()
        self._exchange_to_send()
        self._repaired_in_vain()
        self._bad_seed()
        yield "returns, an exchange, repairs and losses"
        yield f"coupons redeemed: {self._coupons()}"

    def _file(self, name: str, at: datetime, *, days: int = 3, **fields) -> Claim:
        product, goods_type, paid_fen = GOODS[name]
        consumer = self.consumers[list(GOODS).index(name)]
        line = orders.type_in(
            station=self.station,
            number=f"R{self.random.randrange(10**11):011d}",
            product=product,
            goods_type=goods_type,
            quantity_milli=1000,
            unit="bag" if goods_type == "seed" else "piece",
            paid_fen=paid_fen,
            ordered_at=at - (days + 3) * DAY,
            signed_at=at - days * DAY,
            merchant_name="黔中种业" if goods_type == "seed" else SHOP,
            platform_name="拼多多",
            consumer=consumer,
            by=self.agent,
            now=at,
        )
        token = new_form_key()
        if not fields.get("is_without_reason"):
            self._photo("seedlings" if goods_type == "seed" else "appliance", token, at)
        values = {"nature": "quality", "severity": "major", "description": "", **fields}
        return filing.file(
            order_line=line,
            consumer=consumer,
            goods_type=goods_type,
            bad_milli=1000,
            channel="station",
            consent_kind="spoken",
            form_token=token,
            by=self.agent,
            now=at,
            **values,
        )

    def _photo(self, kind: str, token: str, at: datetime) -> None:
        photos.stage(
            upload=evidence(kind, self.random),
            station=self.station,
            form_token=token,
            by=self.agent,
            now=at,
        )

    def _choose(self, claim: Claim, remedy: str, at: datetime, method: str = "") -> Compensation:
        proposal = Compensation.objects.get(claim=claim, state=CompensationState.PROPOSED)
        return compensations.choose(
            compensation=proposal,
            remedy=remedy,
            payout_method=method,
            asked_how="in_person",
            by=self.agent,
            now=at,
        )

    def _approved(self, claim: Claim, remedy: str, at: datetime, method: str = "") -> Compensation:
        chosen = self._choose(claim, remedy, at, method)
        if chosen.state != CompensationState.CHOSEN:
            return chosen
        return compensations.approve(compensation=chosen, by=self.staff.manager, now=at)

    def _take_in(self, claim: Claim, at: datetime) -> None:
        token = new_form_key()
        self._photo("label", token, at)
        custody.receive(
            claim=claim,
            station=self.station,
            what=claim.order_line.product,
            pieces=1,
            condition="opened",
            shelf="B1",
            form_token=token,
            by=self.agent,
            now=at,
        )

    def _without_reason(self) -> None:
        at = self.now - timedelta(hours=5)
        claim = self._file(
            "shoes", at, nature="service", severity="minor", is_without_reason=True, description="尺码不合适"
        )
        self._approved(claim, "return", at, "original")

    def _return_that_is_here(self) -> None:
        at = self.now - timedelta(hours=7)
        claim = self._file("kettle", at, description="漏水，不能用")
        self._approved(claim, "return", at, "cash")

    def _exchange_to_send(self) -> None:
        at = self.now - timedelta(hours=20)
        claim = self._file("fan", at, description="不能用")
        self._take_in(claim, at)
        done = self._approved(claim, "exchange", at)
        if done.state == CompensationState.APPROVED:
            compensations.execute(compensation=done, by=self.agent, now=at)

    def _repaired_in_vain(self) -> None:
        at = self.now - 9 * DAY
        claim = self._file("cooker", at, severity="moderate", description="不加热，不能用")
        self._approved(claim, "repair", at)
        shop = self._party(PartyKind.PROVIDER, "县城便民家电维修部", at)
        today = timezone.localdate(self.now)
        for began, parts in ((8, "更换温控器"), (4, "更换加热盘")):
            repair = repairs.begin(
                claim=claim,
                fault="不加热",
                began_on=today - began * DAY,
                provider=shop,
                by=self.agent,
                now=self.now,
            )
            repairs.finish(
                repair=repair,
                outcome="failed",
                ended_on=today - (began - 3) * DAY,
                parts=parts,
                cost_fen=4_500,
                by=self.agent,
                now=self.now,
            )

    def _bad_seed(self) -> None:
        at = self.now - 2 * DAY
        claim = self._file("seed", at, days=20, description="不出芽")
        for kind, words, quantity_milli, unit, unit_fen, proof in (
            ("price", "玉米种子", 1_000, "袋", 9_600, "订单"),
            ("costs", "翻耕、补种人工", 4_000, "工", 12_000, "村委会用工证明"),
            ("benefit", "减产 3.2 亩", 3_200, "亩", 45_000, "近三年产量，村委会证明"),
        ):
            losses.add(
                claim=claim,
                kind=kind,
                words=words,
                quantity_milli=quantity_milli,
                unit=unit,
                unit_fen=unit_fen,
                evidence=proof,
                by=self.agent,
                now=at,
            )
        inspections.send(
            claim=claim,
            body=self._party(PartyKind.INSPECTION, "县农资质量检测站", at),
            sample="同批次种子 200 粒，双方封存",
            question="发芽率",
            sent_on=timezone.localdate(at),
            by=self.agent,
            now=at,
        )
        self._choose(claim, "refund", at, "cash")

    def _coupons(self) -> int:
        last = Coupon.objects.filter(
            county_code=self.staff.county_code,
            redeemed_at__isnull=True,
            expires_on__gte=timezone.localdate(self.now),
        ).order_by("-id")[1:3]
        for number, coupon in enumerate(last, start=1):
            coupons.redeem(
                coupon=coupon, reference=f"XS202611{number:04d}", by=self.staff.officer, now=self.now
            )
        return len(last)

    def _party(self, kind: PartyKind, name: str, at: datetime):
        return parties.find_or_create(kind=kind, name=name, by=self.staff.manager, now=at)
