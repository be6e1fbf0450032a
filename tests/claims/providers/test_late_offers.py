"""Nobody is asked to make a visit whose window nobody can take any more."""

from datetime import timedelta

from claims.services import provider_orders
from tests.claims.providers.order_cases import MONDAY_TWO, again, offer, refusal, states
from tests.factories import acting_as, seeing_everything

HALF = MONDAY_TWO + timedelta(hours=1)
SECOND = timedelta(seconds=1)


def decline(order, now):
    return provider_orders.decline(order=order, reason="too_far", by=None, now=now)


def test_the_first_half_of_the_window_is_not_too_late(cast, visit, workshop, second):
    order, _token = offer(cast, visit, workshop, now=HALF)
    decline(order, HALF)

    assert states(visit) == [("广城家电维修部", "declined"), ("六广电器行", "offered")]


def test_who_declines_late_is_the_last_one_asked(cast, visit, workshop, second):
    order, _token = offer(cast, visit, workshop, now=HALF)

    decline(order, HALF + SECOND)

    assert states(visit) == [("广城家电维修部", "declined")]
    assert (again(visit).provider, again(visit).state) == (None, "planned")


def test_who_is_silent_until_the_end_is_the_last_one_asked(cast, visit, workshop, second):
    with seeing_everything():
        type(workshop).objects.update(answer_minutes=24 * 60)
    order, _token = offer(cast, visit, workshop, now=HALF)
    assert order.answer_by == visit.ends_at

    assert provider_orders.lapse_due(now=visit.ends_at + SECOND) == 1

    assert states(visit) == [("广城家电维修部", "lapsed")]
    assert again(visit).provider is None


def test_a_window_that_is_half_over_is_not_offered(cast, visit, workshop):
    with acting_as(cast.officer):
        given = {"visit": visit, "provider": workshop.provider, "by": cast.officer}
        assert refusal(provider_orders.offer, **given, now=HALF + SECOND) == "window_over"
    assert states(visit) == []
