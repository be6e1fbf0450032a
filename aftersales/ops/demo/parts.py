"""Spare parts of the demonstration: filled shelves, what visits take, old parts that came back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.words import Words
from claims.models import Part, PartStock, PartUse, Visit
from claims.models.visits import BOOKED_STATES
from claims.rules.parts import OldPart
from claims.rules.visits import VisitKind, VisitState
from claims.services import old_parts, parts
from stations.models import Agent, Station

DAY = timedelta(days=1)
SUPPLIERS = ("黔中家电配件行", "贵阳修配中心", "厂家直供")
PART_OF = (
    ("洗衣机", "WM-PUMP"),
    ("冰箱", "FR-THERM"),
    ("电视", "TV-POWER"),
    ("电饭煲", "RC-FUSE"),
    ("水泵", "WP-CAP"),
    ("手机", "PH-BATTERY"),
)
OTHERWISE = "GE-CORD"
USED_AT_MOST = 12


class Parts:
    """Fills the shelves of the county centre and the standby points, then serves the visits."""

    def __init__(self, staff: Staff, *, words: Words, now: datetime):
        self.staff, self.random, self.now = staff, words.random, now
        self.technician = User.objects.get(username="township")
        self.post = Agent.objects.select_related("station__parent").get(user=self.technician).station
        self.centre = Station.objects.get(county_code=staff.county_code, tier="county")
        self.parts = {part.code: part for part in Part.objects.all()}

    def write(self) -> Iterator[str]:
        """Yields what was written, for progress."""
        began = self.now - 90 * DAY
        for part in self.parts.values():
            self._receive(part, self.centre, self.random.randint(4, 12), self.staff.officer, began)
            if self.random.random() < 0.8:
                self._receive(part, self.post, self.random.randint(1, 4), self.technician, began + DAY)
        for point in Station.objects.filter(county_code=self.staff.county_code, tier="township"):
            if point.pk != self.post.pk and point.state == "operating":
                for part in self.random.sample(sorted(self.parts.values(), key=lambda each: each.code), 5):
                    self._receive(part, point, self.random.randint(1, 3), self.staff.officer, began + 2 * DAY)
        self._movements()
        yield f"shelves with parts: {PartStock.objects.count()}"
        yield f"parts put aside {self._put_aside()}, built in {self._built_in()}, sent on {self._sent_on()}"

    def _receive(self, part: Part, station: Station, pieces: int, by: User, at: datetime) -> None:
        stock = parts.receive(
            part=part,
            station=station,
            quantity=pieces,
            note=f"{self.random.choice(SUPPLIERS)} 送货单 {self.random.randint(1000, 9999)}",
            by=by,
            now=at,
        ).stock
        parts.set_low(stock=stock, low_at=3 if station == self.centre else 2, by=by, now=at)

    def _movements(self) -> None:
        """What happens to shelves besides visits: some pieces sent, one lost, one broken."""
        of_centre = list(PartStock.objects.filter(station=self.centre).order_by("part__code"))
        by = self.staff.officer
        for stock in of_centre[:6]:
            at = self.now - self.random.randint(20, 60) * DAY
            parts.send(stock=stock, to=self.post, quantity=2, note="乡镇补货", by=by, now=at)
        counted = of_centre[7]
        parts.count(
            stock=counted,
            counted=counted.on_hand - 1,
            note="月底盘点少一个，已找过货架",
            by=by,
            now=self.now - 12 * DAY,
        )
        parts.break_(
            stock=of_centre[9], quantity=1, note="搬运时摔裂，不能再用", by=by, now=self.now - 9 * DAY
        )

    def _part_for(self, visit: Visit) -> Part:
        product = visit.claim.order_line.product
        return self.parts[next((code for word, code in PART_OF if word in product), OTHERWISE)]

    def _visits(self, *states: str) -> list[Visit]:
        rows = Visit.objects.filter(
            county_code=self.staff.county_code, kind=VisitKind.REPAIR, state__in=states
        )
        return list(rows.select_related("claim__order_line").order_by("-starts_at", "-id"))

    def _put_aside(self) -> int:
        return sum(self._reserved(visit) for visit in self._visits(*BOOKED_STATES))

    def _reserved(self, visit: Visit) -> bool:
        """Put the part aside where it lies nearest: at the technician's post, else at the county centre."""
        for station in (self.post, self.centre):
            try:
                parts.reserve(
                    visit=visit,
                    part=self._part_for(visit),
                    station=station,
                    by=visit.planned_by,
                    now=max(visit.planned_at, self.now - DAY),
                )
            except Refused:
                continue
            return True
        return False

    def _built_in(self) -> int:
        made = [visit for visit in self._visits(VisitState.DONE) if visit.outcome == "solved"][:USED_AT_MOST]
        return sum(self._used(visit) for visit in made)

    def _used(self, visit: Visit) -> bool:
        part = self._part_for(visit)
        try:
            parts.use_unreserved(
                visit=visit,
                part=part,
                station=self.centre,
                quantity=1,
                old_part=OldPart.LEFT if part.code == OTHERWISE else OldPart.TAKEN_BACK,
                by=visit.ended_by,
                now=visit.ended_at,
            )
        except Refused:
            return False
        return True

    def _sent_on(self) -> int:
        """The old parts that came back first have gone to the merchants."""
        rows = list(PartUse.objects.filter(old_part=OldPart.TAKEN_BACK).order_by("ended_at", "id"))
        gone = rows[: len(rows) // 2]
        if not gone:
            return 0
        last = max(timezone.localdate(use.ended_at) for use in gone)
        return old_parts.send_on(uses=gone, sent_on=last, by=self.staff.officer, now=self.now)
