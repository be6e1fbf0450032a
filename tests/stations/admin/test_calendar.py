"""The working calendar and the opening hours in the admin."""

import re
from datetime import date, time

import pytest
import time_machine
from django.urls import reverse

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from stations.models import OpeningHours, WorkCalendarDay
from tests.factories import NOW, give, seeing_everything

YEAR = reverse("admin:stations_workcalendarday_changelist")
NOTICE = "https://www.gov.cn/zhengce/2026-12/notice.htm"
HOLIDAYS_2027 = (
    ("2027-01-01", "2027-01-03", ""),
    ("2027-02-05", "2027-02-11", "2027-01-30、2027-02-20"),
    ("2027-04-03", "2027-04-05", ""),
    ("2027-05-01", "2027-05-05", "2027-05-08"),
    ("2027-06-09", "2027-06-09", ""),
    ("2027-09-15", "2027-09-15", ""),
    ("2027-10-01", "2027-10-07", "2027-09-26, 2027-10-09"),
)


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


def text_of(response, status=200):
    assert response.status_code == status, response.status_code
    return response.content.decode()


def cells_of(html):
    """What each marked day says, by its words."""
    found = re.findall(
        r'<td class="day ([a-z ]+)" title="([^"]+)"[^>]*>(?:<a [^>]*>)?(\d+)(?:<b>(.)</b>)?', html
    )
    return {words: (looks, number, mark) for looks, words, number, mark in found}


def address_of(day):
    return reverse("admin:stations_workcalendarday_change", args=[WorkCalendarDay.objects.get(date=day).pk])


def notice(**changed):
    sent = {"source": NOTICE}
    for number, (first, last, makeup) in enumerate(HOLIDAYS_2027):
        sent |= {f"first_{number}": first, f"last_{number}": last, f"makeup_{number}": makeup}
    return {**sent, **changed}


def test_a_year_is_drawn_with_marks_and_words(as_user):
    html = text_of(as_user("manager").get(YEAR))
    cells = cells_of(html)

    assert len(cells) == 365
    assert {words: cell for words, cell in cells.items() if words.startswith("2026-02-1")} == {
        "2026-02-10 · Tuesday · Working day": ("worked", "10", ""),
        "2026-02-11 · Wednesday · Working day": ("worked", "11", ""),
        "2026-02-12 · Thursday · Working day": ("worked", "12", ""),
        "2026-02-13 · Friday · Working day": ("worked", "13", ""),
        "2026-02-14 · Saturday · Make-up working day · Spring Festival": ("makeup", "14", "W"),
        "2026-02-15 · Sunday · Weekend within a holiday · Spring Festival": ("off", "15", "H"),
        "2026-02-16 · Monday · Statutory holiday · Spring Festival": ("off", "16", "H"),
        "2026-02-17 · Tuesday · Statutory holiday · Spring Festival": ("off", "17", "H"),
        "2026-02-18 · Wednesday · Statutory holiday · Spring Festival": ("off", "18", "H"),
        "2026-02-19 · Thursday · Statutory holiday · Spring Festival": ("off", "19", "H"),
    }
    assert cells["2026-11-20 · Friday · Working day"] == ("worked today", "20", "")
    runs = re.findall(r'<li class="(\w+)"><b>(.)</b>([^<]+)</li>', html)
    assert runs[:5] == [
        ("off", "H", "1–3 New Year"),
        ("makeup", "W", "4 New Year"),
        ("makeup", "W", "14 Spring Festival"),
        ("off", "H", "15–23 Spring Festival"),
        ("makeup", "W", "28 Spring Festival"),
    ]
    assert "official" in html and "content_7047091" in html and "provisional" not in html


def test_a_year_without_notice_says_that_it_is_provisional(as_user):
    html = text_of(as_user("manager").get(YEAR, {"year": "2027"}))

    assert ">provisional" in re.sub(r"<svg.*?</svg>", "", html) and "content_" not in html
    assert {looks.rpartition(" ")[2] for looks, _number, _mark in cells_of(html).values()} == {"unsure"}
    assert cells_of(html)["2027-02-05 · Friday · Statutory holiday · Spring Festival · provisional"] == (
        "off unsure",
        "5",
        "H",
    )


@pytest.mark.parametrize("asked", ["", "abc", "1999", "2100", "２０２７", "20270"])
def test_what_is_no_year_shows_the_present_one(as_user, asked):
    assert "Working calendar 2026" in text_of(as_user("manager").get(YEAR, {"year": asked}))


