"""The windows from which a visit's time is chosen: by day, then by time, with who would go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_date

from aftersales.accounts.models import User
from aftersales.web import formats
from claims.forms.visits import read_key
from claims.models import Claim
from claims.queries import slots
from claims.queries.slots import WORDS, Window
from claims.rules.visits import WINDOW, WINDOW_STARTS
from claims.rules.windows import ASKS_FOR_REASON, can_be_taken
from claims.services.visit_seats import MAKES
from stations.access.scope import who_may
from stations.models import Party, Region, Station

DAYS_OF_ONE, DAYS_OF_ALL, PEOPLE_A_WINDOW = 7, 4, 4
LATEST_AHEAD = timedelta(days=110)


@dataclass
class Option:
    """One thing to tick: somebody who could go in a window."""

    value: str
    window: Window

    @property
    def words(self) -> list:
        """What should be known; a provider's order asks for no reason, whatever the way."""
        if self.window.provider is None:
            return self.window.words
        return [WORDS[each] for each in self.window.reasons if each not in ASKS_FOR_REASON]


@dataclass
class Slot:
    """A window of a day with those who fit best; `value` takes it while nobody is found yet."""

    starts_at: datetime
    ends_at: datetime
    value: str
    options: list[Option] = field(default_factory=list)
    more: int = 0


@dataclass
class Day:
    """A day with its windows."""

    day: date
    slots: list[Slot]

    @property
    def words(self) -> str:
        return formats.named_day(self.day)


@dataclass(frozen=True)
class Offered:
    """What a page of windows shows, and the days before and after it (None: none).

    `days` have somebody who could go, `open_days` are all of them.
    """

    days: list[Day]
    open_days: list[Day]
    people: list[tuple[str, str]]
    shown: str
    first: date
    earlier: date | None
    later: date | None


def offered(
    *,
    claim: Claim,
    kind: str,
    place: Region,
    by: User,
    may: frozenset[str],
    who: str,
    first: str,
    now: datetime,
) -> Offered:
    """The windows a person can choose from: their own, or with the right to send others those of everybody.

    `who` narrows to one ("t12", "p3"), `first` is the first day as typed; what is neither is left out.
    """
    today = timezone.localdate(now)
    sends_others = "claims.send_others" in may
    technician, provider = (by, None) if not sends_others else (None, None)
    if sends_others:
        technician, provider = _chosen(who)
    days = DAYS_OF_ONE if technician or provider else DAYS_OF_ALL
    start = _first_day(first, today)
    found = slots.free_windows(
        county_code=claim.county_code,
        kind=kind,
        technician=technician,
        provider=provider,
        place=place,
        from_day=start,
        days=days,
        now=now,
    )
    if "claims.order_from_provider" not in may:
        found = [window for window in found if window.provider is None]
    found = _fitting(found, claim, now)
    by_day = _by_day(found, start, days, now=now)
    return Offered(
        days=[
            Day(each.day, taken)
            for each in by_day
            if (taken := [slot for slot in each.slots if slot.options])
        ],
        open_days=by_day,
        people=_people(found) if sends_others else [],
        shown=who if technician or provider else "",
        first=start,
        earlier=max(today, start - timedelta(days=days)) if start > today else None,
        later=start + timedelta(days=days) if start - today < LATEST_AHEAD else None,
    )


def station_of(window: Window | None, claim: Claim) -> Station:
    """Where whoever goes sets out from; while nobody does, the claim's station."""
    return window.station if window is not None else claim.station


def window_at(
    *, claim: Claim, kind: str, place: Region, technician: User, starts_at: datetime, now: datetime
):
    """The free window of a technician at a time, None when it is gone."""
    found = slots.free_windows(
        county_code=claim.county_code,
        kind=kind,
        technician=technician,
        place=place,
        from_day=timezone.localdate(starts_at),
        days=1,
        now=now,
    )
    return next((each for each in found if each.starts_at == starts_at), None)


def who_could(*, claim: Claim, kind: str, place: Region, starts_at: datetime, now: datetime) -> list[Window]:
    """Everybody with a free seat in the window that starts then, best first; technicians only."""
    found = slots.free_windows(
        county_code=claim.county_code,
        kind=kind,
        place=place,
        from_day=timezone.localdate(starts_at),
        days=1,
        now=now,
    )
    there = [each for each in found if each.starts_at == starts_at and each.technician is not None]
    return _fitting(there, claim, now)


def _fitting(found: Iterable[Window], claim: Claim, now: datetime) -> list[Window]:
    """Windows without those of people whom the claim is none of the business of."""
    found = list(found)
    people = {each.technician.pk for each in found if each.technician is not None}
    fit = who_may(MAKES, claim, among=people, now=now) if people else frozenset()
    return [each for each in found if each.technician is None or each.technician.pk in fit]


def mark_of(window: Window) -> str:
    """Who would go, as the page sends it back."""
    return f"t{window.technician.pk}" if window.technician is not None else f"p{window.provider.pk}"


def _by_day(found: Iterable[Window], start: date, days: int, *, now: datetime) -> list[Day]:
    by_slot: dict[datetime, list[Window]] = {}
    for window in found:
        by_slot.setdefault(window.starts_at, []).append(window)
    shown = []
    for number in range(days):
        day = start + timedelta(days=number)
        starts = [timezone.make_aware(datetime.combine(day, at)) for at in WINDOW_STARTS]
        made = [_slot(at, by_slot.get(at, [])) for at in starts if can_be_taken(at + WINDOW, now)]
        if made:
            shown.append(Day(day, made))
    return shown


def _slot(at: datetime, windows: list[Window]) -> Slot:
    best = windows[:PEOPLE_A_WINDOW]
    return Slot(
        starts_at=at,
        ends_at=at + WINDOW,
        value=f"n|{at.isoformat()}",
        options=[Option(f"{mark_of(each)}|{at.isoformat()}", each) for each in best],
        more=len(windows) - len(best),
    )


def _people(found: Iterable[Window]) -> list[tuple[str, str]]:
    """Everybody with a free window, once, in the order of their names."""
    return sorted({mark_of(each): each.who for each in found}.items(), key=lambda pair: pair[1])


def _chosen(who: str) -> tuple[User | None, Party | None]:
    kind, key = who[:1], read_key(who[1:])
    if kind == "t":
        return User.objects.filter(pk=key, is_active=True).first(), None
    return None, Party.objects.filter(pk=key, kind="provider").first() if kind == "p" else None


def _first_day(text: str, today: date) -> date:
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    return min(max(day, today), today + LATEST_AHEAD) if day else today
