from datetime import timedelta

import pytest
from django.db import connection

from aftersales.audit.models import AuditEvent
from aftersales.web.paging import keyset_page
from claims.models import Claim
from claims.queries import claims as reading
from claims.services import casework, merging
from tests.factories import NOW, acting_as, make_claim, make_consumer, make_line, seeing_everything


def make_claims(cast, count, *, station=None, **fields):
    station = station or cast.guangcheng
    line, consumer = make_line(station), make_consumer(station)
    return [
        make_claim(
            station,
            filed_by=cast.agent,
            line=line,
            consumer=consumer,
            filed_at=NOW - timedelta(minutes=number),
            **fields,
        )
        for number in range(count)
    ]


def show(claim):
    """What a list page prints of a claim."""
    return (
        claim.number,
        claim.station.name,
        str(claim.consumer),
        claim.order_line.product,
        str(claim.handler),
        claim.get_status_display(),
        claim.is_open,
        claim.handling_due_at,
        claim.get_channel_display(),
        claim.get_goods_type_display(),
    )


def test_open_queue_is_ordered_by_due_time_and_leaves_out_what_has_ended(cast):
    due = [NOW + timedelta(hours=hours) for hours in (3, 1, 2)]
    later, soonest, middle = (
        make_claim(cast.guangcheng, filed_by=cast.agent, status=status, handling_due_at=at)
        for status, at in zip(("waiting", "submitted", "in_progress"), due, strict=True)
    )
    same_time = make_claim(cast.guangcheng, filed_by=cast.agent, handling_due_at=due[1])
    for status in ("resolved", "closed", "withdrawn"):
        make_claim(cast.guangcheng, filed_by=cast.agent, status=status)
    make_claim(cast.liuguang, filed_by=cast.neighbour)  # another village

    with acting_as(cast.agent):
        assert list(reading.open_queue()) == [soonest, same_time, middle, later]


def test_open_queue_of_a_station_a_county_and_a_handler(cast):
    ours = make_claim(cast.guangcheng, filed_by=cast.agent)
    next_door = make_claim(cast.liuguang, filed_by=cast.neighbour)
    far = make_claim(cast.chenlou, filed_by=cast.suining_agent)

    with acting_as(cast.platform):
        assert list(reading.open_queue(station=cast.liuguang)) == [next_door]
        assert list(reading.open_queue(county_code="520123000000")) == [ours, next_door]
        assert list(reading.open_queue(handler=cast.suining_agent)) == [far]
    with acting_as(cast.agent):
        assert list(reading.open_queue(station=cast.liuguang)) == []
        assert list(reading.open_queue(county_code="320324000000")) == []


def test_recent_claims_come_last_filed_first_page_by_page(cast):
    claims = make_claims(cast, 5)
    twin = make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=claims[1].filed_at)
    expected = [claims[0], twin, *claims[1:]]

    with acting_as(cast.agent):
        first = keyset_page(reading.recent(), order=reading.RECENT_ORDER, size=2)
        second = keyset_page(reading.recent(), order=reading.RECENT_ORDER, size=2, cursor=first.next)
        third = keyset_page(reading.recent(), order=reading.RECENT_ORDER, size=2, cursor=second.next)

    assert [first.rows, second.rows, third.rows] == [expected[:2], expected[2:4], expected[4:]]
    assert third.next == ""


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize(
    ("listing", "queries"),
    [(reading.open_queue, 1), (reading.recent, 1), (lambda: reading.search("水蜜桃"), 3)],
    ids=["open", "recent", "search"],
)
def test_a_list_takes_the_same_number_of_queries_whatever_its_length(
    cast, django_assert_num_queries, listing, queries, count
):
    make_claims(cast, count)

    with acting_as(cast.agent), django_assert_num_queries(queries):
        assert len([show(claim) for claim in listing()]) == count


