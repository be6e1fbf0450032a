"""Two dispatchers and the last seat of a window: one of them gets it, the other is told what is free."""

from collections import Counter
from datetime import time

import pytest

from aftersales.lib.errors import Refused
from claims.models import Visit
from claims.services import visit_seats, visits
from stations.models import Region
from tests.cast import make_cast
from tests.claims.visits.visit_cases import MONDAY, make_visit, make_week, shanghai
from tests.factories import NOW, acting_as, make_claim, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TEN, TWO = shanghai(MONDAY, 10), shanghai(MONDAY, 14)
ROUNDS = 3
DISPATCHERS = ("technician", "officer", "second_officer", "manager")


@pytest.fixture
def cast(transactional_db):
    cast = make_cast()
    make_week(cast.technician, cast.liuguang_point, (0, time(10), 1), (0, time(14), 2))
    return cast


def outcome_of(call):
    """What came of it: "done", or the code of the refusal with the alternatives it names."""
    try:
        call()
    except Refused as refused:
        return (refused.code, tuple(refused.details.get("alternatives", ())))
    return ("done", ())


def plan(cast, who, claim, starts_at, *, kind="pickup"):
    person = getattr(cast, who)
    with acting_as(person):
        return outcome_of(
            lambda: visits.plan(
                claim=claim,
                kind=kind,
                task="取走坏果",
                place=Region.objects.get(code="520123103204"),
                starts_at=starts_at,
                technician=cast.technician,
                station=cast.liuguang_point,
                override_reason="村里没有人会修",
                by=person,
                now=NOW,
            )
        )


def values(outcomes):
    assert [outcome.error for outcome in outcomes] == [""] * len(outcomes)
    return Counter(outcome.value for outcome in outcomes)


def seats(starts_at):
    with seeing_everything():
        return sorted(
            Visit.objects.filter(starts_at=starts_at, state="planned").values_list("seat", flat=True)
        )


def test_two_dispatchers_and_the_last_seat(cast):
    claims = [make_claim(cast.guangcheng, filed_by=cast.agent) for _turn in range(2)]

    outcomes = at_once(
        lambda who, claim: plan(cast, who, claim, TEN), [("officer", claims[0]), ("manager", claims[1])]
    )

    assert values(outcomes) == {("done", ()): 1, ("slot_taken", _free_afterwards()): 1}
    assert seats(TEN) == [0]


def test_four_dispatchers_and_two_seats(cast):
    for _round in range(ROUNDS):
        claims = [make_claim(cast.guangcheng, filed_by=cast.agent) for _turn in range(4)]

        outcomes = at_once(
            lambda who, claim: plan(cast, who, claim, TWO), list(zip(DISPATCHERS, claims, strict=True))
        )

        found = Counter(code for code, _free in values(outcomes).elements())
        assert found == {"done": 2, "slot_taken": 2}
        assert seats(TWO) == [0, 1]
        with seeing_everything():
            Visit.objects.all().delete()


def test_two_dispatchers_plan_the_same_visit_once(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)

    outcomes = at_once(lambda who: plan(cast, who, claim, TWO), [("officer",), ("manager",)])

    assert values(outcomes) == {("done", ()): 1, ("kind_planned", ()): 1}
    assert seats(TWO) == [0]


def test_a_seat_is_given_to_one_of_two_visits(cast):
    claims = [make_claim(cast.guangcheng, filed_by=cast.agent) for _turn in range(2)]
    waiting = [make_visit(claim, starts_at=TEN) for claim in claims]

    def give(who, visit):
        person = getattr(cast, who)
        with acting_as(person):
            return outcome_of(
                lambda: visit_seats.give_to(
                    visit=visit_seats.fresh(visit),
                    technician=cast.technician,
                    override_reason="村里没有人会修",
                    by=person,
                    now=NOW,
                )
            )

    outcomes = at_once(give, [("officer", waiting[0]), ("manager", waiting[1])])

    assert Counter(code for code, _free in values(outcomes).elements()) == {"done": 1, "slot_taken": 1}
    with seeing_everything():
        assert Visit.objects.filter(technician=cast.technician).count() == 1


def test_a_visit_is_finished_or_moved_but_not_both(cast):
    for _round in range(ROUNDS):
        claim = make_claim(cast.guangcheng, filed_by=cast.agent)
        visit = make_visit(claim, starts_at=TEN, technician=cast.technician, kind="inspection")

        def act(what, visit=visit):
            with acting_as(cast.technician):
                if what == "finish":
                    call = {"outcome": "solved", "found": "", "done": "看过了", "proof": "paper"}
                    return outcome_of(lambda: visits.finish(visit=visit, by=cast.technician, now=TEN, **call))
                return outcome_of(
                    lambda: visits.cancel(visit=visit, note="村民说好了", by=cast.technician, now=TEN)
                )

        outcomes = at_once(act, [("finish",), ("cancel",)])

        codes = Counter(code for code, _free in values(outcomes).elements())
        assert codes.pop("done") == 1
        assert set(codes) <= {"stale", "illegal_step"}
        with seeing_everything():
            assert Visit.objects.get(pk=visit.pk).state in ("done", "cancelled")


def _free_afterwards() -> tuple[str, ...]:
    """The next five windows of the technician once the one at ten on Monday is taken."""
    days = [MONDAY.fromordinal(MONDAY.toordinal() + 7 * week) for week in range(5)]
    found = [shanghai(day, hour) for day in days for hour in (10, 14) if (day, hour) != (MONDAY, 10)]
    return tuple(each.isoformat() for each in found[:5])
