"""People who move the clocks of one claim at the same moment leave clocks that agree with each other."""

from collections import Counter
from datetime import timedelta

import pytest

from aftersales.lib.errors import Refused
from claims.models import Claim, ClaimClock, Holding, Pause
from claims.queries import clock_invariants
from claims.services import casework, clock_rebuild, happenings
from tests.cast import make_cast
from tests.factories import NOW, acting_as, make_claim, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
HOUR = timedelta(hours=1)
SOON = NOW + HOUR


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture(autouse=True)
def _clocks_in_order_afterwards(transactional_db):
    yield
    with seeing_everything():
        assert list(clock_invariants.violations()) == []


def read(claim):
    with seeing_everything():
        return Claim.objects.get(pk=claim.pk)


def together(cast, claim, *steps):
    """Each step in a process of its own, on the claim as it stands; how often each outcome came back."""

    def take(number):
        try:
            with acting_as(cast.agent):
                return steps[number](claim=read(claim), by=cast.agent, now=SOON).status
        except Refused as refused:
            return refused.code

    return Counter(
        outcome.value or outcome.message for outcome in at_once(take, [(each,) for each in range(len(steps))])
    )


def wait(**given):
    return casework.wait(reason_code="consumer", **given)


def resolve(**given):
    return casework.resolve(reason="讲清楚了", **given)


def withdraw(**given):
    return casework.withdraw(reason="不要了", **given)


def urgent(**given):
    return happenings.record_event(event="marked_urgent", at=NOW, **given)


def test_of_many_who_pause_one_does(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)

    outcomes = together(cast, claim, *[wait] * 8)

    assert outcomes["waiting"] == 1
    assert set(outcomes) <= {"waiting", "stale", "illegal_move"}
    with seeing_everything():
        assert Pause.objects.count() == 1
        assert read(claim).handling_due_at == NOW + (24 + 72) * HOUR


def test_pausing_and_ending_at_once(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)

    outcomes = together(cast, claim, wait, resolve, withdraw, wait, resolve, withdraw)

    assert sum(outcomes[each] for each in ("waiting", "resolved", "withdrawn")) >= 1
    with seeing_everything():
        ended = read(claim).status in ("resolved", "withdrawn")
        assert Holding.objects.filter(until_at__isnull=True).count() == (0 if ended else 1)
        assert Pause.objects.filter(until_at__isnull=True).count() == (read(claim).status == "waiting")


def test_a_clock_is_started_once(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)

    outcomes = together(cast, claim, *[urgent] * 8)

    assert outcomes["in_progress"] == 1
    assert set(outcomes) <= {"in_progress", "stale", "event_not_expected"}
    with seeing_everything():
        assert ClaimClock.objects.filter(clock="urgent_solved").count() == 1


def test_counting_anew_beside_people_at_work(cast):
    claims = [
        make_claim(cast.guangcheng, filed_by=cast.agent, status="in_progress", with_clocks=True)
        for _each in range(6)
    ]

    def work(number):
        with acting_as(cast.agent):
            wait(claim=read(claims[number]), by=cast.agent, now=SOON)
        return "waits"

    def count(_number):
        with seeing_everything():
            return f"changed {clock_rebuild.rebuild(write=True)}"

    def either(number):
        return work(number) if number < len(claims) else count(number)

    outcomes = Counter(
        outcome.value or outcome.message for outcome in at_once(either, [(each,) for each in range(9)])
    )

    assert outcomes == {"waits": 6, "changed 0": 3}
