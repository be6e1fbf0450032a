"""Bringing calendars in: `import_list`, from a list of days."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import ListColumn, read_rows
from aftersales.web.service_forms import is_unprintable
from stations.models import WorkCalendarDay
from stations.models.calendar import DayKind
from stations.queries.calendar import DayBook, calendar_between
from stations.rules.calendar import FIRST_YEAR, LAST_YEAR, DayFacts, Kind, fits, kind_of
from stations.services import calendar
from stations.services.regions import Refuse
from stations.services.row_faults import refusal_of_fault

COLUMNS = ("date", "is_workday")
EXAMPLE_DAY = "2000-10-01"
"""Before the first year of any calendar: the example row is left out and may be no day of anybody's list."""
LAYOUT = (
    ListColumn(
        "date",
        gettext_lazy("Day"),
        is_needed=True,
        note=gettext_lazy("Like 2026-02-14."),
        example=EXAMPLE_DAY,
    ),
    ListColumn(
        "is_workday",
        gettext_lazy("Worked on this day"),
        is_needed=True,
        choices=(("1", gettext_lazy("yes")), ("0", gettext_lazy("no"))),
        example="0",
    ),
    ListColumn(
        "kind",
        gettext_lazy("Kind of day"),
        note=gettext_lazy("May stay empty: it then follows from the day of the week."),
        choices=DayKind.choices,
        example="holiday",
        width=20,
    ),
    ListColumn("holiday_zh", gettext_lazy("Holiday"), example="国庆节", width=18),
)
ANSWERS = {"1": True, "0": False, "true": True, "false": False}
NAME_LENGTH = WorkCalendarDay._meta.get_field("holiday_name").max_length
SOURCE_LENGTH = WorkCalendarDay._meta.get_field("source").max_length


def import_list(
    *, path: Path, source: str, is_confirmed: bool, by: User, now: datetime, refuse: Refuse
) -> Tally:
    """Write the days of a CSV or XLSX list `date,is_workday[,kind,holiday_zh]`; every good row goes in.

    Without a kind a day keeps the one it has, if that fits. Importing a list again changes nothing.
    """
    refused = Tally()
    days: dict[date, DayFacts] = {}
    book = calendar_between(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
    for row in read_rows(path, layout=LAYOUT):
        try:
            if row.fault:
                raise Refused(refusal_of_fault(row.fault, COLUMNS, LAYOUT), code=row.fault)
            day = _day(row.values["date"])
            if day in days:
                raise Refused(_("the day is in the list already"), code="twice")
            days[day] = _facts(day, row.values, book)
        except Refused as reason:
            refused.refused += 1
            refuse(path, row.line, str(reason))
    return refused + calendar.set_days(days=days, source=source, is_confirmed=is_confirmed, by=by, now=now)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(_("the date must look like 2026-02-14"), code="date") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Refused(
            _("the year must lie between %(first)s and %(last)s") % {"first": FIRST_YEAR, "last": LAST_YEAR},
            code="year",
        )
    return day


def _facts(day: date, values: Mapping[str, str], book: DayBook) -> DayFacts:
    is_workday = ANSWERS.get(values["is_workday"].casefold())
    if is_workday is None:
        raise Refused(_("is_workday must be 1 or 0"), code="is_workday")
    stated, holiday = values.get("kind", ""), values.get("holiday_zh", "")
    if len(holiday) > NAME_LENGTH or any(is_unprintable(sign) for sign in holiday):
        raise Refused(
            _("the name of the holiday has more than %(longest)s signs or cannot be printed")
            % {"longest": NAME_LENGTH},
            code="holiday",
        )
    if not stated and "kind" not in values and (known := book.facts(day)).is_workday == is_workday:
        return DayFacts(known.kind, holiday or known.holiday)
    try:
        kind = Kind(stated) if stated else kind_of(day, is_workday)
    except ValueError:
        raise Refused(
            _("the kind must be one of %(kinds)s") % {"kinds": ", ".join(Kind)}, code="kind"
        ) from None
    facts = DayFacts(kind, holiday)
    if facts.is_workday != is_workday:
        raise Refused(_("kind and is_workday say different things"), code="contradiction")
    if not fits(kind, day):
        raise Refused(_("this kind does not fit the day of the week"), code="kind_of_day")
    return facts
