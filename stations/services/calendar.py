"""The working calendar: days that are set, years that a notice confirms, years that are computed.

Whatever changes what a day counts as has the clocks of open claims counted anew, in the same transaction.
Rule: docs/rules/working-time.md, "What a change does".
"""

from collections.abc import Mapping, Sequence
from csv import DictReader
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from aftersales.lib.tally import Tally
from aftersales.web.queueing import enqueue
from stations.models import WorkCalendarDay
from stations.queries.calendar import calendar_between
from stations.rules.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    DayFacts,
    HolidayPeriod,
    Kind,
    computed_year,
    fits,
    official_days,
)

RECOUNT = "aftersales.ops.tasks.recount_clocks"
"""The job that counts the clocks of open claims anew; takes the first and the last day that changed."""
COMPUTED = "computed from the law"
DATA = Path(__file__).parents[1] / "data"
SHORTEST_SOURCE = 5
SHORTEST_REASON = 2
WRITTEN = ("is_workday", "kind", "holiday_name", "source", "is_confirmed")


def set_days(
    *,
    days: Mapping[date, DayFacts],
    source: str,
    is_confirmed: bool,
    by: User,
    now: datetime,
    verb: str = "calendar.imported",
    reason: str = "",
) -> Tally:
    """Write what these days are, whatever they were; the tally says how many were new, changed or the same.

    A day is the same when kind, holiday and confirmation are. One event tells of all of them.
    """
    if not days:
        return Tally()
    with transaction.atomic():
        known = {row.date: row for row in WorkCalendarDay.objects.filter(date__range=(min(days), max(days)))}
        book = calendar_between(min(days), max(days))
        touched = [
            _row(day, facts, source=source, is_confirmed=is_confirmed)
            for day, facts in sorted(days.items())
            if day not in known or _answer(known[day]) != (facts, is_confirmed)
        ]
        tally = Tally(imported=len(days.keys() - known.keys()))
        tally.updated = len(touched) - tally.imported
        tally.unchanged = len(days) - len(touched)
        if not touched:
            return tally
        counts_otherwise = [
            row.date
            for row in touched
            if (book.is_working_day(row.date), book.is_confirmed(row.date)) != (row.is_workday, is_confirmed)
        ]
        turned = [str(row.date) for row in touched if book.is_working_day(row.date) != row.is_workday]
        WorkCalendarDay.objects.bulk_create(
            touched, update_conflicts=True, unique_fields=["date"], update_fields=WRITTEN
        )
        trail.record(
            verb,
            by=by,
            after={
                "first_day": str(touched[0].date),
                "last_day": str(touched[-1].date),
                "days": len(touched),
                "turned_days": turned,
                "source": source,
                "is_confirmed": is_confirmed,
                "recounted": bool(counts_otherwise),
            },
            reason=reason,
            at=now,
        )
        if counts_otherwise:
            enqueue(RECOUNT, min(counts_otherwise), max(counts_otherwise))
    return tally


def change_day(
    *, day: WorkCalendarDay, kind: str, holiday_name: str, source: str, reason: str, by: User, now: datetime
) -> WorkCalendarDay:
    """Say that one day is something else than the calendar says; whether it is confirmed stays.

    Raises Refused: "reason_missing"; "kind_of_day" (a make-up day on a weekday, a weekend on a Monday);
    "nothing_new"; "stale" when somebody else changed the day meanwhile.
    """
    facts = DayFacts(Kind(kind), holiday_name.strip())
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Give the reason in a few words."), code="reason_missing", field="reason")
    if not fits(facts.kind, day.date):
        raise Refused(_("This kind does not fit the day of the week."), code="kind_of_day", field="kind")
    before = _plain(day)
    after = {
        "is_workday": facts.is_workday,
        "kind": facts.kind.value,
        "holiday_name": facts.holiday,
        "source": source.strip(),
    }
    changed = {name: value for name, value in after.items() if before[name] != value}
    if not changed:
        raise Refused(_("The calendar says so already."), code="nothing_new")
    is_recounted = "is_workday" in changed
    with transaction.atomic():
        if not WorkCalendarDay.objects.filter(pk=day.pk, **before).update(**after):
            raise Refused(
                _("Somebody else has just changed this day. Reload to see it."), code="stale"
            ) from None
        trail.record(
            "calendar.day_changed",
            by=by,
            obj=day,
            before={name: before[name] for name in changed},
            after={**changed, "date": str(day.date), "recounted": is_recounted},
            reason=reason,
            at=now,
        )
        if is_recounted:
            enqueue(RECOUNT, day.date, day.date)
    day.refresh_from_db()
    return day


