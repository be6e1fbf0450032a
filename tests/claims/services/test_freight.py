"""What each line of an order carries of its freight, and what is granted where freight counts."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Order, OrderLine
from claims.rules.damage_tiers import DEFAULT_TIERS, written
from claims.services import compensation as service
from claims.services import lines as accumulator
from claims.services import orders
from claims.services.order_batches import Directory, write
from claims.services.order_rows import read
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_policy, seeing_everything

YESTERDAY = NOW - timedelta(days=1)


def type_in(cast, product="刺梨 5 斤装", **changes):
    given = {
        "station": cast.guangcheng,
        "number": "DD2026111900012",
        "goods_type": "fresh_fruit",
        "quantity_milli": 10_000,
        "unit": "piece",
        "paid_fen": 3000,
        "ordered_at": YESTERDAY,
        "by": cast.agent,
        "now": NOW,
        **changes,
    }
    with acting_as(given["by"]):
        return orders.type_in(product=product, **given)


def freights():
    with seeing_everything():
        return [(line.product, line.freight_fen) for line in OrderLine.objects.order_by("id")]


def claim_on(cast, line):
    return make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        line=line,
        consumer=make_consumer(cast.guangcheng),
        procedure="quality_proportional",
        bad_milli=2000,
    )


def test_one_line_carries_it_all(cast):
    assert type_in(cast, freight_fen=600).freight_fen == 600


def test_several_lines_share_it_by_what_was_paid_to_the_fen(cast):
    type_in(cast, "刺梨", freight_fen=1000)
    type_in(cast, "猕猴桃")
    type_in(cast, "天麻", paid_fen=3001)

    assert freights() == [("刺梨", 333), ("猕猴桃", 333), ("天麻", 334)]
    with seeing_everything():
        assert Order.objects.get().freight_fen == 1000


def test_freight_that_becomes_known_later_is_noted(cast):
    type_in(cast, "刺梨")
    type_in(cast, "猕猴桃", freight_fen=800)

    assert freights() == [("刺梨", 400), ("猕猴桃", 400)]
    with seeing_everything():
        event = AuditEvent.objects.get(verb="order.changed")
    assert (event.before, event.after) == ({"freight_fen": 0}, {"freight_fen": 800})


def test_a_claimed_line_keeps_its_share(cast):
    claim_on(cast, type_in(cast, "刺梨", freight_fen=600))

    type_in(cast, "猕猴桃")

    assert freights() == [("刺梨", 600), ("猕猴桃", 0)]


def test_the_freight_of_a_claimed_order_is_not_changed(cast):
    claim_on(cast, type_in(cast, "刺梨", freight_fen=600))

    with pytest.raises(Refused) as refused:
        type_in(cast, "猕猴桃", freight_fen=700)

    assert (refused.value.code, refused.value.field) == ("freight_counts_already", "freight")
    assert "¥6.00" in str(refused.value)
    assert freights() == [("刺梨", 600)]
    type_in(cast, "猕猴桃", freight_fen=600)


def test_a_freight_below_zero_is_refused(cast):
    with pytest.raises(Refused) as refused:
        type_in(cast, freight_fen=-1)

    assert refused.value.code == "freight_out_of_range"


def imported(cast, *rows):
    values = {
        "order_number": "A1",
        "goods_type": "fresh_fruit",
        "quantity": "10",
        "ordered_at": "2026-11-15",
    }
    with acting_as(cast.manager):
        directory = Directory(by=cast.manager, now=NOW)
        given = [
            read(number, {**values, **row}, station=str(cast.guangcheng.pk), now=NOW)
            for number, row in enumerate(rows, start=1)
        ]
        return write([given], directory=directory, file_name="orders.csv")


def test_imported_orders_split_it_and_follow_the_list(cast):
    pear = {"product": "刺梨", "paid_yuan": "10", "freight_yuan": "6"}
    kiwi = {"product": "猕猴桃", "paid_yuan": "20"}

    imported(cast, pear, kiwi)
    assert freights() == [("刺梨", 200), ("猕猴桃", 400)]

    imported(cast, {**pear, "paid_yuan": "20"}, kiwi)
    assert freights() == [("刺梨", 300), ("猕猴桃", 300)]

    imported(cast, {**pear, "paid_yuan": "20", "freight_yuan": "9"}, kiwi)
    assert freights() == [("刺梨", 450), ("猕猴桃", 450)]

    again = imported(cast, {**pear, "paid_yuan": "20", "freight_yuan": ""}, kiwi)
    assert (freights(), again.unchanged) == ([("刺梨", 450), ("猕猴桃", 450)], 2)


def test_an_imported_order_with_a_claim_keeps_its_freight(cast):
    pear = {"product": "刺梨", "paid_yuan": "10", "freight_yuan": "6"}
    imported(cast, pear)
    with seeing_everything():
        claim_on(cast, OrderLine.objects.get())

    written_again = imported(cast, {**pear, "freight_yuan": "7"})

    assert [reason for _line, reason in written_again.refused] == [
        "a claim rests on this order, which therefore stays as it is"
    ]
    assert freights() == [("刺梨", 600)]


@pytest.mark.parametrize(
    ("terms", "paid_fen", "amount_fen"),
    [
        ({}, 3000, 600),
        ({"includes_freight": True}, 3600, 720),
        ({"kind": "tiers", "tiers": written(DEFAULT_TIERS)}, 3000, 900),
        ({"kind": "tiers", "tiers": written(DEFAULT_TIERS), "includes_freight": True}, 3600, 1080),
    ],
)
def test_amounts_follow_the_terms_and_keep_what_counted_as_paid(cast, terms, paid_fen, amount_fen):
    make_policy(**terms)
    claim = claim_on(cast, type_in(cast, freight_fen=600))

    with acting_as(cast.agent):
        proposal = service.work_out(claim=claim, by=cast.agent, now=NOW)

    assert (proposal.paid_fen, proposal.amount_fen) == (paid_fen, amount_fen)


def test_a_line_grants_up_to_price_and_freight_where_freight_counts(cast):
    make_policy(includes_freight=True, automatic_limit_fen=20_000, photos_required=0)
    line = type_in(cast, freight_fen=600)
    claim = claim_on(cast, line)
    with seeing_everything():
        claim.bad_milli = 10_000
        claim.save()
    with acting_as(cast.agent):
        whole = service.work_out(claim=claim, by=cast.agent, now=NOW)
        whole.remedy = "refund"
        assert accumulator.grant(whole) == 3600

    line.refresh_from_db()
    assert (line.granted_fen, line.remaining_fen) == (3600, 0)


def test_the_database_holds_the_line_at_price_and_freight(cast):
    line = type_in(cast, freight_fen=600)
    rows = OrderLine._base_manager.filter(pk=line.pk)

    assert rows.update(granted_fen=3600) == 1
    for wrong in ({"granted_fen": 3601}, {"freight_fen": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