@pytest.mark.parametrize(
    ("who", "index"), [("agent", "claim_station_open"), ("officer", "claim_county_open")]
)
def test_the_queue_is_read_from_its_partial_index_in_order(cast, who, index):
    make_claims(cast, 30, status="closed")
    make_claims(cast, 5)
    if connection.vendor == "postgresql":
        # Few rows are sorted faster than looked up; what counts here is that the index can serve.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")

    with acting_as(getattr(cast, who)):
        plan = reading.open_queue()[:50].explain()

    assert index in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    "typed",
    [
        lambda claim: claim.number,
        lambda claim: f" {claim.number[:2].lower()} {claim.number[2:8]}-{claim.number[8:]} ",
        lambda claim: claim.order_line.order.number,
        lambda claim: "138 0000 1111",
        lambda claim: "+8613800001111",
        lambda claim: "刺梨",
        lambda claim: "欧阳",
        lambda claim: "欧阳明月",
    ],
)
def test_search_finds_a_claim_by(cast, typed):
    consumer = make_consumer(cast.guangcheng, name="欧阳明月", phone="13800001111")
    line = make_line(cast.guangcheng, product="刺梨 5 斤装")
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer)
    make_claim(cast.guangcheng, filed_by=cast.agent)

    with acting_as(cast.agent):
        assert list(reading.search(typed(claim))) == [claim]
    for stranger in (cast.neighbour, cast.suining_manager):
        with acting_as(stranger):
            assert list(reading.search(typed(claim))) == []


@pytest.mark.parametrize("typed", ["", "   ", "明月", "1380000", "13800001112", "SH2611200000000", "%", "_"])
def test_search_finds_nothing_for(cast, typed):
    make_claim(
        cast.guangcheng,
        filed_by=cast.agent,
        consumer=make_consumer(cast.guangcheng, name="欧阳明月", phone="13800001111"),
    )

    with acting_as(cast.agent):
        assert list(reading.search(typed)) == []


def test_names_are_looked_up_among_the_newest_consumers_only(cast, monkeypatch):
    monkeypatch.setattr(reading, "NAMES_LOOKED_AT", 2)
    oldest, *newest = (make_consumer(cast.guangcheng, name="杨光") for _ in range(3))
    make_consumer(cast.guangcheng, name="李杨")

    with acting_as(cast.agent):
        assert reading.consumers_named("杨") == [consumer.pk for consumer in reversed(newest)]
    assert oldest.pk


def test_erased_people_are_found_by_no_name(cast):
    consumer = make_consumer(cast.guangcheng, name="杨光")
    with seeing_everything():
        consumer.save(update_fields=consumer.erase_personal(now=NOW))

    with acting_as(cast.agent):
        assert reading.consumers_named("杨光") == []


def test_the_history_of_a_claim_is_whole_for_whoever_sees_the_claim(cast):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted")
    other = make_claim(cast.guangcheng, filed_by=cast.agent, status="accepted")
    with acting_as(cast.agent):
        claim = casework.start(claim=claim, by=cast.agent, now=NOW)
        casework.start(claim=other, by=cast.agent, now=NOW)
        claim = casework.wait(claim=claim, reason_code="merchant", by=cast.agent, now=NOW)

    for who in (cast.agent, cast.technician, cast.officer):
        with acting_as(who):
            assert [event.verb for event in reading.timeline(claim)] == ["claim.started", "claim.put_on_hold"]


def test_a_claim_shows_the_photos_of_duplicates_of_its_duplicates(cast):
    line, consumer = make_line(cast.guangcheng), make_consumer(cast.guangcheng)
    first, second, third = (
        make_claim(cast.guangcheng, filed_by=cast.agent, line=line, consumer=consumer) for _ in range(3)
    )
    with acting_as(cast.agent):
        merging.merge(duplicate=first, into=second, by=cast.agent, now=NOW)
        second = Claim.objects.get(pk=second.pk)
        merging.merge(duplicate=second, into=third, by=cast.agent, now=NOW)

        assert reading.merged_family(third) == [third.pk, second.pk, first.pk]
        assert reading.merged_family(second) == [second.pk, first.pk]
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="claim.merged").count() == 2
