"""The escalation board: what stands where, what climbed and why, which promises were kept, who is silent."""

from datetime import timedelta
from fractions import Fraction

import pytest
import time_machine

from aftersales.dashboards.escalations import escalation_board
from claims.models import ClaimClock, ClockRule, Escalation, Holding
from claims.queries import figures_clocks
from claims.queries.figures_clocks import Climb, Kept, Rung
from claims.rules.clocks import FAMILIES, Clock, Level
from tests.factories import NOW, acting_as, make_claim, seeing_everything

COUNTY = "520123000000"
BOARD = f"/dashboards/county/{COUNTY}/escalations/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = NOW - 4 * DAY - timedelta(hours=10, minutes=30)


def run(claim, clock, *, due_at, outcome="running", warned_at=None):
    """A clock of a claim; what is stopped was stopped when it was due."""
    with seeing_everything():
        rule = ClockRule.objects.filter(policy__county_code="", clock=clock).first()
        return ClaimClock.objects.create(
            claim=claim,
            county_code=claim.county_code,
            clock=clock,
            family=FAMILIES[clock],
            round=1,
            level=claim.level,
            rule=rule,
            started_at=claim.filed_at,
            due_at=due_at,
            warned_at=warned_at,
            outcome=outcome,
            stopped_at=None if outcome == "running" else due_at,
        )


def climb(claim, clock, *, at, level=0, from_station=None):
    with seeing_everything():
        return Escalation.objects.create(
            claim=claim,
            county_code=claim.county_code,
            clock=clock,
            round=1,
            level=level,
            step="ran_out",
            climbed_to=level + 1,
            from_station=from_station or claim.station,
            to_station=claim.station.parent,
            due_at=at,
            at=at,
        )


def hold(claim, *, since, taken_over_at=None):
    with seeing_everything():
        Holding.objects.create(
            claim=claim,
            county_code=claim.county_code,
            round=1,
            level=claim.level,
            station=claim.holder,
            because="filed",
            from_at=since,
            taken_over_at=taken_over_at,
        )


@pytest.fixture
def week(cast):
    """Claims of two villages and a township, with what ran out for them this week and last."""
    quiet = make_claim(cast.guangcheng, filed_by=cast.agent)
    run(quiet, Clock.FIRST_RESPONSE, due_at=NOW - HOUR, outcome="met")
    run(quiet, Clock.HANDLING, due_at=NOW + DAY, warned_at=NOW - HOUR)
    hold(quiet, since=NOW - 2 * HOUR, taken_over_at=NOW - HOUR)
    over = make_claim(cast.guangcheng, filed_by=cast.agent)
    run(over, Clock.FIRST_RESPONSE, due_at=NOW - DAY)
    run(over, Clock.HANDLING, due_at=NOW + HOUR, warned_at=NOW)
    hold(over, since=NOW - 30 * HOUR)
    up = make_claim(cast.liuguang, filed_by=cast.neighbour, level=1, holder=cast.liuguang_point, handler=None)
    run(up, Clock.FIRST_RESPONSE, due_at=NOW - 2 * DAY, outcome="late")
    run(up, Clock.TOWNSHIP_RESPONSE, due_at=NOW - DAY)
    run(up, Clock.SETTLEMENT, due_at=NOW - DAY, outcome="void")
    hold(up, since=NOW - 2 * DAY)
    climb(up, Clock.FIRST_RESPONSE, at=NOW - 2 * DAY)
    done = make_claim(cast.liuguang, filed_by=cast.neighbour, status="closed")
    run(done, Clock.HANDLING, due_at=NOW - HOUR, outcome="met")
    climb(done, Clock.HANDLING, at=NOW - HOUR)
    climb(done, Clock.TOWNSHIP_RESPONSE, at=MONDAY - HOUR, level=1, from_station=cast.liuguang_point)
    elsewhere = make_claim(cast.chenlou, filed_by=cast.suining_agent)
    run(elsewhere, Clock.HANDLING, due_at=NOW - HOUR)
    climb(elsewhere, Clock.HANDLING, at=NOW - HOUR)
    return {"quiet": quiet, "over": over, "up": up, "done": done}


def test_each_claim_counts_once_on_its_level(cast, week):
    with acting_as(cast.manager):
        found = figures_clocks.rungs(COUNTY, NOW)

    assert found == [
        Rung(Level.VILLAGE, held=2, warned=2, over=1),
        Rung(Level.TOWNSHIP, held=1, warned=0, over=1),
        Rung(Level.COUNTY),
        Rung(Level.PLATFORM),
    ]