def test_the_year_is_all_that_can_be_asked_for(as_user):
    answer = as_user("manager").get(YEAR, {"year": "2026", "source__contains": "gov"})

    assert answer.headers["Location"] == f"{YEAR}?e=1"
    assert "Working calendar 2026" in text_of(as_user("manager").get(f"{YEAR}?e=1"))


def test_a_year_costs_the_same_few_queries(as_user, django_assert_max_num_queries):
    client = as_user("platform")
    client.get(YEAR)

    with django_assert_max_num_queries(10):
        client.get(YEAR)


def test_only_the_desk_is_offered_changes(as_user):
    manager, desk = as_user("manager"), as_user("platform")

    assert address_of("2026-12-31") in text_of(desk.get(YEAR))
    assert address_of("2026-12-31") not in text_of(manager.get(YEAR))
    assert 'name="kind"' in text_of(desk.get(address_of("2026-12-31")))
    assert 'name="kind"' not in text_of(manager.get(address_of("2026-12-31")))


def test_a_desk_of_some_counties_does_not_change_everybodys_calendar(as_user, cast):
    give(cast.nobody, Role.PLATFORM, region="520000000000")
    client, day = as_user("nobody"), address_of("2026-12-31")
    sent = {"kind": "holiday", "holiday_name": "元旦", "source": NOTICE, "reason": "州庆"}

    assert day not in text_of(client.get(YEAR))
    assert 'name="kind"' not in text_of(client.get(day))
    assert client.post(day, sent).status_code == 403
    for step in ("notice", "seed"):
        address = reverse(f"admin:stations_workcalendarday_{step}", args=[2027])
        assert client.post(address, notice()).status_code == 403
    assert WorkCalendarDay.objects.get(date="2026-12-31").is_workday


def test_the_desk_changes_a_day_with_a_reason(as_user):
    client = as_user("platform")
    sent = {"kind": "holiday_swapped", "holiday_name": "元旦", "source": NOTICE}

    refused = text_of(client.post(address_of("2026-12-31"), sent))
    answer = client.post(address_of("2026-12-31"), {**sent, "reason": "通知修订"})

    assert "errorlist" in refused
    assert answer.headers["Location"] == f"{YEAR}?year=2026"
    day = WorkCalendarDay.objects.get(date="2026-12-31")
    assert (day.is_workday, day.kind, day.holiday_name, day.source) == (
        False,
        "holiday_swapped",
        "元旦",
        NOTICE,
    )
    with seeing_everything():
        event = AuditEvent.objects.get(verb="calendar.day_changed")
    assert (event.actor_name, event.reason) == ("平台专员", "通知修订")


def test_a_day_is_offered_only_kinds_that_fit_it(as_user):
    html = text_of(as_user("platform").get(address_of("2026-12-31")))

    assert re.findall(r'<option value="(\w+)"', html) == ["workday", "holiday", "holiday_swapped"]


def test_a_refused_day_is_told_so(as_user):
    row = WorkCalendarDay.objects.get(date="2026-12-31")
    sent = {"kind": row.kind, "holiday_name": "", "source": row.source, "reason": "没有变化"}

    html = text_of(as_user("platform").post(address_of("2026-12-31"), sent), status=409)

    assert "says so already" in html


def test_the_form_of_a_notice_begins_with_what_counts_so_far(as_user):
    html = text_of(as_user("platform").get(reverse("admin:stations_workcalendarday_notice", args=[2026])))
    fields = re.findall(r"<input [^>]*>", html)

    def value_of(name):
        found = next(field for field in fields if f'name="{name}"' in field)
        return (re.findall(r'value="([^"]*)"', found) or [""])[0]

    assert [value_of(f"{part}_1") for part in ("first", "last", "makeup")] == [
        "2026-02-15",
        "2026-02-23",
        "2026-02-14, 2026-02-28",
    ]


def test_a_notice_confirms_its_year(as_user):
    client = as_user("platform")

    answer = client.post(reverse("admin:stations_workcalendarday_notice", args=[2027]), notice())

    assert answer.headers["Location"] == f"{YEAR}?year=2027"
    html = text_of(client.get(answer.headers["Location"]))
    assert "2027 is confirmed" in html and "No official notice" not in html and NOTICE in html
    assert cells_of(html)["2027-02-20 · Saturday · Make-up working day · Spring Festival"] == (
        "makeup",
        "20",
        "W",
    )
    assert not WorkCalendarDay.objects.filter(date__year=2027, is_confirmed=False).exists()


