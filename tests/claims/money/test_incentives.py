from datetime import date, timedelta

import pytest

from claims.models import Claim, CompensationPolicy
from claims.models.flags import ClaimFlag
from claims.queries import incentives as reading
from claims.queries import invariants
from claims.services import casework
from tests.claims.follow_up_cases import (
    CLOSED_AFTER,
    called,
    closed,
    rows,
    settle,
    settled,
    successful,
)
from tests.claims.money.cases import XIUWEN
from tests.factories import NOW, make_line, seeing_everything

LATER = NOW + timedelta(days=8)
MONTH = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(db):
    yield
    with seeing_everything():
        assert list(invariants.violations()) == []


def test_a_claim_handled_successfully_earns_five_yuan_for_its_handler(cast):
    claim = successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)

    assert settle(LATER, by=cast.manager) == 1

    [earned] = rows()
    assert (earned.claim_id, earned.agent_id, earned.station_id) == (
        claim.pk,
        cast.agent.agent.pk,
        cast.guangcheng.pk,
    )
    assert (earned.amount_fen, earned.month, earned.state, earned.score) == (500, MONTH, "due", 4)


def test_the_amount_is_that_of_the_terms_on_the_day_of_the_settlement(cast):
    CompensationPolicy.objects.create(
        county_code=XIUWEN, version=1, valid_from=date(2026, 11, 20), incentive_fen=800
    )
    CompensationPolicy.objects.create(
        county_code=XIUWEN, version=2, valid_from=date(2026, 11, 21), incentive_fen=900
    )
    successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)

    settle(LATER, by=cast.manager)

    assert [each.amount_fen for each in rows()] == [800]


def test_it_falls_due_when_the_days_for_reopening_are_over(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician)
    closed(claim, by=cast.agent, now=NOW + timedelta(hours=1))

    assert settle(NOW + timedelta(days=7), by=cast.manager) == 0
    assert settle(NOW + timedelta(days=7, seconds=1), by=cast.manager) == 1


