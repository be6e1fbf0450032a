"""Why a clock is due when it is due, line by line in words: what counted, what did not, and why.

Pure: takes what `queries.clocks` worked out, and reads and writes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Protocol

from django.utils.translation import gettext as _

from aftersales.lib.worktime import SHANGHAI, Stretch, Window
from aftersales.web.formats import hours, named_day, weekday
from claims.queries.clocks import CountedDay
from stations.rules.calendar import Kind

DAY = timedelta(days=1)
MIDNIGHT = "24:00"


class Days(Protocol):
    """What the words need to know about a day."""

    def is_working_day(self, day: date) -> bool: ...

    def is_confirmed(self, day: date) -> bool: ...

    def kind(self, day: date) -> Kind: ...

    def name(self, day: date) -> str: ...


@dataclass(frozen=True)
class Standstill:
    """A pause as the lines name it: local times, and its reason in words."""

    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class Line:
    """One stretch in words. `amount` is what counted and `total` what has counted so far, in words."""

    when: str
    what: str
    kind: str
    amount: str = ""
    total: str = ""


@dataclass(frozen=True)
class Group:
    """A day, or days alike, with its lines; `lines` is empty where the heading says it all."""

    first: date
    last: date
    what: str
    kind: str
    amount: str = ""
    total: str = ""
    lines: tuple[Line, ...] = ()
    is_open: bool = False
    is_provisional: bool = False

    @property
    def when(self) -> str:
        return (
            named_day(self.first)
            if self.first == self.last
            else f"{named_day(self.first)} – {named_day(self.last)}"
        )

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def off_words(day: date, days: Days) -> str:
    """Why nobody works on a day."""
    kind, name = days.kind(day), days.name(day)
    if kind == Kind.WEEKEND or not name:
        return _("closed on %(weekday)s") % {"weekday": weekday(day)}
    if kind == Kind.SWAPPED:
        return _("%(holiday)s, day off made up for elsewhere") % {"holiday": name}
    return _("%(holiday)s, day off") % {"holiday": name}


def worked_words(day: date, days: Days) -> str:
    """What kind of working day a day is."""
    if days.kind(day) == Kind.MAKEUP:
        return _("make-up working day for %(holiday)s") % {"holiday": days.name(day)}
    return _("working day")


def stretch_words(stretch: Stretch, windows: Sequence[Window], standstills: Sequence[Standstill]) -> str:
    """What a stretch was, other than a day off."""
    if stretch.why == "paused":
        return reason_at(stretch.start, standstills)
    if stretch.why == "open":
        return _("open")
    if stretch.why == "natural":
        return _("round the clock")
    opens = windows[0][0] if windows else None
    if stretch.start.date() == stretch.end.date():
        if opens and stretch.end.time() <= opens:
            return _("before opening")
        return _("noon break")
    return _("after closing")


def reason_at(moment: datetime, standstills: Sequence[Standstill]) -> str:
    """Why the clock stood still at a moment."""
    found = next((each.reason for each in standstills if each.start <= moment < each.end), "")
    return found or _("stood still")


def hour_groups(
    stretches: Iterable[Stretch],
    *,
    windows: Sequence[Window],
    standstills: Sequence[Standstill],
    days: Days,
    counts_days_off: bool,
) -> list[Group]:
    """Stretches of opening hours, one group a day; days off with one reason and days fully paused together.

    `counts_days_off`: opening hours of every day count, so that no day is named a working day. The first
    day, the last and every day on which a pause begins or ends are shown with their lines.
    """
    total = 0
    groups: list[Group] = []
    for day, each in groupby(stretches, key=lambda stretch: local(stretch.start).date()):
        of_day = list(each)
        if of_day[0].why == "day_off":
            groups.append(_off_group(day, days))
            continue
        lines = []
        before = total
        for stretch in of_day:
            total += stretch.minutes if stretch.counts else 0
            lines.append(_line(stretch, stretch_words(stretch, windows, standstills), total))
        kind = _kind_of_day(of_day)
        groups.append(
            Group(
                first=day,
                last=day,
                what=_reasons(lines)
                if kind == "paused"
                else _heading(day, days, counts_days_off=counts_days_off),
                kind=kind,
                amount=hours(total - before) if total > before else "",
                total=hours(total) if total else "",
                lines=tuple(lines),
                is_open=_is_telling(of_day),
                is_provisional=not counts_days_off and not days.is_confirmed(day),
            )
        )
    return _opened_at_the_ends(_joined(groups))


def natural_lines(stretches: Iterable[Stretch], *, standstills: Sequence[Standstill]) -> list[Line]:
    """Stretches counted round the clock: one line each."""
    total, lines = 0, []
    for stretch in stretches:
        total += stretch.minutes if stretch.counts else 0
        lines.append(_line(stretch, stretch_words(stretch, (), standstills), total, names_day=True))
    return lines


def day_groups(counted: Iterable[CountedDay], days: Days, *, counts_days_off: bool) -> list[Group]:
    """The days of a clock that counts days; days of one kind together. Civil Code, articles 201 and 203."""
    groups, total = [], 0
    for each in counted:
        kind, what = _day_kind(each, days, counts_days_off=counts_days_off)
        total = each.number or total
        matters = kind != "closed" and (kind != "counted" or not counts_days_off)
        groups.append(
            Group(
                first=each.day,
                last=each.day,
                what=what,
                kind=kind,
                total=str(total) if total else "",
                is_provisional=matters and not days.is_confirmed(each.day),
            )
        )
    return [
        replace(group, amount=str(group.days)) if group.kind == "counted" else group
        for group in _joined(groups)
    ]


def _day_kind(each: CountedDay, days: Days, *, counts_days_off: bool) -> tuple[str, str]:
    if each.why == "first":
        return "closed", _("the first day does not count")
    if each.why == "counts":
        return "counted", _heading(each.day, days, counts_days_off=counts_days_off)
    if days.is_working_day(each.day):
        return "open", _("the next working day ends it")
    return "off", off_words(each.day, days)


def local(moment: datetime) -> datetime:
    """A moment as clocks in Shanghai show it."""
    return moment.astimezone(SHANGHAI) if moment.tzinfo else moment


def _heading(day: date, days: Days, *, counts_days_off: bool) -> str:
    return _("every day counts") if counts_days_off else worked_words(day, days)


def _off_group(day: date, days: Days) -> Group:
    return Group(day, day, off_words(day, days), "off", is_provisional=not days.is_confirmed(day))


def _line(stretch: Stretch, what: str, total: int, *, names_day: bool = False) -> Line:
    return Line(
        when=_when(local(stretch.start), local(stretch.end), names_day=names_day),
        what=what,
        kind={"open": "counted", "natural": "counted", "paused": "paused"}.get(stretch.why, "closed"),
        amount=hours(stretch.minutes) if stretch.counts else "",
        total=hours(total) if stretch.counts else "",
    )


def _when(start: datetime, end: datetime, *, names_day: bool) -> str:
    """From when to when. Without the day for lines below a day, which reach into the next at most."""
    is_midnight = end.time() == time.min and end.date() - start.date() == DAY
    until = MIDNIGHT if is_midnight else f"{end:%H:%M}"
    is_same_day = is_midnight or start.date() == end.date()
    if names_day:
        ends = until if is_same_day else f"{named_day(end)} {until}"
        return f"{named_day(start)} {start:%H:%M} – {ends}"
    if is_same_day:
        return f"{start:%H:%M} – {until}"
    return _("%(from)s – next morning %(to)s") % {"from": f"{start:%H:%M}", "to": until}


def _kind_of_day(stretches: Sequence[Stretch]) -> str:
    whys = {stretch.why for stretch in stretches}
    if "open" in whys:
        return "counted"
    return "paused" if "paused" in whys else "closed"


def _is_telling(stretches: Sequence[Stretch]) -> bool:
    """Whether a day has to be seen in detail: it counted in part and stood still in part."""
    whys = {stretch.why for stretch in stretches}
    return {"open", "paused"} <= whys


def _joined(groups: list[Group]) -> list[Group]:
    """Neighbours that say the same in one: days off of one reason, days paused all day for one."""
    joined: list[Group] = []
    for group in groups:
        if joined and _are_alike(joined[-1], group):
            joined[-1] = replace(joined[-1], last=group.last, total=group.total, lines=())
        else:
            joined.append(group)
    return joined


def _are_alike(one: Group, other: Group) -> bool:
    same = (one.kind, one.what, one.is_provisional) == (other.kind, other.what, other.is_provisional)
    return same and (one.kind == "paused" or not other.lines)


def _reasons(lines: Iterable[Line]) -> str:
    return ", ".join(dict.fromkeys(line.what for line in lines if line.kind == "paused"))


def _opened_at_the_ends(groups: list[Group]) -> list[Group]:
    last = len(groups) - 1
    return [
        replace(group, is_open=True) if number in (0, last) else group for number, group in enumerate(groups)
    ]
