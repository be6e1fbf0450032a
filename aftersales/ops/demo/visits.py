"""Home visits of the demonstration: who makes them when, and visits in every state, through the services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.photos import evidence
from aftersales.ops.demo.visit_days import let_its_day_come
from aftersales.ops.demo.visit_stories import STORIES, Story
from aftersales.ops.demo.words import Words
from aftersales.web.service_forms import new_form_key
from claims.models import Claim, Consumer, Visit
from claims.queries.slots import distance_m, free_windows
from claims.rules.visits import WINDOW_STARTS
from claims.rules.windows import WeekWindow
from claims.services import availability, casework, filing, home_help, orders, visit_costs, visits
from claims.services import evidence as photos
from stations.access.scope import authority_of
from stations.models import Agent, Region, Station

DAY = timedelta(days=1)
FAR = "当地没有更近的技术员，老人不便外出"
SHOP = "苗乡家电专营店"
WEEK = [WeekWindow(day, at, 2) for day in range(5) for at in WINDOW_STARTS[:4]]
SATURDAY = [WeekWindow(5, at, 2) for at in WINDOW_STARTS[:2]]
AGENT_WEEK = [WeekWindow(day, at, 1) for day in (0, 2, 4) for at in (WINDOW_STARTS[0], WINDOW_STARTS[3])]
STROKES = [
    [[x, 400 + (x * 7) % 230] for x in range(120, 820, 28)],
    [[240, 700], [420, 660], [640, 720], [760, 650]],
]


class Visits:
    """Writes visits at the station of the first agent, made by the technician of the township."""

    def __init__(self, staff: Staff, *, words: Words, now: datetime):
        self.staff, self.random, self.now = staff, words.random, now
        self.station = next(
            station for station in staff.stations if staff.agents[station.pk].username == "agent"
        )
        self.agent = staff.agents[self.station.pk]
        self.technician = User.objects.get(username="township")
        self.post = Agent.objects.select_related("station").get(user=self.technician).station
        self.consumers = list(
            Consumer.objects.filter(station=self.station, erased_at__isnull=True).order_by("-id")[
                : len(STORIES)
            ]
        )
        township = Region.objects.filter(parent=self.post.region, ended_on__isnull=True).order_by("code")
        near = [each for each in township if distance_m(station=self.post, place=each) is not None]
        self.places = [self.station.region, *near][: len(STORIES)]

    def write(self) -> Iterator[str]:
        """Yields what was written, for progress."""
        yield f"times for visits: {self._weeks()}"
        if len(self.consumers) < len(STORIES):
            yield "too few consumers for visits"
        else:
            for number, story in enumerate(STORIES):
                self._tell(number, story)
            yield f"visits {len(STORIES)}"

    def _weeks(self) -> int:
        """The technician works six days, agents go to neighbours; days of training, and one window today."""
        self._week(self.technician, WEEK + SATURDAY)
        others = [self.agent, *(agent for agent in self.staff.agents.values() if self.random.random() < 0.3)]
        for agent in dict.fromkeys(others):
            self._week(agent, AGENT_WEEK)
        today = timezone.localdate(self.now)
        with self._as(self.technician):
            availability.be_away(
                person=self.technician,
                first=today + 9 * DAY,
                last=today + 10 * DAY,
                reason="县里维修培训",
                by=self.technician,
                now=self.now,
            )
            availability.add_window(
                person=self.technician,
                day=today,
                starts=WINDOW_STARTS[-1],
                seats=2,
                reason="白天赶集，晚上补时段",
                by=self.technician,
                now=self.now,
            )
        return 1 + len(set(others))

    def _week(self, person: User, week: list[WeekWindow]) -> None:
        at = self.now - 60 * DAY
        with self._as(person):
            availability.set_week(person=person, windows=week, by=person, now=at)

    def _as(self, user: User, at: datetime | None = None):
        user.__dict__.pop("_authority", None)
        return acting_in(authority_of(user, now=at or self.now).scope)

    def _tell(self, number: int, story: Story) -> None:
        at = self._hour(self.now - story.days_ago * DAY, 9 + number % 3)
        claim = self._file(number, story, at)
        if story.help_for:
            with self._as(self.agent):
                home_help.record(
                    consumer=claim.consumer,
                    why=story.help_for,
                    consent_how="spoken",
                    by=self.agent,
                    now=at + timedelta(minutes=5),
                )
        place = self.places[number % len(self.places)]
        with self._as(self.technician):
            getattr(self, f"_{story.act}")(claim, story, place, at)

    def _hour(self, at: datetime, hour: int) -> datetime:
        """That hour of the day, or a little before now where it has not come yet."""
        local = timezone.localtime(at).replace(hour=hour, minute=10, second=0, microsecond=0)
        return min(local, self.now - timedelta(hours=2))

    def _file(self, number: int, story: Story, at: datetime) -> Claim:
        consumer = self.consumers[number]
        token = new_form_key()
        with self._as(self.agent):
            line = orders.type_in(
                station=self.station,
                number=f"V{self.random.randrange(10**11):011d}",
                product=story.product,
                goods_type="appliance",
                quantity_milli=1000,
                unit="piece",
                paid_fen=story.paid_fen,
                ordered_at=at - 40 * DAY,
                signed_at=at - 34 * DAY,
                merchant_name=SHOP,
                platform_name="拼多多",
                consumer=consumer,
                by=self.agent,
                now=at,
            )
            self._photo(self.station, token, self.agent, at)
            return filing.file(
                order_line=line,
                consumer=consumer,
                goods_type="appliance",
                nature="quality",
                severity="minor",
                description=story.text,
                bad_milli=1000,
                channel="station",
                consent_kind="spoken",
                form_token=token,
                by=self.agent,
                now=at,
            )

    def _photo(self, station: Station, token: str, by: User, at: datetime) -> None:
        photos.stage(
            upload=evidence("appliance", self.random), station=station, form_token=token, by=by, now=at
        )

    def _plan(
        self, claim: Claim, story: Story, place: Region, at: datetime, *, nobody: bool = False
    ) -> Visit:
        planned_at = at + timedelta(minutes=20)
        found = free_windows(
            county_code=claim.county_code,
            kind=story.kind,
            technician=self.technician,
            place=place,
            from_day=timezone.localdate(planned_at),
            days=14,
            now=planned_at,
        )
        return visits.plan(
            claim=claim,
            kind=story.kind,
            task=story.task,
            place=place,
            starts_at=found[0].starts_at,
            technician=None if nobody else self.technician,
            station=self.post,
            transport="motorbike",
            is_home_help=bool(story.help_for),
            override_reason=FAR if found[0].asks_for_reason and not nobody else "",
            by=self.agent if nobody else self.technician,
            now=planned_at,
        )

    def _planned(self, claim: Claim, story: Story, place: Region, _at: datetime) -> Visit:
        return self._plan(claim, story, place, self.now - timedelta(minutes=30))

    def _nobody(self, claim: Claim, story: Story, place: Region, _at: datetime) -> Visit:
        return self._plan(claim, story, place, self.now - timedelta(minutes=30), nobody=True)

    def _under_way(self, claim: Claim, story: Story, place: Region, at: datetime) -> Visit:
        visit = self._planned(claim, story, place, at)
        return visits.start(visit=visit, by=self.technician, now=self.now)

    def _gone(self, claim: Claim, story: Story, place: Region, at: datetime) -> tuple[Visit, datetime]:
        """A visit to which the technician went, and when it ended; never later than now."""
        visit = let_its_day_come(self._plan(claim, story, place, at), self.now - timedelta(minutes=50))
        began = min(visit.starts_at + timedelta(minutes=25), self.now - timedelta(minutes=50))
        return visits.start(visit=visit, by=self.technician, now=began), began + timedelta(minutes=40)

    def _finish(self, visit: Visit, ended: datetime, outcome: str, found: str, done: str, **more) -> Visit:
        finished = visits.finish(
            visit=visit,
            outcome=outcome,
            found=found,
            done=done,
            proof="signature",
            strokes=STROKES,
            transport="motorbike",
            by=self.technician,
            now=ended,
            **more,
        )
        self._cost(finished, "travel", self.random.randrange(8, 26) * 100, "fund", ended)
        self._cost(finished, "labour", self.random.randrange(20, 61) * 100, "liable_party", ended)
        return finished

    def _cost(self, visit: Visit, kind: str, amount_fen: int, bearer: str, at: datetime) -> None:
        visit_costs.add(
            visit=visit, kind=kind, amount_fen=amount_fen, borne_by=bearer, by=self.technician, now=at
        )

    def _solved(self, claim: Claim, story: Story, place: Region, at: datetime) -> None:
        visit, ended = self._gone(claim, story, place, at)
        self._finish(
            visit,
            ended,
            "solved",
            "一只吊杆弹簧断裂" if story.kind == "repair" else "电容鼓包",
            "换新件，试机正常",
        )
        claim = Claim.objects.get(pk=claim.pk)
        casework.resolve(
            claim=claim, reason="上门修好了，当面试机", by=self.technician, now=ended + timedelta(minutes=10)
        )

    def _part(self, claim: Claim, story: Story, place: Region, at: datetime) -> None:
        visit, ended = self._gone(claim, story, place, at)
        self._finish(visit, ended, "needs_part", "温控器触点烧蚀", "已记下型号，等配件到了再来")

    def _taken(self, claim: Claim, story: Story, place: Region, at: datetime) -> None:
        visit, ended = self._gone(claim, story, place, at)
        token = new_form_key()
        self._photo(self.post, token, self.technician, ended)
        goods = visits.GoodsTaken(what=story.product, pieces=1, condition="damaged", shelf="乙-3")
        self._finish(
            visit,
            ended,
            "taken_along",
            "屏幕有背光，无图像",
            "已打包带回",
            goods=goods,
            form_token=token,
        )

    def _nobody_home(self, claim: Claim, story: Story, place: Region, at: datetime) -> None:
        visit, ended = self._gone(claim, story, place, at)
        visits.fail(
            visit=visit,
            failure="nobody_home",
            note="邻居说赶集去了，电话没人接",
            by=self.technician,
            now=ended,
        )

    def _road(self, claim: Claim, story: Story, place: Region, at: datetime) -> None:
        visit, ended = self._gone(claim, story, place, at)
        failed = visits.fail(
            visit=visit, failure="road", note="塌方封路，绕不过去", by=self.technician, now=ended
        )
        self._again(failed, story, place)

    def _moved(self, claim: Claim, story: Story, place: Region, _at: datetime) -> None:
        self._again(self._plan(claim, story, place, self.now - timedelta(hours=1)), story, place)

    def _again(self, visit: Visit, story: Story, place: Region) -> None:
        found = free_windows(
            county_code=visit.county_code,
            kind=story.kind,
            technician=self.technician,
            place=place,
            from_day=timezone.localdate(self.now) + 2 * DAY,
            days=14,
            now=self.now,
        )
        visits.move(
            visit=visit,
            starts_at=found[0].starts_at,
            technician=self.technician,
            station=self.post,
            override_reason=FAR if found[0].asks_for_reason else "",
            by=self.technician,
            now=self.now,
        )

    def _cancelled(self, claim: Claim, story: Story, place: Region, _at: datetime) -> None:
        visit = self._plan(claim, story, place, self.now - timedelta(hours=1))
        visits.cancel(visit=visit, note="厂家自己派人来装", by=self.technician, now=self.now)
