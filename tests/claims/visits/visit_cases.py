"""Visits and weeks as tests of home visits begin with them, written past the services."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from claims.models import Availability, Visit
from claims.rules.visits import BOOKED, WINDOW
from tests.factories import NOW, seeing_everything

MONDAY = date(2026, 11, 23)


def shanghai(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def make_week(user, station, *windows: tuple[int, time, int]) -> list[Availability]:
    """Windows (weekday, from, seats) of a person's week."""
    with seeing_everything():
        return [
            Availability.objects.create(
                user=user,
                station=station,
                county_code=station.county_code,
                weekday=weekday,
                starts=starts,
                seats=seats,
            )
            for weekday, starts, seats in windows
        ]


def make_visit(claim, *, starts_at: datetime, technician=None, provider=None, **fields) -> Visit:
    """A visit as it stands in the table; in a state that is over it has ended when its window did."""
    state = fields.pop("state", "planned")
    defaults = {
        "kind": "pickup",
        "task": "取走坏果",
        "planned_at": NOW,
        "planned_by": claim.filed_by,
        "station": claim.station,
        "place_id": claim.station.region_id,
    }
    if state not in BOOKED:
        defaults |= {"ended_at": starts_at + timedelta(hours=1), "ended_by": technician or claim.filed_by}
    if state == "done":
        defaults |= {"outcome": "solved", "proof": "paper"}
    if state == "failed":
        defaults |= {"failure": "nobody_home"}
    with seeing_everything():
        return Visit.objects.create(
            claim=claim,
            round=claim.round,
            county_code=claim.county_code,
            starts_at=starts_at,
            ends_at=starts_at + WINDOW,
            technician=technician,
            provider=provider,
            state=state,
            **{**defaults, **fields},
        )


def only() -> Visit:
    """The one visit there is."""
    with seeing_everything():
        return Visit.objects.select_related("technician", "station").get()


def url(visit: Visit, step: str = "") -> str:
    """The address of a visit, or of a step on it."""
    return f"/claims/visits/{visit.pk}/{step}"


def windows(page) -> list[tuple]:
    """Who could come when, as a page offers it."""
    return [
        (option.window.who, slot.starts_at)
        for day in page.context["offered"].days
        for slot in day.slots
        for option in slot.options
    ]