def test_a_claim_nobody_was_reached_about_earns(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    for days in (0, 0, 1):
        called(claim, by=cast.technician, outcome="unreachable", now=NOW + timedelta(days=days))
    closed(claim, by=cast.agent)

    assert settle(LATER, by=cast.manager) == 1
    assert rows()[0].score is None


@pytest.mark.parametrize(
    "why", ["low", "second_good", "refused", "not_called", "uncertified", "county_staff"]
)
def test_what_was_not_successful_earns_nothing(cast, why):
    stations = {
        "uncertified": (cast.fangmaping, cast.uncertified),
        "county_staff": (cast.guangcheng, cast.officer),
    }
    station, handler = stations.get(why, (cast.guangcheng, cast.agent))
    claim = settled(station, handler=handler)
    if why in ("low", "second_good"):
        called(claim, by=cast.technician, stars=2)
    if why == "second_good":
        second = claim.follow_ups.model._base_manager.get(claim=claim, kind="second")
        called(claim, by=cast.second_officer, follow_up=second, stars=5, answer="已补发一箱")
    if why == "refused":
        called(claim, by=cast.technician, outcome="refused")
    if why in ("uncertified", "county_staff"):
        called(claim, by=cast.technician)
    closed(claim, by=handler)

    assert settle(LATER, by=cast.manager) == 0


def test_a_certificate_counts_on_the_day_of_the_settlement(cast):
    with seeing_everything():
        type(cast.agent.agent).objects.filter(user=cast.agent).update(certified_until=date(2026, 11, 20))
    successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    successful(
        cast.guangcheng, handler=cast.agent, caller=cast.technician, filed_at=NOW, now=NOW + timedelta(days=1)
    )

    assert settle(NOW + timedelta(days=9), by=cast.manager) == 1


def test_a_certificate_issued_later_does_not_reach_back(cast):
    spans = [["2024-11-19", "2026-11-20"], ["2026-11-22", "2028-11-21"]]
    with seeing_everything():
        agents = type(cast.agent.agent).objects.filter(user=cast.agent)
        agents.update(certified_until=date(2028, 11, 21), certified_spans=spans)
    successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    successful(
        cast.guangcheng, handler=cast.agent, caller=cast.technician, filed_at=NOW, now=NOW + timedelta(days=1)
    )

    assert settle(NOW + timedelta(days=9), by=cast.manager) == 1


@pytest.mark.parametrize(("verdict", "earned"), [("confirmed", 0), ("harmless", 1), ("", 1)])
def test_only_a_confirmed_flag_stands_against_it(cast, verdict, earned):
    claim = successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    judged = {"judged_by": cast.officer, "judged_at": NOW} if verdict else {}
    with seeing_everything():
        ClaimFlag.objects.create(
            claim=claim,
            round=1,
            station=claim.station,
            county_code=claim.county_code,
            code="many_claims",
            raised_at=NOW,
            verdict=verdict,
            **judged,
        )

    assert settle(LATER, by=cast.manager) == earned


def test_a_claim_that_was_reopened_earns_nothing(cast):
    claim = settled(cast.guangcheng, handler=cast.agent)
    called(claim, by=cast.technician)
    with seeing_everything():
        reopened = casework.reopen(
            claim=claim, reason="still bad", by=cast.agent, now=NOW + timedelta(days=2)
        )
        again = casework.resolve(
            claim=reopened, reason="explained", by=cast.agent, now=NOW + timedelta(days=3)
        )
    called(again, by=cast.technician, now=NOW + timedelta(days=3))
    closed(again, by=cast.agent)

    assert settle(NOW + timedelta(days=12), by=cast.manager) == 0


def test_a_refusal_that_was_put_right_does_not_count_as_reopened(cast):
    claim = settled(cast.guangcheng, handler=cast.agent, status="in_progress", round=2)
    called(claim, by=cast.technician)
    closed(claim, by=cast.agent)

    assert settle(LATER, by=cast.manager) == 1


def test_the_same_order_line_never_earns_twice(cast):
    line = make_line(cast.guangcheng)
    for _claim in range(3):
        successful(cast.guangcheng, handler=cast.agent, caller=cast.technician, line=line)

    assert [settle(LATER + timedelta(days=days), by=cast.manager) for days in range(3)] == [1, 0, 0]


def test_ten_rounds_earn_once(cast):
    """Reopened and closed ten times, settled each time at a moment when the days are over."""
    claim = successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)
    found = [settle(LATER, by=cast.manager)]
    for round_number in range(2, 11):
        start = NOW + timedelta(days=round_number * 7)
        with seeing_everything():
            Claim.objects.filter(pk=claim.pk).update(resolved_at=start)
            current = Claim.objects.get(pk=claim.pk)
            current = casework.reopen(claim=current, reason="again", by=cast.agent, now=start)
            current = casework.resolve(claim=current, reason="explained", by=cast.agent, now=start)
        called(current, by=cast.technician, now=start)
        closed(current, by=cast.agent)
        found.append(settle(start + timedelta(days=8), by=cast.manager))

    assert found == [1] + [0] * 9
    assert [each.claim_id for each in rows()] == [claim.pk]


def test_claims_settled_long_ago_are_left_alone(cast):
    successful(cast.guangcheng, handler=cast.agent, caller=cast.technician)

    assert settle(NOW + timedelta(days=61), by=cast.manager) == 0
    assert settle(NOW + timedelta(days=60), by=cast.manager) == 1


def test_a_thousand_claims_take_a_handful_of_queries_to_look_at(cast, django_assert_max_num_queries):
    claims = [settled(cast.guangcheng, handler=cast.agent) for _each in range(5)]
    with seeing_everything():
        closed_claims = list(Claim.objects.filter(pk__in=[claim.pk for claim in claims]))
        with django_assert_max_num_queries(7):
            found = reading.verdicts(closed_claims, now=NOW + CLOSED_AFTER)

    assert len(found) == 5
