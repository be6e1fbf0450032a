"""The approver's page: everything that a decision rests on, in few queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.services import compensation
from tests.claims.admin.rows import choose
from tests.claims.money.cases import make_photo
from tests.factories import (
    NOW,
    acting_as,
    make_claim,
    make_consumer,
    make_fund,
    make_policy,
    seeing_everything,
)

pytestmark = pytest.mark.django_db(transaction=True)


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def waiting(cast):
    """A refund of 80.00 that an officer decides, after one of 80.00 that the manager paid out."""
    make_policy(
        station_day_limit_fen=12_000,
        person_day_limit_fen=9_000,
        fund_month_limit_fen=20_000,
        claim_limit_fen=50_000,
    )
    make_fund("520123000000", cash_fen=10_000)
    consumer = make_consumer(cast.guangcheng, phone="13912345678")
    paid = choose(cast.guangcheng, agent=cast.agent, consumer=consumer)
    with seeing_everything():
        approved = compensation.approve(compensation=paid, by=cast.manager, now=NOW)
        compensation.execute(compensation=approved, by=cast.manager, now=NOW)
    make_claim(cast.guangcheng, filed_by=cast.agent, status="rejected", rejection_code="other")
    make_claim(cast.guangcheng, filed_by=cast.manager)
    make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=NOW - timedelta(days=31))
    found = choose(cast.guangcheng, agent=cast.agent, consumer=consumer)
    make_photo(found.claim)
    return found


def page(door, who, compensation_):
    return door(who).get(f"/claims/{compensation_.claim.number}/decide/")


def test_money_and_limits_are_told_with_what_is_short(cast, door, waiting):
    found = page(door, cast.officer, waiting)

    assert [(each["left_fen"], each["limit_fen"], each["is_short"]) for each in found.context["limits"]] == [
        (4_000, 12_000, True),
        (9_000, 9_000, False),
        (12_000, 20_000, False),
        (50_000, 50_000, False),
    ]
    assert found.context["dossier"].left_in_fund_fen == -6_000
    assert "not enough" in words(found)


def test_station_filer_and_consumer_are_told_with_their_past(cast, door, waiting):
    dossier = page(door, cast.officer, waiting).context["dossier"]

    station, filer = dossier.station, dossier.filer
    assert (station.filed, station.compensated, station.compensated_fen, station.refused) == (4, 1, 8_000, 1)
    assert (filer.filed, filer.compensated, filer.compensated_fen, filer.refused) == (3, 1, 8_000, 1)
    assert (station.compensated_share, round(filer.compensated_share, 3)) == (0.25, 0.333)
    assert (dossier.earlier_count, dossier.earlier_fen, len(dossier.earlier)) == (1, 8_000, 1)
    assert (dossier.debt.count, dossier.debt.open_fen) == (1, 8_000)


def test_a_county_without_a_fund_is_told_so(cast, door):
    found = page(door, cast.officer, choose(cast.guangcheng, agent=cast.agent))

    assert (found.status_code, found.context["limits"]) == (200, [])
    assert "This county has no emergency fund yet." in words(found)


def test_the_page_takes_few_queries_and_no_more_with_a_long_past(cast, door, waiting):
    client, counts = door(cast.officer), []
    url = f"/claims/{waiting.claim.number}/decide/"
    client.get(url)
    for _each in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
        for number in range(3):
            make_claim(
                cast.guangcheng,
                filed_by=cast.agent,
                consumer=waiting.claim.consumer,
                filed_at=NOW - timedelta(days=number + 1),
            )

    assert counts[0] == counts[1]
    assert counts[0] <= 30


def test_refusing_leads_to_the_letter(cast, door, waiting):
    client = door(cast.officer)
    with acting_as(cast.officer):
        waiting.refresh_from_db()

    answer = client.post(
        f"/claims/{waiting.claim.number}/decide/",
        {"refuse": "1", "version": waiting.version, "code": "other", "text": "Nothing to be seen."},
    )

    assert answer.url == f"/claims/{waiting.claim.number}/refusal/"
    assert "Nothing to be seen." in words(client.get(answer.url))
