"""How allowances read: amounts, classes of claims, groups of lines, and what changes from one version to
the next. Pure wording; nothing is read or written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aftersales.web import formats
from claims.models import ClockRule
from claims.models.choices import (
    ClockChoices,
    FamilyChoices,
    GoodsTypeChoices,
    NatureChoices,
    PauseReasonChoices,
    SeverityChoices,
)
from claims.rules.clock_policies import About, about, differences, pause_differences, says
from claims.rules.clocks import DAY, FAMILIES, HOUR, Basis, Clock, Family

WHOLE_DAYS_FROM = 4
"""From so many days on, an amount round the clock reads better in days than in hours."""


@dataclass(frozen=True)
class LineWords:
    """One line as people read it. `marks` says what happens before and at the end."""

    line: ClockRule
    about: str
    amount: str
    marks: tuple[str, ...]
    is_general: bool
    is_changed: bool = False


@dataclass(frozen=True)
class ClockWords:
    """A clock with its lines, the general one first."""

    clock: Clock
    label: str
    lines: tuple[LineWords, ...]


@dataclass(frozen=True)
class FamilyWords:
    """The clocks of one family."""

    family: Family
    label: str
    clocks: tuple[ClockWords, ...]


@dataclass(frozen=True)
class ChangeWords:
    """What changes for a class of claims, before and after; empty where there was or is no line."""

    clock: str
    about: str
    before: str
    after: str


def minutes_words(minutes: int, *, days_from: int = WHOLE_DAYS_FROM) -> str:
    """Minutes as 40 min, 1 h 30 min, 48 h or, when they are whole days and many, 7 d."""
    if minutes % DAY == 0 and minutes >= days_from * DAY:
        return _("%(days)s d") % {"days": minutes // DAY}
    hours, left = divmod(minutes, HOUR)
    told = []
    if hours:
        told.append(_("%(hours)s h") % {"hours": hours})
    if left or not hours:
        told.append(_("%(minutes)s min") % {"minutes": left})
    return " ".join(told)


def pause_words(minutes: int) -> str:
    """A longest pause: whole days in days, all else in hours."""
    return minutes_words(minutes, days_from=1)


def amount_words(amount: int, basis: str) -> str:
    """An amount with the basis it is counted on: 2 h (opening hours), 7 working days, 24 h."""
    if basis == Basis.WORKING_DAYS:
        return _("%(days)s working days") % {"days": amount}
    if basis == Basis.CALENDAR_DAYS:
        return _("%(days)s calendar days") % {"days": amount}
    if basis == Basis.OPENING_HOURS:
        return _("%(span)s (opening hours)") % {"span": minutes_words(amount, days_from=10_000)}
    if basis == Basis.OPENING_HOURS_DAILY:
        return _("%(span)s (opening hours of every day)") % {"span": minutes_words(amount, days_from=10_000)}
    return minutes_words(amount)


def about_words(key: About, *, has_narrower: bool = False) -> str:
    """Which claims a line is for."""
    parts = []
    if key.goods_type:
        parts.append(GoodsTypeChoices(key.goods_type).label)
    if key.nature:
        parts.append(NatureChoices(key.nature).label)
    if key.severity:
        parts.append(SeverityChoices(key.severity).label)
    if parts:
        return " · ".join(str(part) for part in parts)
    return _("all others") if has_narrower else _("all claims")


def marks_of(line: ClockRule) -> tuple[str, ...]:
    """What happens before and at the end of an allowance."""
    marks = []
    if line.warn_percent:
        marks.append(_("warns at %(percent)s%%") % {"percent": line.warn_percent})
    if line.climbs:
        marks.append(_("climbs at the end"))
    return tuple(marks)


def line_words(line: ClockRule | None) -> str:
    """A line with everything it says but its source; empty for no line."""
    if line is None:
        return ""
    return " · ".join((amount_words(line.amount, line.basis), *marks_of(line)))


def families(
    lines: Iterable[ClockRule], *, only: Iterable[Family] = tuple(Family), before: Iterable[ClockRule] = ()
) -> list[FamilyWords]:
    """Lines grouped by family and clock; `before` marks those that differ from another policy."""
    old = {about(line): says(line) for line in before}
    wanted = tuple(only)
    by_clock: dict[Clock, list[ClockRule]] = {}
    for line in lines:
        by_clock.setdefault(Clock(line.clock), []).append(line)
    return [
        FamilyWords(
            family=family,
            label=str(FamilyChoices(family).label),
            clocks=tuple(
                _clock_words(clock, by_clock[clock], old)
                for clock in Clock
                if FAMILIES[clock] == family and clock in by_clock
            ),
        )
        for family in Family
        if family in wanted and any(FAMILIES[clock] == family for clock in by_clock)
    ]


def _clock_words(clock: Clock, lines: list[ClockRule], old: Mapping) -> ClockWords:
    def place(line: ClockRule) -> tuple:
        key = about(line)
        goods = list(GoodsTypeChoices.values).index(key.goods_type) if key.goods_type else -1
        return not key.is_general, goods, key.nature, key.severity

    ordered = sorted(lines, key=place)
    return ClockWords(
        clock=clock,
        label=str(ClockChoices(clock).label),
        lines=tuple(
            LineWords(
                line=line,
                about=about_words(about(line), has_narrower=len(lines) > 1),
                amount=amount_words(line.amount, line.basis),
                marks=marks_of(line),
                is_general=about(line).is_general,
                is_changed=bool(old) and old.get(about(line)) != says(line),
            )
            for line in ordered
        ),
    )


def pauses(longest: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Reasons with the longest pause: code, words, amount in words; in the order people know."""
    return [
        (reason, str(label), pause_words(longest[reason]))
        for reason, label in PauseReasonChoices.choices
        if reason in longest
    ]


def changes(
    before_lines: Iterable[ClockRule],
    after_lines: Iterable[ClockRule],
    before_pauses: Mapping[str, int],
    after_pauses: Mapping[str, int],
) -> list[ChangeWords]:
    """What changes from one policy to another, line by line and reason by reason."""
    told = [
        ChangeWords(
            clock=str(ClockChoices(change.about.clock).label),
            about=about_words(change.about),
            before=_against(change.before, change.after),
            after=_against(change.after, change.before),
        )
        for change in differences(before_lines, after_lines)
    ]
    told += [
        ChangeWords(
            clock=_("Longest pause"),
            about=str(PauseReasonChoices(reason).label),
            before="" if before is None else pause_words(before),
            after="" if after is None else pause_words(after),
        )
        for reason, before, after in pause_differences(before_pauses, after_pauses)
    ]
    return told


def _against(line: ClockRule | None, other: ClockRule | None) -> str:
    """A line beside another one: its amount, and of the rest what differs."""
    if line is None or other is None:
        return line_words(line)
    words = amount_words(line.amount, line.basis)
    if marks_of(line) != marks_of(other):
        words = " · ".join((words, *(marks_of(line) or (_("no warning"),))))
    return f"{words} [{line.source}]" if line.source and line.source != other.source else words


def minutes_left(minutes: int) -> str:
    """Minutes left as 3 h 5 min, and those over as 3 h 5 min over."""
    return formats.span(minutes) if minutes >= 0 else _("%(span)s over") % {"span": formats.span(minutes)}
