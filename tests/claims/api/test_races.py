"""Programs that send everything at once and again: one effect for each key, one for each refund."""

from collections import Counter

import pytest

from claims.models import Claim, Compensation, Movement, Payout
from claims.queries import invariants, payout_invariants
from claims.services import compensation
from tests.api_world import Api, make_client, make_session, make_token
from tests.cast import make_cast
from tests.claims.api.test_claims import FILING
from tests.claims.api.world import PHONE
from tests.claims.money.cases import XIUWEN, fill, make_photo
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_line,
    make_party,
    seeing_everything,
)
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

TIMES = 50


@pytest.fixture
def cast(transactional_db):
    return make_cast()


@pytest.fixture
def line(cast):
    return make_line(cast.guangcheng, consumer=make_consumer(cast.guangcheng, phone=PHONE), number="SO-1")


@pytest.fixture
def token(line):
    return make_token(make_client(make_party("platform"), region=XIUWEN))


@pytest.fixture(autouse=True)
def _books_in_order_afterwards(transactional_db):
    yield
    with seeing_everything():
        assert [*invariants.violations(), *payout_invariants.violations()] == []


def send(secret: str, path: str, bodies, *, key: str = "", version: int | None = None) -> list[tuple]:
    """What each of several requests at the same moment was answered; with `key` all under the same one."""

    def one(number, body):
        answer = Api(secret).post(path, body, key=key or f"race-key-{number:04d}", version=version)
        told = answer.json()
        return answer.status_code, told.get("code") or told.get("state") or told.get("number")

    outcomes = at_once(one, list(enumerate(bodies)))
    assert not [outcome.message for outcome in outcomes if outcome.error]
    return [outcome.value for outcome in outcomes]


def test_one_key_sent_fifty_times_files_one_claim(line, token):
    """Who waited for the first one for too long is told to come again, and then gets its answer."""
    answers = send(token[1], "claims/", [FILING] * TIMES, key="one-and-the-same")
    later = send(token[1], "claims/", [FILING], key="one-and-the-same")

    with seeing_everything():
        filed = (201, Claim.objects.get().number)
        assert Compensation.objects.count() == 1
    assert set(answers) - {(503, "unavailable")} == {filed}
    assert later == [filed]


def test_two_keys_file_two_claims(line, token):
    answers = send(token[1], "claims/", [{**FILING, "file_anyway": True}] * 2)

    with seeing_everything():
        assert sorted(answers) == sorted((201, claim.number) for claim in Claim.objects.all())
    assert len(set(answers)) == 2


def proposed(cast, line) -> Claim:
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=line.order.consumer)
    make_photo(claim)
    with acting_as(cast.agent):
        compensation.work_out(claim=claim, by=cast.agent, now=NOW)
    return claim


def test_a_choice_is_taken_once_whatever_the_keys(cast, line, token):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    claim = proposed(cast, line)
    session = make_session(token[0], PHONE)

    found = Counter(
        send(session, f"claims/{claim.number}/choice/", [{"option": "refund-original"}] * 12, version=1)
    )

    assert found[200, "executed"] == 1
    assert set(found) <= {
        (200, "executed"),
        (409, "stale"),
        (409, "option_unknown"),
        (409, "already_executed"),
        (409, "claim_ended"),
        (409, "busy"),
    }
    with seeing_everything():
        assert Movement.objects.filter(kind="advance").count() == 1


def test_a_refund_is_confirmed_or_failed_and_once(cast, line, token):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    claim = proposed(cast, line)
    send(
        make_session(token[0], PHONE),
        f"claims/{claim.number}/choice/",
        [{"option": "refund-original"}],
        version=1,
    )
    with seeing_everything():
        payout = Payout.objects.get(claim=claim)

    found = Counter(
        send(
            token[1],
            f"payouts/{payout.number}/confirmation/",
            [{"outcome": "paid"}, {"outcome": "failed", "reason": "other"}] * 6,
        )
    )

    assert set(found) <= {
        (200, "confirmed"),
        (200, "failed"),
        (200, "returned"),
        (409, "payout_moved"),
        (409, "already_booked"),
        (409, "busy"),
    }
    assert found[200, "confirmed"] <= 1
    assert found[200, "failed"] + found[200, "returned"] <= 1
    with seeing_everything():
        payout.refresh_from_db()
        assert Movement.objects.filter(kind="returned").count() == (payout.state != "confirmed")
