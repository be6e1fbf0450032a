"""The county's shared technician of the demonstration: one full day of visits, put in order by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from aftersales.accounts.models import User, system_user
from aftersales.accounts.roles import Role
from aftersales.accounts.scoping import acting_in
from aftersales.ops.demo.people import Staff
from claims.models import Claim
from claims.queries import day_plans as reading
from claims.queries.slots import Window, free_windows
from claims.rules.visits import WINDOW_STARTS, VisitKind
from claims.rules.windows import WeekWindow
from claims.services import availability, day_plans, visits
from stations.access.scope import authority_of
from stations.models import Region, Station
from stations.services import grants

AHEAD_DAYS, LOOKED_AT_DAYS, MOST_STOPS = 2, 5, 8
SHARED = "县域共享维修员，支援各乡镇"
TASK = "上门核对问题商品，能取回的一并取回"
FAR = "路远的村集中一天跑完"


class DayPlans:
    """The county sends its technician round the villages on one day; the technician changes the order."""

    def __init__(self, staff: Staff, *, now: datetime):
        self.staff, self.now = staff, now
        posts = Station.objects.filter(county_code=staff.county_code, tier="township")
        self.post = posts.order_by("region_id").first()

    def write(self) -> Iterator[str]:
        """Yields what was written, for progress."""
        self.technician = self._technician()
        with self._as(self.staff.manager):
            windows = self._windows()
            planned = [self._plan(*each) for each in zip(self._claims(), windows, strict=False)]
        yield f"visits of one day {len(planned)}"
        if planned and self._change(timezone.localdate(planned[0].starts_at)):
            yield "order of the day by hand"

    def _technician(self) -> User:
        """Somebody who is posted to one township and lent to all of them, with two windows a day."""
        lent = self.now - timedelta(days=190)
        person = self.staff.rover
        county = Region.objects.get(pk=self.staff.county_code)
        grants.give(user=person, role=Role.TOWNSHIP, region=county, reason=SHARED, by=system_user(), now=lent)
        with self._as(person):
            availability.set_week(
                person=person,
                windows=[WeekWindow(day, at, 4) for day in range(5) for at in WINDOW_STARTS[1:3]],
                by=person,
                now=lent,
            )
        return person

    def _as(self, user: User):
        user.__dict__.pop("_authority", None)
        return acting_in(authority_of(user, now=self.now).scope)

    def _windows(self) -> list[Window]:
        """The seats of the first day on which the technician goes round, seat by seat."""
        found = free_windows(
            county_code=self.staff.county_code,
            kind=VisitKind.INSPECTION,
            technician=self.technician,
            from_day=timezone.localdate(self.now) + timedelta(days=AHEAD_DAYS),
            days=LOOKED_AT_DAYS,
            now=self.now,
        )
        by_day: dict[date, list[Window]] = {}
        for window in found:
            by_day.setdefault(timezone.localdate(window.starts_at), []).append(window)
        day = next(iter(by_day.values()), [])
        return [window for window in day for _seat in range(window.seats_left)][:MOST_STOPS]

    def _claims(self) -> list[Claim]:
        """One open claim of every village, the most urgent first."""
        open_claims = Claim.objects.filter(
            county_code=self.staff.county_code, status__in=("accepted", "in_progress"), visits__isnull=True
        )
        villages: dict[int, Claim] = {}
        rows = open_claims.filter(station__tier="village").select_related("station__region")
        for claim in rows.order_by("next_due_at", "id"):
            villages.setdefault(claim.station_id, claim)
        return list(villages.values())

    def _plan(self, claim: Claim, window: Window):
        return visits.plan(
            claim=claim,
            kind=VisitKind.INSPECTION,
            task=TASK,
            place=claim.station.region,
            starts_at=window.starts_at,
            technician=self.technician,
            station=self.post,
            transport="car",
            override_reason=FAR,
            by=self.staff.manager,
            now=self.now - timedelta(minutes=10),
        )

    def _change(self, day: date) -> bool:
        """Put the first stop that can be a place later there; whether there was one."""
        with self._as(self.technician):
            current = reading.day_of(self.technician, day, by=self.technician)
            stop = next((each for each in current.visits if each.can_go_down), None)
            if stop is not None:
                day_plans.move(
                    technician=self.technician,
                    day=day,
                    visit_id=stop.visit.pk,
                    step=day_plans.LATER,
                    version=current.version,
                    by=self.technician,
                    now=self.now,
                )
        return stop is not None
