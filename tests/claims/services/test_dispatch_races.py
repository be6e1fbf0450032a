"""Two people and one claim at the same moment: one of them gets it, and the other is told so."""

from collections import Counter
from datetime import timedelta

import pytest

from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from claims.models import Claim, Offer
from claims.services import casework, dispatch, handlers
from tests.cast import make_cast
from tests.claims.services.test_dispatch import waiting_claim
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
SOON, LATE = NOW + timedelta(minutes=10), NOW + timedelta(minutes=61)
ROUNDS = 4


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def offered(cast):
    claim = waiting_claim(cast)
    dispatch.offer(claim=claim, by=cast.agent, now=NOW)
    with seeing_everything():
        return claim, Offer.objects.get(claim=claim)


def answered(call, *arguments):
    try:
        call(*arguments)
    except Refused as refused:
        return refused.code
    return "done"


def states(claim):
    with seeing_everything():
        return Claim.objects.get(pk=claim.pk).handler, Counter(
            Offer.objects.filter(claim=claim).values_list("state", flat=True)
        )


def test_an_offer_accepted_by_eight_taps_at_once_is_accepted_once(cast):
    claim, offer = offered(cast)

    def tap(number):
        with acting_as(cast.agent):
            return answered(lambda: handlers.accept(offer=offer, by=cast.agent, now=SOON))

    outcomes = Counter(outcome.value or outcome.message for outcome in at_once(tap, [(n,) for n in range(8)]))

    assert outcomes.pop("done") == 1
    assert sum(outcomes.values()) == 7
    assert outcomes.keys() <= {"stale", "offer_over"}
    assert states(claim) == (cast.agent, {"accepted": 1})


def test_a_manager_and_the_person_asked_at_once(cast):
    for _round in range(ROUNDS):
        claim, offer = offered(cast)

        def act(who, claim=claim, offer=offer):
            if who == "agent":
                with acting_as(cast.agent):
                    return answered(lambda: handlers.accept(offer=offer, by=cast.agent, now=SOON))
            with acting_as(cast.manager):
                give = {"to": cast.technician, "reason": "统一安排", "by": cast.manager, "now": SOON}
                return answered(lambda: handlers.assign(claim=claim, expected_version=1, **give))

        agent, manager = (outcome.value or outcome.message for outcome in at_once(act, [("agent",), ("m",)]))

        handler, ended = states(claim)
        assert (agent, manager) in {("done", "stale"), ("stale", "done"), ("offer_over", "done")}
        if agent == "done":
            assert (handler, ended) == (cast.agent, {"accepted": 1})
        else:
            assert (handler, ended) == (cast.technician, {"withdrawn": 1, "accepted": 1})


def test_silence_noticed_by_four_workers_at_once_is_noticed_once(cast):
    claims = [offered(cast)[0] for _count in range(5)]

    outcomes = at_once(lambda: dispatch.lapse(now=LATE), [()] * 4)

    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sum(outcome.value for outcome in outcomes) == 5
    assert [states(claim)[1] for claim in claims] == [{"silent": 1, "open": 1}] * 5


def test_offering_and_taking_on_by_hand_at_once_leaves_no_offer_behind(cast):
    for _round in range(ROUNDS):
        claim = waiting_claim(cast)

        def act(who, claim=claim):
            if who == "offer":
                with system_scope("test", quiet=True):
                    return answered(lambda: dispatch.offer(claim=claim, by=cast.manager, now=SOON))
            reply = {"progress": "正在处理", "finish_at": LATE, "method": "按规则"}
            with acting_as(cast.officer):
                return answered(lambda: casework.accept(claim=claim, by=cast.officer, now=SOON, **reply))

        outcomes = [outcome.value or outcome.message for outcome in at_once(act, [("offer",), ("take",)])]

        assert outcomes == ["done", "done"]
        handler, ended = states(claim)
        assert handler == cast.officer
        assert ended in ({}, {"withdrawn": 1})
