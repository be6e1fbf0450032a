"""Several people ask the same party at the same moment: money counts once, an advance is demanded once."""

import pytest

from claims.queries import invariants
from claims.services import advance_disputes, demands, recovery
from tests.cast import make_cast
from tests.claims.money.cases import XIUWEN, fill
from tests.claims.money.test_races import answers, codes
from tests.claims.recovery.cases import again, dispute, owed, pay, send
from tests.factories import NOW, make_party, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(transactional_db):
    yield
    with seeing_everything():
        assert list(invariants.violations()) == []


@pytest.fixture
def county_fund(cast):
    return fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)


def test_one_payment_booked_by_many_is_one(cast, county_fund):
    shop = make_party(name="果园电商")
    for _each in range(3):
        pay(cast, party=shop)

    @codes
    def book(amount_fen, reference):
        with seeing_everything():
            return recovery.book_receipt(
                fund=county_fund,
                party=shop,
                amount_fen=amount_fen,
                reference=reference,
                by=cast.officer,
                now=NOW,
            ).amount_fen

    same = at_once(book, [(700, "B-1")] * 6)
    assert answers(same) == {700: 6}
    assert owed(county_fund) == {"果园电商": 1100}

    others = at_once(book, [(500, f"C-{number}") for number in range(5)])
    assert answers(others) == {500: 2, "over_open": 3}
    assert owed(county_fund) == {"果园电商": 100}


def test_an_advance_is_demanded_by_one_of_many(cast, county_fund):
    shop = make_party(name="果园电商")
    keys = [pay(cast, party=shop).pk for _each in range(2)]

    @codes
    def ask():
        with seeing_everything():
            demands.send(fund=county_fund, party=shop, advances=keys, by=cast.officer, now=NOW)
        return "sent"

    outcomes = answers(at_once(ask, [()] * 6))

    assert outcomes["sent"] == 1
    assert set(outcomes) <= {"sent", "not_demandable", "busy"}


def test_a_dispute_decided_by_many_moves_the_advance_once(cast, county_fund):
    shop, courier = make_party(name="果园电商"), make_party("logistics", "山路快运")
    advance = pay(cast, party=shop)
    send(county_fund, shop, advance, by=cast.officer)
    row = dispute(advance, by=cast.officer)

    @codes
    def decide(what):
        with seeing_everything():
            if what == "pay":
                recovery.recover(
                    advance=advance, amount_fen=600, reference="R-1", by=cast.second_officer, now=NOW
                )
            else:
                advance_disputes.decide(
                    dispute=row,
                    outcome="party_changed",
                    new_party=courier,
                    reason="the parcel was crushed",
                    by=cast.manager,
                    now=NOW,
                )
        return what

    outcomes = answers(at_once(decide, [("move",), ("pay",), ("move",), ("pay",)]))

    paid = again(advance).open_fen == 0
    assert outcomes["move"] <= 1
    assert paid == ("pay" in outcomes)
    assert sum(owed(county_fund).values()) == (0 if paid else 600)
