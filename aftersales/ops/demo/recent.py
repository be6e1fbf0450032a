"""The last days, through the services themselves: claims in every state, with photos."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.ops.demo.cases import Cases
from aftersales.ops.demo.photos import evidence
from aftersales.web.formats import SHANGHAI
from aftersales.web.service_forms import new_form_key
from claims.models import Claim, Compensation
from claims.models.compensation import CompensationState
from claims.rules.clocks import PauseReason
from claims.rules.compensation import share_fen
from claims.services import casework, filing, merging, orders
from claims.services import compensation as compensations
from claims.services import evidence as photos
from claims.services.remedies import mark_shipped
from stations.access.scope import authority_of
from stations.models import Station

PHOTOS_PER_CLAIM = 3
TRIES = 20_000
SMALL_FEN = 5_000


class Recent:
    """Files and works on claims as the people of the county would, at moments in the past days."""

    def __init__(self, cases: Cases, *, now: datetime):
        self.cases, self.staff, self.words, self.now = cases, cases.staff, cases.words, now

    def write(self) -> Iterator[str]:
        """Bring about every state; yields what was done, for progress."""
        for number, (what, days_ago, bring_about) in enumerate(self._plan()):
            at = self._moment(days_ago, number)
            bring_about(at)
            yield what

    def _plan(self) -> list[tuple[str, float, Callable[[datetime], None]]]:
        """State, how many days ago it was filed, and how it comes about."""
        home = next(
            station for station in self.staff.stations if self.staff.agents[station.pk].username == "agent"
        )
        plan: list[tuple[str, float, Callable[[datetime], None]]] = []

        def add(what: str, days: list[float], act: Callable[..., None], **how) -> None:
            plan.extend((what, day, lambda at, how=how: act(at, **how)) for day in days)

        add("paid", [11, 10, 9, 8, 6, 5, 4, 3, 2, 1], self._settled, remedy="refund")
        add("paid", [7, 3, 1], self._settled, remedy="refund", station=home)
        add("coupon", [9, 5, 2], self._settled, remedy="coupon")
        add("goods sent again", [10, 6], self._settled, remedy="reship", ships=True)
        add("goods to send", [1, 0.3], self._settled, remedy="reship", station=home)
        add("waiting for a decision", [1, 0.4, 0.2, 0.1], self._for_officer)
        add("waiting for a decision", [0.3], self._for_officer, station=home)
        add("waiting for the choice", [0.4, 0.1], self._filed)
        add("waiting for the choice", [0.2, 0.05], self._filed, station=home)
        add("not answered yet", [3.2, 0.1, 0.06, 0.04], self._by_phone)
        add("not answered yet", [0.03], self._by_phone, station=home)
        add("overdue", [4, 3], self._filed)
        add("overdue", [3], self._filed, station=home)
        add("being repaired", [1.5, 0.5], self._in_repair)
        add("on hold", [2], self._on_hold)
        add("refused", [6, 2], self._refused)
        add("withdrawn", [5], self._withdrawn)
        add("merged", [2], self._merged)
        add("opened again", [3], self._reopened)
        return plan

    def _moment(self, days_ago: float, number: int) -> datetime:
        """That many days ago; whole days ago in opening hours, less than a day ago as it is."""
        at = self.now - timedelta(days=days_ago, minutes=7 * (number % 5))
        if days_ago < 1:
            return at
        local = at.astimezone(SHANGHAI)
        return local.replace(hour=9 + number % 8, minute=(number * 13) % 60)

    # --- what people do --------------------------------------------------------------------------------

    def _file(
        self,
        at: datetime,
        *,
        fits: Callable[[Claim], bool],
        station: Station | None,
        channel: str,
        shows: int,
    ) -> Claim:
        """Draw goods and trouble until they make a claim of the wanted kind, then file it with photos."""
        station = station or self.words.random.choice(self.staff.stations)
        case = next(
            case
            for case in (self.cases.draw(at, station) for _try in range(TRIES))
            if fits(case.claim) and (case.goods.photo or not shows)
        )
        agent = self.staff.agents[station.pk]
        token = new_form_key()
        with self._as(agent, at):
            line = orders.type_in(
                station=station,
                number=case.order.number,
                product=case.goods.product,
                goods_type=case.goods.goods_type,
                quantity_milli=case.goods.quantity * 1000,
                unit=case.goods.unit,
                paid_fen=case.goods.paid_fen,
                ordered_at=case.order.ordered_at,
                signed_at=min(case.order.signed_at, at - timedelta(minutes=30)),
                merchant_name=case.order.merchant.name,
                platform_name=case.order.platform.name,
                logistics_name=case.order.logistics.name,
                consumer=case.claim.consumer,
                by=agent,
                now=at,
            )
            for _photo in range(shows):
                photos.stage(
                    upload=evidence(case.goods.photo, self.words.random),
                    station=station,
                    form_token=token,
                    by=agent,
                    now=at,
                )
            return filing.file(
                order_line=line,
                consumer=case.claim.consumer,
                goods_type=case.goods.goods_type,
                nature=case.trouble.nature,
                severity=case.trouble.severity,
                description=case.trouble.text,
                bad_milli=case.claim.bad_milli,
                channel=channel,
                consent_kind="spoken",
                form_token=token,
                by=agent,
                now=at,
            )

    def _as(self, user: User, at: datetime):
        user.__dict__.pop("_authority", None)
        return acting_in(authority_of(user, now=at).scope)

    def _filed(
        self, at: datetime, *, station: Station | None = None, most_fen: int = 4_500, least_fen: int = 100
    ) -> Claim:
        """A claim on fruit with photos whose amount lies between two bounds."""

        def fits(claim: Claim) -> bool:
            if not claim.bad_milli or claim.goods_type != "fresh_fruit" or claim.nature != "quality":
                return False
            if claim.procedure != "quality_proportional" and most_fen <= SMALL_FEN:
                return False
            line = claim.order_line
            return least_fen <= share_fen(claim.bad_milli, line.quantity_milli, line.paid_fen) <= most_fen

        return self._file(at, fits=fits, station=station, channel="station", shows=PHOTOS_PER_CLAIM)

    def _choose(self, claim: Claim, at: datetime, remedy: str) -> Compensation:
        agent = self.staff.agents[claim.station_id]
        with self._as(agent, at):
            return compensations.choose(
                compensation=Compensation.objects.get(claim=claim, state=CompensationState.PROPOSED),
                remedy=remedy,
                payout_method="cash" if remedy == "refund" else "",
                asked_how="in_person",
                by=agent,
                now=at + timedelta(minutes=3),
            )

    def _settled(
        self, at: datetime, *, remedy: str, station: Station | None = None, ships: bool = False
    ) -> Compensation:
        done = self._choose(self._filed(at, station=station), at, remedy)
        if done.state == CompensationState.CHOSEN:
            done = self._approve(done, at + timedelta(hours=2))
        if ships and done.state == CompensationState.EXECUTED:
            with self._as(self.staff.officer, at):
                mark_shipped(
                    reship=done.reship,
                    parcel_number=f"ST{self.words.random.randrange(10**12):012d}",
                    by=self.staff.officer,
                    now=at + timedelta(hours=20),
                )
        return done

    def _approve(self, chosen: Compensation, at: datetime) -> Compensation:
        with self._as(self.staff.manager, at):
            approved = compensations.approve(compensation=chosen, by=self.staff.manager, now=at)
            if approved.state == CompensationState.APPROVED:
                return compensations.execute(compensation=approved, by=self.staff.manager, now=at)
            return approved

    def _for_officer(self, at: datetime, *, station: Station | None = None) -> None:
        self._choose(self._filed(at, station=station, least_fen=5_100, most_fen=30_000), at, "refund")

    def _by_phone(self, at: datetime, *, station: Station | None = None) -> None:
        self._file(
            at, fits=lambda claim: claim.nature == "service", station=station, channel="phone", shows=0
        )

    def _in_repair(self, at: datetime) -> None:
        claim = self._file(
            at, fits=lambda claim: claim.goods_type == "appliance", station=None, channel="station", shows=1
        )
        agent = self.staff.agents[claim.station_id]
        with self._as(agent, at):
            casework.start(claim=claim, by=agent, now=at + timedelta(minutes=30))

    def _on_hold(self, at: datetime) -> None:
        claim = self._file(
            at, fits=lambda claim: claim.goods_type == "appliance", station=None, channel="station", shows=1
        )
        agent = self.staff.agents[claim.station_id]
        with self._as(agent, at):
            claim = casework.start(claim=claim, by=agent, now=at + timedelta(minutes=30))
            casework.wait(
                claim=claim,
                reason_code=PauseReason.GOODS_ON_THE_WAY,
                note="等厂家寄配件",
                by=agent,
                now=at + timedelta(hours=2),
            )

    def _refused(self, at: datetime) -> None:
        claim = self._filed(at, least_fen=5_100, most_fen=30_000)
        chosen = self._choose(claim, at, "refund")
        with self._as(self.staff.officer, at):
            code, text = self.words.refusal_of_fruit()
            compensations.refuse(
                compensation=chosen, code=code, text=text, by=self.staff.officer, now=at + timedelta(hours=5)
            )

    def _withdrawn(self, at: datetime) -> None:
        claim = self._filed(at)
        agent = self.staff.agents[claim.station_id]
        with self._as(agent, at):
            casework.withdraw(
                claim=claim, reason=self.words.withdrawal(), by=agent, now=at + timedelta(hours=1)
            )

    def _merged(self, at: datetime) -> None:
        claim = self._filed(at)
        agent = self.staff.agents[claim.station_id]
        with self._as(agent, at):
            again = filing.file(
                order_line=claim.order_line,
                consumer=claim.consumer,
                goods_type=claim.goods_type,
                nature=claim.nature,
                severity=claim.severity,
                description="家里人又来登记了一次",
                bad_milli=claim.bad_milli,
                channel="phone",
                consent_kind="spoken",
                form_token=new_form_key(),
                by=agent,
                now=at + timedelta(hours=3),
            )
            merging.merge(
                duplicate=again, into=Claim.objects.get(pk=claim.pk), by=agent, now=at + timedelta(hours=4)
            )

    def _reopened(self, at: datetime) -> None:
        done = self._settled(at, remedy="refund")
        agent = self.staff.agents[done.station_id]
        with self._as(agent, at):
            claim = Claim.objects.get(pk=done.claim_id)
            casework.reopen(claim=claim, reason="回家后又发现坏了几个", by=agent, now=at + timedelta(days=1))
