"""What somebody who decides is shown beside the amount."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import Compensation
from claims.queries.dossiers import dossiers
from claims.rules.approval import Conflict
from claims.services import compensation as service
from tests.claims.admin.rows import choose
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_fund, seeing_everything

pytestmark = pytest.mark.django_db


def dossier_of(compensation, reader):
    with acting_as(reader):
        found = Compensation.objects.select_related(
            "claim__consumer", "claim__station", "claim__liable_party", "policy"
        )
        return dossiers(found.filter(pk=compensation.pk), reader=reader, now=NOW)[0]


def test_earlier_claims_are_those_of_the_same_phone_within_a_year(cast):
    consumer = make_consumer(cast.guangcheng, phone="13912345678")
    elsewhere = make_consumer(cast.liuguang, phone="13912345678")
    foreign = make_consumer(cast.chenlou, phone="13912345678")
    compensation = choose(cast.guangcheng, agent=cast.agent, consumer=consumer)
    near = make_claim(
        cast.guangcheng, filed_by=cast.agent, consumer=consumer, filed_at=NOW - timedelta(days=1)
    )
    far = make_claim(
        cast.liuguang, filed_by=cast.neighbour, consumer=elsewhere, filed_at=NOW - timedelta(days=364)
    )
    make_claim(cast.guangcheng, filed_by=cast.agent, consumer=consumer, filed_at=NOW - timedelta(days=366))
    make_claim(cast.guangcheng, filed_by=cast.agent)
    make_claim(cast.chenlou, filed_by=cast.suining_agent, consumer=foreign)

    found = dossier_of(compensation, cast.officer)

    assert [claim.number for claim in found.earlier] == [near.number, far.number]
    assert found.earlier_count == 2


def test_station_fund_and_party_are_summed_up(cast):
    make_fund("520123000000", cash_fen=100_000)
    make_claim(cast.guangcheng, filed_by=cast.agent, status="rejected", rejection_code="other")
    make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=NOW - timedelta(days=31))
    paid = choose(cast.guangcheng, agent=cast.agent)
    with seeing_everything():
        service.execute(
            compensation=service.approve(compensation=paid, by=cast.manager, now=NOW),
            by=cast.manager,
            now=NOW,
        )
    compensation = choose(cast.guangcheng, agent=cast.agent)

    found = dossier_of(compensation, cast.officer)

    station = found.station
    assert (station.month_count, station.month_fen, station.day_left_fen) == (1, 8_000, 42_000)
    assert (station.filed, station.refused, station.compensated, station.compensated_fen) == (3, 1, 1, 8_000)
    assert (found.fund.balance_fen, found.left_in_fund_fen, found.fund.open_fen) == (92_000, 84_000, 8_000)
    assert (found.debt.count, found.debt.open_fen) == (1, 8_000)


def test_a_county_without_a_fund_or_a_past_has_zeros(cast):
    found = dossier_of(choose(cast.guangcheng, agent=cast.agent), cast.officer)

    assert (found.fund, found.left_in_fund_fen, found.debt.open_fen, found.earlier_count) == (
        None,
        None,
        0,
        0,
    )
    assert (found.station.month_fen, found.station.day_left_fen) == (0, 50_000)


@pytest.mark.parametrize(
    ("reader", "conflict", "too_low"),
    [
        ("officer", None, False),
        ("manager", None, False),
        ("agent", Conflict.FILED_BY_SAME_PERSON, True),
        ("trainer", None, True),
    ],
)
def test_the_reader_learns_whether_they_may_decide(cast, reader, conflict, too_low):
    compensation = choose(cast.guangcheng, agent=cast.agent)
    with seeing_everything():
        found = Compensation.objects.select_related("claim__consumer", "claim__station", "policy")
        dossier = dossiers(found.filter(pk=compensation.pk), reader=getattr(cast, reader), now=NOW)[0]

    assert (dossier.conflict, dossier.level_is_too_low) == (conflict, too_low)
    assert dossier.may_be_decided == (conflict is None and not too_low)


def test_a_larger_amount_is_too_high_for_an_officer(cast):
    compensation = choose(cast.guangcheng, agent=cast.agent, paid_fen=50_000)

    assert dossier_of(compensation, cast.officer).level_is_too_low
    assert not dossier_of(compensation, cast.manager).level_is_too_low


def test_queries_do_not_grow_with_the_rows(cast):
    rows = [choose(cast.guangcheng, agent=cast.agent).pk for _number in range(5)]
    counts = []
    for number in (1, 5):
        with acting_as(cast.officer):
            found = Compensation.objects.select_related(
                "claim__consumer", "claim__station", "claim__order_line__order", "policy"
            )
            with CaptureQueriesContext(connection) as queries:
                dossiers(found.filter(pk__in=rows[:number]), reader=cast.officer, now=NOW)
        counts.append(len(queries))

    assert counts == [13, 13]