@pytest.mark.parametrize(
    ("changed", "status", "told"),
    [
        ({"source": ""}, 200, "errorlist"),
        ({"first_1": ""}, 200, "Give the first and the last day"),
        ({"makeup_1": "1月30日"}, 200, "Write days like"),
        ({"last_1": "2027-02-01"}, 409, "ends before it begins"),
        ({"makeup_1": "2027-01-29"}, 409, "must be a Saturday or Sunday"),
        ({"first_0": "", "last_0": ""}, 409, "that the law makes a holiday"),
    ],
)
def test_a_notice_that_cannot_be_is_told_so(as_user, changed, status, told):
    url = reverse("admin:stations_workcalendarday_notice", args=[2027])

    html = text_of(as_user("platform").post(url, notice(**changed)), status=status)

    assert told in html
    assert not WorkCalendarDay.objects.filter(date__year=2027, is_confirmed=True).exists()


def test_provisional_days_are_written_for_a_year_without_rows(as_user):
    client = as_user("platform")
    url = reverse("admin:stations_workcalendarday_seed", args=[2028])
    assert url in text_of(client.get(YEAR, {"year": "2028"}))

    client.post(url)

    assert WorkCalendarDay.objects.filter(date__year=2028, is_confirmed=False).count() == 366
    assert url not in text_of(client.get(YEAR, {"year": "2028"}))


@pytest.mark.parametrize("step", ["notice", "seed"])
@pytest.mark.parametrize("year", [2000, 2100])
def test_years_beyond_the_calendar_are_not_found(as_user, step, year):
    url = reverse(f"admin:stations_workcalendarday_{step}", args=[year])

    assert as_user("platform").get(url).status_code == 404


@pytest.mark.parametrize(
    ("day", "who", "is_told"),
    [
        ("2026-11-30", "manager", False),
        ("2026-12-01", "manager", True),
        ("2026-12-01", "platform", True),
        ("2026-12-01", "trainer", False),
    ],
)
def test_from_december_on_the_start_page_asks_for_the_next_notice(as_user, day, who, is_told):
    with time_machine.travel(f"{day}T09:00:00+08:00", tick=False):
        html = text_of(as_user(who).get(reverse("admin:index")))

    assert ("calendar without an official notice" in html) is is_told
    assert (f"{YEAR}?year=2027" in html) is is_told


def hours_form(**changed):
    return {
        "county_code": "520123000000",
        "valid_from": "2026-12-01",
        "opens_at": "08:00",
        "noon_closes_at": "12:00",
        "noon_opens_at": "15:00",
        "closes_at": "19:00",
        **changed,
    }


def test_a_manager_sets_the_hours_of_their_county(as_user):
    client = as_user("manager")
    add, shown = reverse("admin:stations_openinghours_add"), reverse("admin:stations_openinghours_changelist")
    form = text_of(client.get(add))

    answer = client.post(add, hours_form())

    assert (
        'value="08:30"' in form
        and "修文县" in form
        and "whole programme" not in form
        and "睢宁县" not in form
    )
    assert answer.headers["Location"] == shown
    assert OpeningHours.objects.get(county_code="520123000000").valid_from == date(2026, 12, 1)
    html = text_of(client.get(shown))
    assert "08:00–12:00, 15:00–19:00" in html and "not in force yet" in html and "whole programme" in html
    assert "2026-12-01" in html


def test_hours_of_another_county_are_neither_shown_nor_set(as_user):
    OpeningHours.objects.create(
        county_code="320324000000", valid_from="2026-01-01", opens_at="06:00", closes_at="11:11"
    )
    client = as_user("manager")

    refused = text_of(
        client.post(reverse("admin:stations_openinghours_add"), hours_form(county_code="320324000000"))
    )

    assert "errorlist" in refused
    assert OpeningHours.objects.filter(valid_from="2026-12-01").count() == 0
    assert "11:11" not in text_of(client.get(reverse("admin:stations_openinghours_changelist")))


def test_the_desk_sets_the_hours_of_the_programme(as_user):
    client = as_user("platform")

    client.post(reverse("admin:stations_openinghours_add"), hours_form(county_code="programme"))

    assert list(
        OpeningHours.objects.filter(county_code="").order_by("valid_from").values_list("closes_at", flat=True)
    ) == [time(18), time(19)]


def test_hours_out_of_order_are_told_so(as_user):
    html = text_of(
        as_user("manager").post(reverse("admin:stations_openinghours_add"), hours_form(closes_at="14:00")),
        status=409,
    )

    assert "errorlist" in html
