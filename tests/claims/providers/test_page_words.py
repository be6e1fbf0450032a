"""What the pages about orders call things, for the county and the provider itself, and where they lead."""

import pytest

from claims.services import provider_orders
from tests.claims.providers.order_cases import make_desk, offer
from tests.factories import NOW, seeing_everything

pytestmark = pytest.mark.django_db


def words(answer) -> str:
    return answer.content.decode()


def test_a_provider_is_told_that_its_own_answer_is_waited_for(cast, visit, workshop, door):
    order, token = offer(cast, visit, workshop)
    desk = make_desk(workshop, by=cast.manager)

    pages = [
        door(desk).get("/claims/provider/"),
        door(desk).get(f"/claims/provider/orders/{order.pk}/"),
        door().get(f"/p/{token}/"),
    ]

    for page in pages:
        assert "Waits for your answer" in words(page)
        assert "Waiting for the provider" not in words(page)


def test_an_order_that_was_answered_is_not_called_rated(cast, visit, workshop, door):
    order, _token = offer(cast, visit, workshop)
    provider_orders.decline(order=order, reason="too_far", by=None, now=NOW)

    page = words(door(cast.officer).get(f"/claims/provider-orders/{order.pk}/"))

    assert "<dt>Answer given</dt>" in page
    assert "<dt>Answered</dt>" not in page


def test_without_anybody_to_ask_the_page_leads_back_and_has_nothing_to_press(cast, visit, workshop, door):
    with seeing_everything():
        type(workshop.provider).objects.filter(pk=workshop.provider_id).update(grade="C")

    page = words(door(cast.officer).get(f"/claims/visits/{visit.pk}/offer/"))

    assert "Nobody is left to ask. Send a technician, or move the visit." in page
    assert "Offer the visit" not in page
    assert f'<a class="btn" href="/claims/visits/{visit.pk}/">' in page


def test_while_an_order_runs_its_visit_does_not_ask_for_another(cast, visit, workshop, door):
    browser, url = door(cast.officer), f"/claims/visits/{visit.pk}/"

    before = words(browser.get(url))
    offer(cast, visit, workshop)
    running = browser.get(url)

    asks = f'href="/claims/visits/{visit.pk}/offer/"'
    assert (asks in before, asks in words(running)) == (True, False)
    assert workshop.provider.name in words(running)


def test_whoever_writes_down_for_a_provider_does_not_set_out_in_person(cast, visit, workshop, door):
    order, _token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=NOW)

    steps = door(cast.officer).get(f"/claims/visits/{visit.pk}/").context["steps"]

    assert "I set out" not in [str(step.label) for step in steps]
    assert "main" not in [step.style for step in steps]


def test_who_is_told_to_call_the_county_centre_is_told_its_number(cast, visit, workshop, door):
    order, token = offer(cast, visit, workshop)
    provider_orders.accept(order=order, by=None, now=NOW)
    with seeing_everything():
        type(cast.xiuwen_centre).objects.filter(pk=cast.xiuwen_centre.pk).update(phone="0851-82320000")

    page = words(door().get(f"/p/{token}/"))

    assert 'call the county centre. <a class="nowrap" href="tel:0851-82320000">0851-82320000</a>' in page
