import re
from datetime import date, timedelta

import pytest

from aftersales.accounts.roles import Role
from claims.models import CustodyItem, FollowUp
from claims.queries import weeks as reading
from stations.access.scope import authority_of
from tests.claims.routes.places import visit_in
from tests.claims.visits.visit_cases import shanghai
from tests.factories import NOW, acting_as, give, make_claim, seeing_everything

MONDAY, FRIDAY, SATURDAY = date(2026, 11, 16), date(2026, 11, 20), date(2026, 11, 21)
"""NOW is Friday, 10:30."""
NEXT = MONDAY + timedelta(days=7)


def week(cast, person=None, monday=MONDAY, station=None):
    person = person or cast.agent
    with acting_as(person):
        may = authority_of(person, now=NOW).permissions
        return reading.week_of(person, monday, station=station, may=may, now=NOW)


def on(found, day):
    return next(each for each in found.days if each.day == day)


def call(claim, due_at, **fields) -> FollowUp:
    with seeing_everything():
        return FollowUp.objects.create(
            claim=claim,
            round=1,
            county_code=claim.county_code,
            kind="first",
            opened_at=NOW - timedelta(days=3),
            due_at=due_at,
            **fields,
        )


def goods(station, claim, label, *, keeper, received_at=NOW) -> CustodyItem:
    with seeing_everything():
        return CustodyItem.objects.create(
            claim=claim,
            station=station,
            county_code=station.county_code,
            label=label,
            what="水蜜桃",
            pieces=1,
            condition="damaged",
            shelf="A1",
            keeper=keeper,
            received_by=keeper,
            received_at=received_at,
        )


def test_every_day_has_its_visits_calls_and_claims(cast):
    friday = visit_in(cast, cast.guangcheng, shanghai(FRIDAY, 14), technician=cast.agent)
    sunday = visit_in(
        cast, cast.guangcheng, shanghai(SATURDAY, 18) + timedelta(days=1), technician=cast.agent
    )
    visit_in(cast, cast.guangcheng, shanghai(FRIDAY, 16), technician=cast.agent, state="cancelled")
    visit_in(cast, cast.guangcheng, shanghai(NEXT, 8), technician=cast.agent)
    visit_in(cast, cast.guangcheng, shanghai(FRIDAY, 8))
    claim = make_claim(
        cast.guangcheng, filed_by=cast.agent, next_due_at=shanghai(SATURDAY, 9), handling_due_at=NOW
    )
    other = make_claim(cast.guangcheng, filed_by=cast.technician, status="resolved")
    theirs = call(other, shanghai(SATURDAY, 12), caller=cast.agent)

    found = week(cast)

    assert [each.day for each in found.days] == [MONDAY + timedelta(days=number) for number in range(7)]
    assert [each.is_today for each in found.days] == [False] * 4 + [True] + [False] * 2
    assert [each.is_past for each in found.days] == [True] * 4 + [False] * 3
    assert [visit for each in found.days for visit in each.visits] == [friday, sunday]
    assert on(found, FRIDAY).visits == [friday]
    assert (on(found, SATURDAY).follow_ups, on(found, SATURDAY).claims) == ([theirs], [claim])
    assert [each.is_empty for each in found.days] == [True] * 4 + [False] * 3
    assert (found.visits, found.follow_ups, found.has_more) == (2, 1, False)


def test_of_a_place_that_one_has_left_nothing_is_shown(cast):
    visit = visit_in(cast, cast.chenlou, shanghai(FRIDAY, 14), technician=cast.agent)
    assert (week(cast).visits, on(week(cast), FRIDAY).visits) == (0, [])

    give(cast.agent, Role.AGENT, station=cast.chenlou)
    assert (week(cast).visits, on(week(cast), FRIDAY).visits) == (1, [visit])


def test_what_is_overdue_stands_on_today_and_is_counted(cast):
    long_ago = make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=NOW - timedelta(days=40))
    on_monday = make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=shanghai(MONDAY, 9))
    soon = make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=NOW + timedelta(hours=2))

    found = week(cast)

    assert on(found, FRIDAY).claims == [long_ago, on_monday, soon]
    assert on(found, MONDAY).is_empty
    assert (found.claims, found.late_claims, found.late_calls) == (3, 2, 0)


def test_another_week_has_what_is_due_in_it_alone(cast):
    make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=NOW - timedelta(days=40))
    coming = make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=shanghai(NEXT, 9))
    make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=shanghai(NEXT, 9) + timedelta(days=7))

    found = week(cast, monday=NEXT)

    assert [claim for each in found.days for claim in each.claims] == [coming]
    assert (found.first, found.last) == (NEXT, NEXT + timedelta(days=6))


