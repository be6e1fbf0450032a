"""A township asks providers whose contract sets out from elsewhere in the county: with their fees."""

import pytest

from claims.models import ProviderOrder
from tests.claims.providers.order_cases import make_contract, offer
from tests.factories import seeing_everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def from_the_county(cast):
    return make_contract(cast.xiuwen_centre, name="县城家电维修", by=cast.manager, grade="A")


def test_a_township_technician_is_shown_the_fee_and_can_ask(cast, visit, from_the_county, door):
    browser, url = door(cast.technician), f"/claims/visits/{visit.pk}/offer/"

    page = browser.get(url)
    asked = browser.post(url, {"provider": from_the_county.provider_id})

    assert [row.bid.fee is not None for row in page.context["ranked"]] == [True]
    assert "the contract has no fee for this" not in page.content.decode()
    assert asked.status_code == 200
    with seeing_everything():
        order = ProviderOrder.objects.get()
    assert (order.provider, order.offered_by, order.base_fen) == (
        from_the_county.provider,
        cast.technician,
        8000,
    )


def test_an_order_links_to_its_contract_only_for_who_may_read_it(cast, visit, from_the_county, door):
    order, _token = offer(cast, visit, from_the_county)
    link = f'href="/claims/contracts/{from_the_county.pk}/"'

    pages = [
        door(person).get(f"/claims/provider-orders/{order.pk}/").content.decode()
        for person in (cast.officer, cast.technician)
    ]

    assert [link in page for page in pages] == [True, False]
    assert from_the_county.number in pages[1]