def confirm_year(
    *, year: int, periods: Sequence[HolidayPeriod], source: str, by: User, now: datetime
) -> Tally:
    """Write a year as the official notice arranges it: every day of it is confirmed from now on.

    `source` is the address or number of the notice. Raises Refused: "year", "source_missing",
    "no_period", "reversed", "outside", "overlap", "makeup_weekday", "makeup_off", "statutory".
    """
    _check_year(year)
    source = source.strip()
    if len(source) < SHORTEST_SOURCE:
        raise Refused(_("Give the address or number of the notice."), code="source_missing", field="source")
    try:
        days = official_days(year, periods)
    except InvalidValue as wrong:
        raise Refused(_sentences()[wrong.code], code=wrong.code) from None
    return set_days(
        days=days, source=source, is_confirmed=True, by=by, now=now, verb="calendar.year_confirmed"
    )


def seed_year(*, year: int, by: User, now: datetime) -> Tally:
    """Write the provisional days of a year as the law alone makes them; confirmed days stay as they are.

    Raises Refused("year") for a year whose lunar holidays nobody knows.
    """
    _check_year(year)
    confirmed = set(
        WorkCalendarDay.objects.filter(date__year=year, is_confirmed=True).values_list("date", flat=True)
    )
    days = {day: facts for day, facts in computed_year(year).items() if day not in confirmed}
    tally = set_days(
        days=days, source=COMPUTED, is_confirmed=False, by=by, now=now, verb="calendar.year_seeded"
    )
    tally.unchanged += len(confirmed)
    return tally


def ensure_calendar(sender, using="default", **kwargs) -> None:
    """After every migration: write the calendar that comes with the product if there is none at all."""
    if not WorkCalendarDay.objects.using(using).exists():
        rows = [_row(day, facts, source=source, is_confirmed=True) for day, facts, source in _shipped()]
        provisional = computed_year(rows[-1].date.year + 1).items()
        rows += [_row(day, facts, source=COMPUTED, is_confirmed=False) for day, facts in provisional]
        WorkCalendarDay.objects.using(using).bulk_create(rows)


def _shipped() -> list[tuple[date, DayFacts, str]]:
    """The official days that come with the product (stations/data/README.md), with their notices."""
    with (DATA / "cn_holiday_notices.csv").open(encoding="utf-8", newline="") as file:
        notices = {row["year"]: row["official_notice_url"] for row in DictReader(file)}
    with (DATA / "cn_workdays_2023_2026.csv").open(encoding="utf-8", newline="") as file:
        return [
            (
                date.fromisoformat(row["date"]),
                DayFacts(Kind(row["kind"]), row["holiday_zh"]),
                notices[row["date"][:4]],
            )
            for row in DictReader(file)
        ]


def _row(day: date, facts: DayFacts, *, source: str, is_confirmed: bool) -> WorkCalendarDay:
    return WorkCalendarDay(
        date=day,
        is_workday=facts.is_workday,
        kind=facts.kind.value,
        holiday_name=facts.holiday,
        source=source,
        is_confirmed=is_confirmed,
    )


def _answer(row: WorkCalendarDay) -> tuple[DayFacts, bool]:
    return DayFacts(Kind(row.kind), row.holiday_name), row.is_confirmed


def _plain(row: WorkCalendarDay) -> dict:
    return {name: getattr(row, name) for name in ("is_workday", "kind", "holiday_name", "source")}


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(
            _("The calendar holds the years from %(first)s to %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR},
            code="year",
        )


def _sentences() -> dict[str, str]:
    """What a person is told about a notice that cannot be."""
    return {
        "no_period": _("Enter at least one holiday."),
        "reversed": _("A holiday ends before it begins."),
        "outside": _("A day lies outside the year and the December before it."),
        "overlap": _("Two holidays share a day. Enter holidays that fall together as one."),
        "makeup_weekday": _("A make-up working day must be a Saturday or Sunday."),
        "makeup_off": _("A make-up working day lies inside a holiday or is entered twice."),
        "statutory": _("A day that the law makes a holiday would be worked. Compare with the notice."),
    }
