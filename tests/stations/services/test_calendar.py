"""The working calendar: what comes with the product, days that change, years that a notice confirms."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override
from django_q.models import OrmQ

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from stations.models import OpeningHours, WorkCalendarDay
from stations.queries.calendar import calendar_between, unconfirmed_years, years_to_confirm
from stations.rules.calendar import DayFacts, HolidayPeriod, Kind
from stations.services import calendar, opening_hours
from tests.factories import NOW, make_user, seeing_everything

PERIODS = (
    HolidayPeriod("元旦", date(2027, 1, 1), date(2027, 1, 3)),
    HolidayPeriod("春节", date(2027, 2, 5), date(2027, 2, 11), (date(2027, 1, 30), date(2027, 2, 20))),
    HolidayPeriod("清明节", date(2027, 4, 3), date(2027, 4, 5)),
    HolidayPeriod("劳动节", date(2027, 5, 1), date(2027, 5, 5), (date(2027, 5, 8),)),
    HolidayPeriod("端午节", date(2027, 6, 9), date(2027, 6, 9)),
    HolidayPeriod("中秋节", date(2027, 9, 15), date(2027, 9, 15)),
    HolidayPeriod("国庆节", date(2027, 10, 1), date(2027, 10, 7), (date(2027, 9, 26), date(2027, 10, 9))),
)
NOTICE = "国办发明电〔2026〕9号"


@pytest.fixture(autouse=True)
def _everywhere(db):
    with seeing_everything(), override("en"):
        yield


@pytest.fixture
def desk(db):
    return make_user("calendar.desk")


def confirm(desk, **changed):
    given = {"year": 2027, "periods": PERIODS, "source": NOTICE, **changed}
    return calendar.confirm_year(**given, by=desk, now=NOW)


def change(desk, day, **changed):
    row = WorkCalendarDay.objects.get(date=day)
    given = {
        "kind": row.kind,
        "holiday_name": row.holiday_name,
        "source": row.source,
        "reason": "更正",
        **changed,
    }
    return calendar.change_day(day=row, **given, by=desk, now=NOW)


def code_of(action):
    with pytest.raises(Refused) as refused:
        action()
    return refused.value.code


def recounts():
    return [(line.task["func"], line.task["args"]) for line in OrmQ.objects.order_by("id")]


def counted(first, last):
    return [("aftersales.ops.tasks.recount_clocks", (first, last))]


def test_the_calendar_comes_with_the_product():
    years = {
        year: WorkCalendarDay.objects.filter(date__year=year)
        for year in (2022, 2023, 2024, 2025, 2026, 2027, 2028)
    }

    assert {year: (days.count(), days.filter(is_confirmed=True).count()) for year, days in years.items()} == {
        2022: (0, 0),
        2023: (365, 365),
        2024: (366, 366),
        2025: (365, 365),
        2026: (365, 365),
        2027: (365, 0),
        2028: (0, 0),
    }
    makeup = WorkCalendarDay.objects.get(date="2026-02-14")
    assert (makeup.is_workday, makeup.kind, makeup.holiday_name, makeup.source) == (
        True,
        "makeup_workday",
        "春节",
        "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm",
    )
    assert OpeningHours.objects.values_list("county_code", "opens_at", "closes_at").get()[0] == ""


def test_a_calendar_that_is_there_is_left_alone():
    WorkCalendarDay.objects.exclude(date="2026-02-14").delete()
    OpeningHours.objects.update(valid_from="2021-01-01")

    calendar.ensure_calendar(None)
    opening_hours.ensure_programme_hours(None)

    assert WorkCalendarDay.objects.count() == 1
    assert OpeningHours.objects.count() == 1


def test_the_day_book_reads_once_and_says_how_sure_it_is(django_assert_num_queries):
    with django_assert_num_queries(1):
        book = calendar_between(date(2026, 2, 1), date(2027, 1, 31))
        told = {
            str(day): (book.is_working_day(day), book.kind(day), book.name(day), book.is_confirmed(day))
            for day in (date(2026, 2, 14), date(2026, 2, 17), date(2026, 3, 3), date(2027, 1, 1))
        }

    assert told == {
        "2026-02-14": (True, Kind.MAKEUP, "Spring Festival", True),
        "2026-02-17": (False, Kind.HOLIDAY, "Spring Festival", True),
        "2026-03-03": (True, Kind.WORKDAY, "", True),
        "2027-01-01": (False, Kind.HOLIDAY, "New Year", False),
    }


def test_a_day_outside_the_book_is_looked_up_with_its_year(django_assert_num_queries):
    book = calendar_between(date(2026, 2, 1), date(2026, 2, 28))

    with django_assert_num_queries(1):
        assert book.is_working_day(date(2025, 1, 26)) is True
        assert book.is_confirmed(date(2025, 10, 1)) is True


def test_a_year_without_rows_counts_as_the_law_makes_it():
    book = calendar_between(date(2030, 1, 1), date(2030, 12, 31))

    # 2030-02-03 is the first day of the lunar year, a Sunday.
    assert book.is_working_day(date(2030, 2, 4)) is False
    assert book.name(date(2030, 2, 4)) == "Spring Festival"
    assert book.is_working_day(date(2030, 3, 4)) is True
    assert book.is_confirmed(date(2030, 3, 4)) is False


def test_a_confirmed_year_is_official_and_open_claims_are_counted_anew(desk):
    tally = confirm(desk)

    assert tally == Tally(updated=365)
    book = calendar_between(date(2027, 1, 1), date(2027, 12, 31))
    assert book.is_working_day(date(2027, 1, 30)) is True
    assert book.is_working_day(date(2027, 2, 11)) is False
    assert unconfirmed_years([2026, 2027, 2028]) == [2028]
    assert WorkCalendarDay.objects.get(date="2027-02-11").source == NOTICE
    assert recounts() == counted("2027-01-01", "2027-12-31")
    event = AuditEvent.objects.get(verb="calendar.year_confirmed")
    assert event.after == {
        "first_day": "2027-01-01",
        "last_day": "2027-12-31",
        "days": 365,
        "turned_days": [
            "2027-01-30",
            "2027-02-11",
            "2027-02-20",
            "2027-05-05",
            "2027-05-08",
            "2027-09-26",
            "2027-10-06",
            "2027-10-07",
            "2027-10-09",
        ],
        "source": NOTICE,
        "is_confirmed": True,
        "recounted": True,
    }


def test_confirming_the_same_notice_again_changes_nothing(desk):
    confirm(desk)

    assert confirm(desk) == Tally(unchanged=365)
    assert len(recounts()) == 1
    assert AuditEvent.objects.filter(verb="calendar.year_confirmed").count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"source": "  "}, "source_missing"),
        ({"periods": ()}, "no_period"),
        ({"periods": PERIODS[1:]}, "statutory"),
        ({"year": 2100}, "year"),
    ],
)
def test_a_notice_that_cannot_be_is_refused(desk, changed, code):
    assert code_of(lambda: confirm(desk, **changed)) == code
    assert not WorkCalendarDay.objects.filter(date__year=2027, is_confirmed=True).exists()
    assert recounts() == []


def test_a_day_is_changed_with_a_reason_and_open_claims_are_counted_anew(desk):
    row = change(desk, "2026-12-31", kind="holiday_swapped", holiday_name="元旦", reason="通知修订")

    assert (row.is_workday, row.kind, row.holiday_name, row.is_confirmed) == (
        False,
        "holiday_swapped",
        "元旦",
        True,
    )
    event = AuditEvent.objects.get(verb="calendar.day_changed")
    assert (event.before, event.after, event.reason) == (
        {"is_workday": True, "kind": "workday", "holiday_name": ""},
        {
            "is_workday": False,
            "kind": "holiday_swapped",
            "holiday_name": "元旦",
            "date": "2026-12-31",
            "recounted": True,
        },
        "通知修订",
    )
    assert recounts() == counted("2026-12-31", "2026-12-31")


def test_a_name_alone_counts_nothing_anew(desk):
    change(desk, "2026-10-01", holiday_name="国庆")

    assert recounts() == []
    assert AuditEvent.objects.get(verb="calendar.day_changed").after["recounted"] is False


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "holiday_swapped", "reason": " "}, "reason_missing"),
        ({"kind": "makeup_workday"}, "kind_of_day"),
        ({"kind": "weekend"}, "kind_of_day"),
        ({}, "nothing_new"),
    ],
)
def test_a_day_that_cannot_be_is_refused(desk, changed, code):
    assert code_of(lambda: change(desk, "2026-12-31", **changed)) == code
    assert change(desk, "2026-12-31", kind="holiday").kind == "holiday"


def test_of_two_who_change_a_day_one_is_told(desk):
    row = WorkCalendarDay.objects.get(date="2026-12-31")
    given = {"holiday_name": "", "source": row.source, "reason": "更正", "by": desk, "now": NOW}
    stale = WorkCalendarDay.objects.get(pk=row.pk)

    calendar.change_day(day=row, kind="holiday", **given)

    assert code_of(lambda: calendar.change_day(day=stale, kind="holiday_swapped", **given)) == "stale"


def test_seeding_leaves_confirmed_days_alone(desk):
    change(desk, "2027-03-01", kind="holiday", holiday_name="错")
    calendar.set_days(
        days={date(2027, 3, 2): DayFacts(Kind.SWAPPED, "试")},
        source=NOTICE,
        is_confirmed=True,
        by=desk,
        now=NOW,
    )

    tally = calendar.seed_year(year=2027, by=desk, now=NOW)

    assert tally == Tally(updated=1, unchanged=364)
    assert WorkCalendarDay.objects.get(date="2027-03-01").kind == "workday"
    assert WorkCalendarDay.objects.get(date="2027-03-02").kind == "holiday_swapped"


def test_seeding_a_year_that_counted_so_already_counts_nothing_anew(desk):
    assert calendar.seed_year(year=2029, by=desk, now=NOW) == Tally(imported=365)
    assert recounts() == []


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 11, 30), []),
        (date(2026, 12, 1), [2027]),
        (date(2026, 12, 31), [2027]),
        (date(2027, 1, 1), [2027]),
        (date(2027, 12, 1), [2027, 2028]),
    ],
)
def test_the_next_year_is_asked_for_from_december_on(today, years):
    assert years_to_confirm(today) == years


def test_a_year_with_one_provisional_day_is_not_confirmed(desk):
    confirm(desk)
    WorkCalendarDay.objects.filter(date="2027-07-07").update(is_confirmed=False)

    assert years_to_confirm(date(2026, 12, 1)) == [2027]


@pytest.mark.parametrize("changed", [{"is_workday": False}, {"kind": "holiday"}, {"kind": "feast"}])
def test_the_database_refuses_a_day_that_contradicts_itself(changed):
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkCalendarDay.objects.filter(date="2026-03-03").update(**changed)
