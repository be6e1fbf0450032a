"""Two people and one order, or one seat, at the same moment: one succeeds, the other is told."""

from collections import Counter
from datetime import date, timedelta

import pytest

from aftersales.lib.errors import Refused
from claims.services import contracts, provider_orders, visits
from tests.cast import make_cast
from tests.claims.providers.order_cases import MONDAY_TWO, again, make_contract, make_visit, offer, states
from tests.factories import NOW, acting_as, make_party
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
SOON = NOW + timedelta(minutes=10)


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def answered(call) -> str:
    try:
        call()
    except Refused as refused:
        return refused.code
    return "done"


def outcomes(act, *arguments) -> list[str]:
    return [outcome.value or outcome.message for outcome in at_once(act, [(each,) for each in arguments])]


def test_eight_taps_accept_once(cast):
    contract = make_contract(cast.guangcheng, name="广城家电维修部", by=cast.manager)
    order, _token = offer(cast, make_visit(cast), contract)

    found = Counter(
        outcomes(
            lambda number: answered(lambda: provider_orders.accept(order=order, by=None, now=SOON)), *range(8)
        )
    )

    assert found == {"done": 1, "order_answered": 7}
    assert again(order).state == "accepted"


def test_the_last_seat_goes_to_one_of_two_visits(cast):
    contract = make_contract(cast.guangcheng, name="广城家电维修部", by=cast.manager)
    for number in range(3):
        starts_at = MONDAY_TWO + timedelta(days=number)
        two = [make_visit(cast, starts_at=starts_at, phone=f"139851236{number}{each}") for each in range(2)]

        def ask(visit):
            return answered(lambda: offer(cast, visit, contract))

        found = sorted(outcomes(ask, *two))

        assert found[0] == "done"
        assert found[1] in ("provider_unfit", "slot_taken")
        assert sorted(len(states(visit)) for visit in two) == [0, 1]


def test_a_visit_called_off_while_the_provider_declines(cast):
    contract = make_contract(cast.guangcheng, name="广城家电维修部", by=cast.manager)
    make_contract(cast.liuguang_point, name="六广电器行", by=cast.manager)
    for number in range(3):
        starts_at = MONDAY_TWO + timedelta(days=number)
        visit = make_visit(cast, starts_at=starts_at, phone=f"1398512380{number}")
        order, _token = offer(cast, visit, contract)

        def act(who, visit=visit, order=order):
            if who == "provider":
                return answered(
                    lambda: provider_orders.decline(order=order, reason="too_far", by=None, now=SOON)
                )
            with acting_as(cast.officer):
                return answered(
                    lambda: visits.cancel(visit=visit, note="不用来了", by=cast.officer, now=SOON)
                )

        provider, officer = outcomes(act, "provider", "officer")

        assert (provider, officer) in {
            ("done", "done"),
            ("order_answered", "done"),
            ("done", "stale"),
        }
        alive = [state for _name, state in states(visit) if state in ("offered", "accepted")]
        assert len(alive) == (1 if again(visit).state == "planned" else 0)


def test_two_contracts_for_the_same_days_are_not_made_at_once(cast):
    provider = make_party("provider", "黔山家电维修")

    def make(number):
        with acting_as(cast.manager):
            return answered(
                lambda: contracts.make(
                    provider=provider,
                    number=f"XW-2026-{number}",
                    station=cast.guangcheng,
                    valid_from=date(2026, 11, 1),
                    valid_until=date(2027, 10, 31),
                    weekdays=[0, 2, 4],
                    seats=2,
                    answer_minutes=120,
                    by=cast.manager,
                    now=NOW,
                )
            )

    assert Counter(outcomes(make, *range(6))) == {"done": 1, "contract_overlaps": 5}
