"""INV-14 with real processes: the last part is taken once, whoever reaches for it at the same moment."""

from collections import Counter

import pytest
from django.db import transaction

from aftersales.lib.errors import Refused
from claims.models import PartUse
from claims.queries import part_invariants
from claims.rules.visits import VisitState
from claims.services import parts
from tests.cast import make_cast
from tests.claims.parts.cases import end, make_part, make_stock, make_visit, shelf
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture(autouse=True)
def _shelves_in_order_afterwards(transactional_db):
    yield
    with seeing_everything():
        assert list(part_invariants.violations()) == []


@pytest.fixture
def pump(cast):
    return make_part("X-PUMP", old_part_comes_back=True)


def told(outcomes) -> Counter:
    return Counter(outcome.value if not outcome.error else outcome.message for outcome in outcomes)


def coded(call):
    def answered(by, *arguments):
        with acting_as(by):
            try:
                return call(by, *arguments)
            except Refused as refused:
                return refused.code

    return answered


def test_two_dispatchers_reach_for_the_last_part(cast, pump):
    """One has it; the other is told where the nearest one lies. Again and again."""
    there = make_stock(pump, cast.longchang_point, on_hand=1, by=cast.officer)
    for _round in range(5):
        stock = make_stock(pump, cast.liuguang_point, on_hand=1, by=cast.technician)
        visits = [make_visit(cast), make_visit(cast)]

        def reach_for(by, visit):
            with acting_as(by):
                try:
                    parts.reserve(visit=visit, part=pump, station=cast.liuguang_point, by=by, now=NOW)
                except Refused as refused:
                    return refused.code, refused.details["alternatives"]
            return "put aside", []

        people = [cast.technician, cast.officer]
        outcomes = at_once(reach_for, list(zip(people, visits, strict=True)))

        assert sorted((outcome.value for outcome in outcomes), key=str) == [
            ("part_short", [{"station": there.station_id, "free": 1, "distance_m": None}]),
            ("put aside", []),
        ]
        with acting_as(cast.technician):
            for use in PartUse.objects.filter(state="reserved"):
                parts.use(use=use, old_part="left", by=cast.technician, now=NOW)
        assert shelf(stock) == (0, 0)


def test_many_take_send_and_write_off_the_last_three(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=3, by=cast.technician)

    @coded
    def act(by, kind, visit):
        if kind == "reserve":
            parts.reserve(visit=visit, part=pump, station=cast.liuguang_point, by=by, now=NOW)
        elif kind == "send":
            parts.send(stock=stock, to=cast.xiuwen_centre, quantity=1, by=by, now=NOW)
        else:
            parts.break_(stock=stock, quantity=1, note="掉地上摔坏", by=by, now=NOW)
        return "taken"

    acts = [
        (cast.technician, kind, make_visit(cast))
        for kind in ("reserve", "reserve", "send", "send", "break", "break")
    ]

    assert told(at_once(act, acts)) == {"taken": 3, "part_short": 3}
    on_hand, reserved = shelf(stock)
    assert on_hand == reserved


def test_a_part_is_built_in_or_put_back_but_not_both(cast, pump):
    stock = make_stock(pump, cast.liuguang_point, on_hand=1, by=cast.technician)
    visit = make_visit(cast)
    with acting_as(cast.technician):
        use = parts.reserve(visit=visit, part=pump, station=cast.liuguang_point, by=cast.technician, now=NOW)

    @coded
    def act(by, kind):
        if kind == "use":
            return parts.use(use=use, old_part="taken_back", by=by, now=NOW).state
        return parts.release(use=use, by=by, now=NOW).state

    outcomes = told(at_once(act, [(cast.technician, kind) for kind in ("use", "release") * 3]))

    assert outcomes.pop("use_ended") == 5
    assert outcomes in ({"used": 1}, {"released": 1})
    assert shelf(stock) == ((0, 0) if "used" in outcomes else (1, 0))


def test_nothing_stays_put_aside_for_a_visit_that_ends_meanwhile(cast, pump):
    make_stock(pump, cast.liuguang_point, on_hand=9, by=cast.technician)
    for _round in range(4):
        visit = make_visit(cast)

        @coded
        def act(by, kind, visit=visit):
            if kind == "reserve":
                parts.reserve(visit=visit, part=pump, station=cast.liuguang_point, by=by, now=NOW)
                return "put aside"
            return _finished(visit, by)

        outcomes = told(at_once(act, [(cast.technician, "reserve"), (cast.technician, "finish")]))

        assert outcomes in (
            {"put aside": 1, "ended, put back 1": 1},
            {"visit_ended": 1, "ended, put back 0": 1},
        )


def _finished(visit, by) -> str:
    """End a visit as the service that makes it does: its state first, then what is put aside."""
    with transaction.atomic():
        end(visit, VisitState.DONE.value)
        return f"ended, put back {parts.settle(visit=visit, by=by, now=NOW)}"
