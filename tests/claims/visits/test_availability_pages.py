from datetime import date, time

import pytest

from aftersales.accounts.roles import Role
from claims.models import AvailabilityException
from claims.queries.availability import changes_of, week_of
from claims.rules.windows import WeekWindow
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import acting_as, give, make_claim, seeing_everything

LIST = "/claims/visits/times/"
TODAY = date(2026, 11, 20)


def page(user) -> str:
    return f"{LIST}{user.pk}/"


def changes(user) -> list[tuple]:
    with seeing_everything():
        return [(row.day, row.starts, row.seats) for row in changes_of(user.pk, since=TODAY)]


def test_an_agent_is_led_to_their_own_week_and_sees_no_other(door, cast):
    agent = door(cast.agent)

    assert agent.get(LIST).url == page(cast.agent)
    assert "My times for visits" in agent.get(page(cast.agent)).content.decode()
    assert agent.get(page(cast.neighbour)).status_code == 404
    assert agent.post(page(cast.neighbour), {"known": "", "w0_0800": "1"}).status_code == 404
    assert week_of(cast.neighbour.pk) == []


def test_who_sends_others_here_and_is_an_agent_there_keeps_no_colleague_s_week_there(door, cast):
    give(cast.technician, Role.AGENT, station=cast.fangmaping)
    technician, colleague = door(cast.technician), cast.uncertified

    looked = technician.get(page(colleague))
    sent = technician.post(page(colleague), {"known": "", "w0_0800": "1"})
    away = technician.post(f"{page(colleague)}away/", {"first": "2026-11-23"})
    everybody = technician.get(LIST, {"everybody": ""}).content.decode()

    assert [answer.status_code for answer in (looked, sent, away)] == [404, 404, 404]
    assert (week_of(colleague.pk), changes(colleague)) == ([], [])
    assert [name in everybody for name in ("王秀兰", "罗小军")] == [True, False]


def test_who_sends_others_finds_those_who_make_visits_or_everybody(door, cast):
    make_week(cast.agent, cast.guangcheng, (0, time(8), 2), (1, time(8), 1))
    with seeing_everything():
        AvailabilityException.objects.create(
            user=cast.agent, station=cast.guangcheng, county_code="520123000000", day=TODAY
        )
    technician = door(cast.technician)

    makes_visits = technician.get(LIST).content.decode()
    everybody = technician.get(LIST, {"everybody": ""}).content.decode()
    named = technician.get(LIST, {"q": "六广村"}).content.decode()
    nobody = technician.get(LIST, {"q": "孙二梅"}).content.decode()

    assert [name in makes_visits for name in ("王秀兰", "杨光明")] == [True, False]
    assert "visits a week: 3" in makes_visits
    assert "Away today" in makes_visits
    assert [name in everybody for name in ("王秀兰", "杨光明", "罗小军", "孙二梅")] == [
        True,
        True,
        False,
        False,
    ]
    assert [name in named for name in ("王秀兰", "杨光明")] == [False, True]
    assert "Nobody fits" in nobody
    assert technician.get(LIST, {"mine": ""}).url == page(cast.technician)
    assert door(cast.officer).get(LIST, {"mine": ""}).status_code == 200


def test_the_list_of_people_takes_the_same_statements_for_any_number(door, cast, django_assert_num_queries):
    technician = door(cast.technician)
    for user, station in (
        (cast.agent, cast.guangcheng),
        (cast.neighbour, cast.liuguang),
        (cast.technician, cast.liuguang_point),
    ):
        make_week(user, station, (0, time(8), 1))

    with django_assert_num_queries(7):
        technician.get(LIST)


def test_a_week_is_chosen_in_the_grid(door, cast):
    make_week(cast.agent, cast.guangcheng, (0, time(8), 2))

    answer = door(cast.agent).post(
        page(cast.agent), {"known": "0.0800.2", "w0_0800": "0", "w4_1600": "3", "w6_1800": "8"}, follow=True
    )

    assert "The week is kept." in answer.content.decode()
    assert week_of(cast.agent.pk) == [WeekWindow(4, time(16), 3), WeekWindow(6, time(18), 8)]


@pytest.mark.parametrize(
    "sent", [{"w0_0800": "9"}, {"w0_0800": "-1"}, {"w0_0800": "a"}, {"known": "x" * 700, "w0_0800": "1"}]
)
def test_a_grid_of_nonsense_is_shown_again(door, cast, sent):
    answer = door(cast.agent).post(page(cast.agent), {"known": "", **sent})

    assert answer.status_code == 200
    assert week_of(cast.agent.pk) == []