def test_climbs_are_counted_since_monday_by_level_and_reason(cast, week):
    with acting_as(cast.manager):
        found = figures_clocks.climbs_since(COUNTY, MONDAY, NOW - 10 * HOUR)

    assert found == [
        Climb(Level.VILLAGE, Clock.FIRST_RESPONSE, week=1, today=0),
        Climb(Level.VILLAGE, Clock.HANDLING, week=1, today=1),
    ]


def test_promises_kept_are_those_met_of_those_decided(cast, week):
    with acting_as(cast.manager):
        found = figures_clocks.kept_by_station(COUNTY, NOW - 30 * DAY, NOW)

    assert found == {
        cast.guangcheng.pk: Kept(cast.guangcheng.pk, decided=2, met=1),
        cast.liuguang.pk: Kept(cast.liuguang.pk, decided=2, met=1, climbs=2),
        cast.liuguang_point.pk: Kept(cast.liuguang_point.pk, climbs=1),
    }
    assert found[cast.guangcheng.pk].rate == Fraction(1, 2)
    assert found[cast.liuguang_point.pk].rate is None


def test_silent_is_what_nobody_took_over_the_longest_first(cast, week):
    with acting_as(cast.manager):
        found = [(claim.pk, claim.silent_since) for claim in figures_clocks.longest_silent(COUNTY)]

    assert found == [(week["up"].pk, NOW - 2 * DAY), (week["over"].pk, NOW - 30 * HOUR)]


def test_a_township_sees_its_own_part(cast, week):
    other = make_claim(cast.fangmaping, filed_by=cast.uncertified)
    run(other, Clock.HANDLING, due_at=NOW - HOUR)
    climb(other, Clock.HANDLING, at=NOW - HOUR)

    with acting_as(cast.technician):
        board = escalation_board(COUNTY, now=NOW, queue_url="")
        whole = board["climbed_this_week"], [stat.value for stat in board["rung_stats"]]
    with acting_as(cast.manager):
        county = escalation_board(COUNTY, now=NOW, queue_url="")["climbed_this_week"]

    assert whole == (2, ["2", "1", "0", "0"])
    assert county == 3
    assert cast.fangmaping not in [row["station"] for row in board["stations"]]


def test_the_board_leads_to_the_queue_of_a_level_for_those_who_may_see_claims(cast, week, client):
    with time_machine.travel(NOW, tick=False):
        client.force_login(cast.manager)
        manager = client.get(BOARD).content.decode()
        client.force_login(cast.supervisor)
        supervisor = client.get(BOARD).content.decode()

    assert 'href="/claims/queue/?level=1"' in manager
    assert f'href="/claims/{week["up"].number}/clocks/"' in manager
    assert "/claims/queue/" not in supervisor
    assert week["up"].number in supervisor
    assert f"/claims/{week['up'].number}/" not in supervisor


def test_the_ladder_says_in_words_what_it_draws(cast, week):
    with acting_as(cast.manager):
        drawing = str(escalation_board(COUNTY, now=NOW, queue_url="")["ladder"])

    assert " style=" not in drawing
    assert "<desc>" in drawing
    assert drawing.count('stroke="#a3241b"') == 2


def test_the_board_costs_the_same_with_few_claims_and_with_many(
    cast, week, client, django_assert_max_num_queries
):
    with time_machine.travel(NOW, tick=False):
        client.force_login(cast.manager)
        for number in range(8):
            claim = make_claim(cast.fangmaping, filed_by=cast.uncertified)
            run(claim, Clock.HANDLING, due_at=NOW - HOUR)
            hold(claim, since=NOW - number * HOUR)
            climb(claim, Clock.HANDLING, at=NOW - HOUR)

        with django_assert_max_num_queries(13):
            page = client.get(BOARD)

    assert len(page.context["silent"]) == 10


def test_nothing_at_all_is_said_in_words(cast, client):
    client.force_login(cast.manager)
    client.cookies["django_language"] = "en"

    page = client.get(BOARD).content.decode()

    for words in (
        "Every open claim has been taken over.",
        "Nothing has climbed this week.",
        "No promise has fallen due yet.",
    ):
        assert words in page


def test_a_county_out_of_reach_is_not_there(cast, client):
    client.force_login(cast.suining_manager)

    assert client.get(BOARD).status_code == 404