def test_calls_are_mine_or_nobody_s_yet_and_never_about_my_own_work(cast):
    def settled(by):
        return make_claim(cast.guangcheng, filed_by=by, status="resolved")

    mine = call(settled(cast.technician), shanghai(SATURDAY, 9), caller=cast.agent)
    nobodys = call(settled(cast.technician), shanghai(SATURDAY, 10))
    call(settled(cast.technician), shanghai(SATURDAY, 11), caller=cast.manager)
    call(settled(cast.agent), shanghai(SATURDAY, 12))

    assert on(week(cast), SATURDAY).follow_ups == [mine, nobodys]


def test_a_call_that_is_overdue_is_counted_as_a_call(cast):
    late = call(
        make_claim(cast.guangcheng, filed_by=cast.technician, status="resolved"), NOW - timedelta(days=9)
    )

    found = week(cast)

    assert on(found, FRIDAY).follow_ups == [late]
    assert (found.follow_ups, found.late_calls, found.late_claims) == (1, 1, 0)


def test_goods_are_those_of_the_station_or_those_one_keeps_the_longest_waiting_first(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    new = goods(cast.guangcheng, claim, "DG1", keeper=cast.agent)
    old = goods(cast.guangcheng, claim, "DG2", keeper=cast.agent, received_at=NOW - timedelta(days=9))
    kept = goods(cast.liuguang_point, claim, "DG3", keeper=cast.technician)

    agent, technician = week(cast, station=cast.guangcheng), week(cast, cast.technician)

    assert (agent.goods, agent.goods_count) == ((old, new), 2)
    assert (technician.goods, technician.goods_count) == ((kept,), 1)


def test_more_than_fits_is_said(cast, monkeypatch):
    monkeypatch.setattr(reading, "MOST", 1)
    for _number in range(2):
        make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=NOW + timedelta(hours=2))

    found = week(cast)

    assert (found.claims, found.has_more, len(on(found, FRIDAY).claims)) == (1, True, 1)


def test_the_page_links_everything_and_shows_no_name(cast, door):
    visit = visit_in(cast, cast.guangcheng, shanghai(FRIDAY, 14), technician=cast.agent)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=shanghai(SATURDAY, 9))
    goods(cast.guangcheng, claim, "DG7K2M9QXA", keeper=cast.agent)

    page = door(cast.agent).get("/claims/week/")
    text = re.sub(r"\s+", " ", page.content.decode())

    assert page.status_code == 200
    assert "2026-11-16 – 2026-11-22" in text
    for url in (
        f"/claims/visits/{visit.pk}/",
        f"/claims/{claim.number}/",
        "/claims/goods/DG7K2M9QXA/",
        f"/claims/visits/day/{cast.agent.pk}/2026-11-20/",
        "?day=2026-11-09",
        "?day=2026-11-23",
    ):
        assert f'href="{url}"' in text
    assert "张桂英" not in text


@pytest.mark.parametrize(
    ("asked", "monday"),
    [
        ("2026-11-25", "2026-11-23"),
        ("2026-11-23", "2026-11-23"),
        ("2026-11-22", "2026-11-16"),
        ("", "2026-11-16"),
        ("x' OR 1", "2026-11-16"),
        ("2026-02-30", "2026-11-16"),
        ("9999-12-31", "2026-11-16"),
        ("0001-01-01", "2026-11-16"),
    ],
)
def test_any_day_opens_its_week_and_nonsense_the_present_one(cast, door, asked, monday):
    page = door(cast.agent).get("/claims/week/", {"day": asked})

    assert (page.status_code, page.context["week"].first.isoformat()) == (200, monday)


def test_the_number_of_statements_does_not_grow_with_the_week(cast, door, django_assert_num_queries):
    client = door(cast.agent)
    client.get("/claims/week/")
    for hour in (8, 10, 14):
        visit_in(cast, cast.guangcheng, shanghai(FRIDAY, hour), technician=cast.agent)
        claim = make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=shanghai(SATURDAY, hour))
        goods(cast.guangcheng, claim, f"DG{hour}", keeper=cast.agent)
        other = make_claim(cast.guangcheng, filed_by=cast.technician, status="resolved")
        call(other, shanghai(SATURDAY, hour))

    with django_assert_num_queries(10):
        page = client.get("/claims/week/")

    found = page.context["week"]
    assert (found.visits, found.follow_ups, found.claims, found.goods_count) == (3, 3, 3, 3)


def test_of_a_full_day_the_first_are_written_out_and_the_rest_is_a_link(cast, door):
    for minute in range(8):
        make_claim(cast.guangcheng, filed_by=cast.agent, next_due_at=NOW + timedelta(minutes=minute))

    page = door(cast.agent).get("/claims/week/")
    text = page.content.decode()

    assert text.count("/claims/SH") == 6
    assert '<a href="/claims/queue/">further claims: 2</a>' in text
    assert page.context["week"].claims == 8