def test_a_week_that_has_changed_meanwhile_is_asked_for_once_more(door, cast):
    make_week(cast.agent, cast.guangcheng, (0, time(8), 2))
    agent = door(cast.agent)

    stale = agent.post(page(cast.agent), {"known": "", "w4_1600": "3"})
    text = stale.content.decode()
    kept = week_of(cast.agent.pk)
    again = agent.post(page(cast.agent), {"known": "0.0800.2", "w4_1600": "3"})

    assert (stale.status_code, again.status_code) == (409, 302)
    assert "Somebody else has just changed this week." in text
    assert 'value="0.0800.2"' in text
    assert '<option value="3" selected>' in text
    assert kept == [WeekWindow(0, time(8), 2)]
    assert week_of(cast.agent.pk) == [WeekWindow(4, time(16), 3)]


def test_a_usual_week_is_proposed_and_kept_only_when_it_is_sent(door, cast):
    text = door(cast.agent).get(page(cast.agent), {"usual": ""}).content.decode()

    assert "This is a proposal." in text
    assert text.count('<option value="1" selected>') == 20 + 1
    assert week_of(cast.agent.pk) == []


def test_days_away_show_the_visits_that_no_longer_fit(door, cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    make_visit(claim, starts_at=shanghai(MONDAY, 8), technician=cast.agent)
    other = make_claim(cast.guangcheng, filed_by=cast.agent)
    make_visit(other, starts_at=shanghai(date(2026, 11, 26), 8), technician=cast.agent)
    agent = door(cast.agent)

    answer = agent.post(
        f"{page(cast.agent)}away/",
        {"first": "2026-11-23", "last": "2026-11-24", "reason": "培训"},
        follow=True,
    )

    text = answer.content.decode()
    assert "Days away noted: 2." in text
    assert "Planned visits on days away" in text
    assert (claim.number in text, other.number in text) == (True, False)
    assert changes(cast.agent) == [(MONDAY, None, 0), (date(2026, 11, 24), None, 0)]


def test_one_day_away_needs_no_last_day(door, cast):
    door(cast.agent).post(f"{page(cast.agent)}away/", {"first": "2026-11-23"})

    assert changes(cast.agent) == [(MONDAY, None, 0)]


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({}, 200, "This field is required."),
        ({"first": "gestern"}, 200, "Enter a valid date."),
        ({"first": "2026-11-01"}, 409, "This day is over."),
        ({"first": "9999-12-31"}, 409, "Choose a day within the next year."),
        ({"first": "2026-11-24", "last": "2026-11-23"}, 409, "The last day lies before the first."),
        ({"first": "2026-11-24", "reason": "x" * 200}, 200, "at most 100 characters"),
    ],
)
def test_days_away_that_cannot_be_are_told(door, cast, sent, status, said):
    answer = door(cast.agent).post(f"{page(cast.agent)}away/", sent)

    assert answer.status_code == status
    assert said in answer.content.decode()
    assert changes(cast.agent) == []


def test_a_window_of_one_day_opens_and_is_taken_back(door, cast):
    agent = door(cast.agent)
    answer = agent.post(
        f"{page(cast.agent)}window/", {"day": "2026-11-21", "starts": "18:00", "seats": "2"}, follow=True
    )
    with acting_as(cast.agent):
        row = AvailabilityException.objects.get()
    clear = f"{page(cast.agent)}clear/{row.pk}/"

    assert "window from 18:00, visits: 2" in answer.content.decode()
    assert "as the week says again?" in agent.get(clear).content.decode()
    assert changes(cast.agent) == [(date(2026, 11, 21), time(18), 2)]
    assert agent.post(clear).url == page(cast.agent)
    assert agent.post(clear).status_code == 404
    assert changes(cast.agent) == []


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"day": "2026-11-21", "starts": "09:00", "seats": "2"},
        {"day": "2026-11-21", "starts": "18:00", "seats": "0"},
        {"day": "x", "starts": "<b>", "seats": "two"},
    ],
)
def test_a_window_of_nonsense_is_asked_for_again(door, cast, sent):
    answer = door(cast.agent).post(f"{page(cast.agent)}window/", sent)

    assert answer.status_code == 200
    assert changes(cast.agent) == []


def test_looking_at_the_addresses_of_forms_leads_back(door, cast):
    agent = door(cast.agent)

    assert agent.get(f"{page(cast.agent)}away/").url == f"{page(cast.agent)}#away"
    assert agent.get(f"{page(cast.agent)}window/").url == f"{page(cast.agent)}#extra"
