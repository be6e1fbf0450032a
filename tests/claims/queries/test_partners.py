"""Whose orders and claims an application may know of: the party's, and for a session the phone's."""

from dataclasses import replace

import pytest

from aftersales.accounts.sealing import phone_index
from aftersales.web.api.callers import Caller
from claims.models import Order
from claims.queries.partners import claims_of, consumers_of, orders_of
from tests.factories import make_claim, make_consumer, make_line, make_party, seeing_everything

pytestmark = pytest.mark.django_db
PHONE = "13985112233"


def caller(kind: str, *, party_id: int = 0, user_id: int = 0, phone: str = "") -> Caller:
    return Caller(
        client_id=1,
        user_id=user_id,
        party_id=party_id,
        party_kind=kind,
        token_id=1,
        rate_per_minute=1,
        scopes=frozenset(),
        consumer=phone_index(phone) if phone else "",
    )


@pytest.fixture
def rows(cast):
    """Two orders of one platform, and one that the county typed in; the first two have claims."""
    buyer, other = make_consumer(cast.guangcheng, phone=PHONE), make_consumer(cast.guangcheng)
    lines = [
        make_line(cast.guangcheng, consumer=each, number=f"N{at}") for at, each in enumerate((buyer, other))
    ]
    typed = make_line(cast.guangcheng, consumer=buyer, number="N2")
    with seeing_everything():
        Order.objects.filter(pk=typed.order_id).update(
            platform=None, merchant=None, logistics=None, created_by=cast.manager
        )
    for line in lines:
        make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=line.order.consumer)
    return lines


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [("platform", ["N0", "N1"]), ("merchant", ["N0", "N1"]), ("logistics", ["N0", "N1"]), ("partner", [])],
)
def test_an_order_concerns_the_parties_it_names(rows, kind, numbers):
    asks = caller(kind, party_id=make_party(kind).pk)
    with seeing_everything():
        assert [each.number for each in orders_of(asks).order_by("number")] == numbers
        assert [each.order_line.order.number for each in claims_of(asks).order_by("id")] == numbers
        assert consumers_of(asks).count() == len(numbers)
        assert not orders_of(replace(asks, party_id=10**6)).exists()


def test_a_partner_knows_what_its_account_entered_or_filed(rows, cast):
    with seeing_everything():
        entered = caller("partner", user_id=cast.manager.pk)
        filed = caller("partner", user_id=cast.agent.pk)
        assert [each.number for each in orders_of(entered)] == ["N2"]
        assert not claims_of(entered).exists()
        assert not orders_of(filed).exists()
        assert claims_of(filed).count() == 2


def test_a_session_narrows_to_its_phone(rows):
    with seeing_everything():
        asks = caller("platform", party_id=make_party("platform").pk, phone=PHONE)
        assert [each.number for each in orders_of(asks)] == ["N0"]
        assert [each.order_line.order.number for each in claims_of(asks)] == ["N0"]
        assert [each.phone_masked for each in consumers_of(asks)] == ["139****2233"]
        county = caller("partner", phone=PHONE)
        assert [each.number for each in orders_of(county).order_by("number")] == ["N0", "N2"]
        assert not claims_of(caller("partner", phone="13900000000")).exists()
