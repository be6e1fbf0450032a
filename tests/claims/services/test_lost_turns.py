"""A turn of somebody who may not call any more is nobody's: others see it, and they are not reminded."""

from datetime import timedelta

import pytest

from claims.models import Claim, FollowUp
from claims.queries import follow_up_turns as reading
from claims.services import follow_up_turns
from tests.claims.follow_up_cases import first_of, settled
from tests.claims.visits.visit_cases import make_visit
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast) -> FollowUp:
    """The technician's turn; the officer has none."""
    claim = settled(cast.guangcheng, handler=cast.agent)
    found = first_of(claim)
    assert found.caller == cast.technician
    return found


def becomes_handler(cast, call):
    Claim._base_manager.filter(pk=call.claim_id).update(handler=cast.technician)


def goes_there(cast, call):
    make_visit(call.claim, starts_at=NOW, technician=cast.technician, state="done", kind="installation")


def leaves(cast, call):
    cast.technician.is_active = False
    cast.technician.save(update_fields=["is_active"])


def nothing(cast, call):
    pass


def seen_by(person, call) -> bool:
    with acting_as(person):
        return reading.waiting_for(person).filter(pk=call.pk).exists()


@pytest.mark.parametrize(
    ("happens", "officer_sees", "technician_sees"),
    [
        (nothing, False, True),
        (becomes_handler, True, False),
        (goes_there, True, False),
    ],
)
def test_who_sees_the_call(cast, call, happens, officer_sees, technician_sees):
    with seeing_everything():
        happens(cast, call)

    assert (seen_by(cast.officer, call), seen_by(cast.technician, call)) == (officer_sees, technician_sees)


def test_the_call_of_somebody_whose_account_is_closed_is_seen_by_others(cast, call):
    with seeing_everything():
        leaves(cast, call)

    assert seen_by(cast.officer, call)


@pytest.mark.parametrize(("happens", "reminded"), [(nothing, 1), (becomes_handler, 0), (leaves, 0)])
def test_who_may_not_call_is_not_reminded(cast, call, happens, reminded):
    with seeing_everything():
        happens(cast, call)
        due = reading.due_by_caller(NOW + timedelta(days=8))

    assert due == [(cast.technician.pk, call.county_code, 1)][:reminded]


def test_a_head_gives_the_lost_turn_to_somebody_who_may_call(cast, call):
    with seeing_everything():
        becomes_handler(cast, call)
    with acting_as(cast.manager):
        follow_up_turns.set_caller(follow_up=call, to=cast.officer, by=cast.manager, now=NOW)

    assert seen_by(cast.officer, call)
    assert not seen_by(cast.second_officer, call)
