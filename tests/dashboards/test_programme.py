"""The page of the programme: plan, pace and what was reached; setting a plan and phases."""

from datetime import date

import pytest
import time_machine
from django.utils.translation import override

from aftersales.accounts.models import system_user
from aftersales.dashboards.programme import programme_board
from claims.models import FigureCell
from stations.models import CountyPhase, ProgrammePlan, Station
from stations.rules.programme import Goals, Phase
from stations.services.programme import set_phase, set_plan
from tests.factories import NOW, acting_as, seeing_everything

TODAY = date(2026, 11, 20)
XIUWEN, SUINING = "520123000000", "320324000000"
PAGE = "/dashboards/programme/"
PLAN_PAGE = f"{PAGE}plan/"
PHASE_PAGE = f"{PAGE}{XIUWEN}/"
PLANNED = {
    "counties": "2",
    "stations": "40",
    "agents": "44",
    "claims": "9000",
    "starts_on": "2026-09-01",
    "ends_on": "2026-12-31",
    "valid_from": "2026-11-20",
    "source": "实施方案",
}


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel(NOW, tick=False), override("en"):
        yield


@pytest.fixture
def programme(cast):
    """A plan for two counties from September, claims in both, one of them in its pilot for too long."""
    with acting_as(cast.platform):
        set_plan(
            valid_from=TODAY,
            starts_on=date(2026, 9, 1),
            ends_on=date(2026, 12, 31),
            goals=Goals(counties=2, stations=40, agents=44, claims=9000),
            source="实施方案",
            by=cast.platform,
            now=NOW,
        )
        set_phase(
            county_code=XIUWEN, phase=Phase.PILOT, starts_on=date(2026, 9, 1), by=cast.platform, now=NOW
        )
    Station._base_manager.filter(pk=cast.guangcheng.pk).update(opened_on=date(2026, 10, 5))
    for county, month, filed in (
        (XIUWEN, date(2026, 8, 1), 500),
        (XIUWEN, date(2026, 9, 1), 900),
        (XIUWEN, date(2026, 11, 1), 700),
        (SUINING, date(2026, 10, 1), 30),
    ):
        FigureCell._base_manager.create(
            kind="month",
            level=3,
            county_code=county,
            region_code=county,
            first_day=month,
            filed=filed,
            counted_at=NOW,
        )


def reached(board):
    return [(each.label, each.goal, each.expected, each.reached) for each in board["progress"]]


def test_the_whole_programme_against_its_plan(cast, programme):
    with acting_as(cast.platform):
        board = programme_board(TODAY)

    assert reached(board) == [
        ("Counties", 2, 1, 2),
        ("Village stations", 40, 26, 4),
        ("Agents", 44, 28, 4),
        ("Claims", 9000, 5901, 1630),
    ]
    claims, stations = board["progress"][3].chart, board["progress"][1].chart
    assert claims.rows == [
        ["26-09", "900", "2,213"],
        ["26-10", "930", "4,500"],
        ["26-11", "1,630", "6,713"],
        ["26-12", "—", "9,000"],
    ]
    assert [row[1] for row in stations.rows] == ["3", "4", "4", "—"]
    assert (board["days_over"], board["days"], board["without_phase"]) == (80, 122, 1)


def test_counties_with_their_phase_the_latest_first(cast, programme):
    with acting_as(cast.platform):
        lines = programme_board(TODAY)["lines"]

    assert [
        (line.county.code, line.phase and line.phase.phase, line.until, line.late, line.points, line.claims)
        for line in lines
    ] == [
        (XIUWEN, "pilot", date(2026, 10, 31), 19, 3, 1600),
        (SUINING, None, None, 0, 1, 30),
    ]


def test_a_manager_sees_the_county_and_its_part_of_the_plan(cast, programme):
    with acting_as(cast.suining_manager):
        board = programme_board(TODAY)

    assert reached(board) == [
        ("Village stations", 20, 13, 1),
        ("Agents", 22, 14, 1),
        ("Claims", 4500, 2950, 30),
    ]
    assert [line.county.code for line in board["lines"]] == [SUINING]


def test_statements_do_not_grow_with_counties(as_user, cast, programme, django_assert_max_num_queries):
    client = as_user("platform")

    with django_assert_max_num_queries(12):
        page = client.get(PAGE)

    assert "Progress of the programme" in page.content.decode()


def test_a_new_plan_is_set(as_user, cast):
    client = as_user("platform")
    assert client.get(PLAN_PAGE).context["form"].initial["claims"] == 50_000

    answer = client.post(PLAN_PAGE, PLANNED)

    assert (answer.status_code, answer.url) == (302, PAGE)
    plan = ProgrammePlan.objects.get(valid_from=TODAY)
    assert (plan.goals, plan.source, plan.set_by) == (Goals(2, 40, 44, 9000), "实施方案", cast.platform)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"counties": "0"}, "counties"),
        ({"claims": "很多"}, "claims"),
        ({"starts_on": "2026-09-31"}, "starts_on"),
        ({"starts_on": "2026-09-02"}, "starts_on"),
        ({"valid_from": "2026-11-19"}, "valid_from"),
        ({"source": ""}, "source"),
    ],
)
def test_a_faulty_plan_comes_back_with_what_was_typed(as_user, changed, field):
    answer = as_user("platform").post(PLAN_PAGE, PLANNED | changed)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["agents"].value() == "44"
    assert ProgrammePlan.objects.count() == 1


def test_a_phase_is_set_once(as_user, cast):
    client, sent = as_user("platform"), {"phase": "pilot", "starts_on": "2026-11-01", "note": "四个试点之一"}

    first = client.post(PHASE_PAGE, sent)
    again = client.post(PHASE_PAGE, sent)

    assert (first.status_code, first.url, again.status_code) == (302, PAGE, 200)
    assert list(again.context["form"].errors) == ["starts_on"]
    row = CountyPhase._base_manager.get()
    assert (row.county_code, row.phase, row.note, row.set_at) == (
        XIUWEN,
        "pilot",
        "四个试点之一",
        NOW,
    )
    assert "四个试点之一" in client.get(PHASE_PAGE).content.decode()


def test_a_phase_needs_a_known_one_and_a_day(as_user):
    answer = as_user("platform").post(PHASE_PAGE, {"phase": "party", "starts_on": "soon"})

    assert (answer.status_code, sorted(answer.context["form"].errors)) == (200, ["phase", "starts_on"])


def test_a_county_without_stations_has_no_phase(as_user):
    assert as_user("platform").get(f"{PAGE}520102000000/").status_code == 404


def test_the_plan_that_came_with_the_system_says_so(cast, as_user):
    text = as_user("platform").get("/dashboards/programme/").content.decode()

    assert "Plan: came with the system." in text


def test_what_no_person_set_is_set_by_the_system(cast, as_user):
    with seeing_everything():
        goals = Goals(counties=2, stations=40, agents=44, claims=9000)
        days = {"valid_from": TODAY, "starts_on": date(2026, 9, 1), "ends_on": date(2026, 12, 31)}
        set_plan(**days, goals=goals, source="实施方案", by=system_user(), now=NOW)
        set_phase(county_code=XIUWEN, phase=Phase.PILOT, starts_on=TODAY, by=system_user(), now=NOW)
    client = as_user("platform")
    pages = [client.get(path).content.decode() for path in (PLAN_PAGE, PHASE_PAGE)]

    assert [("<small>the system " in page, "<small>System" in page) for page in pages] == [(True, False)] * 2
