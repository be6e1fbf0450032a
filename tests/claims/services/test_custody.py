from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import CustodyItem, Photo, Stocktake
from claims.queries import custody as reading
from claims.rules.numbering import is_valid_label, make_label
from claims.services import custody, evidence
from stations.models import Station
from stations.services import hand_over
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, make_claim, seeing_everything
from tests.processes import at_once

pytestmark = pytest.mark.django_db
TOKEN = "goods-token-0123456789"


@pytest.fixture
def claim(cast):
    return make_claim(cast.guangcheng, filed_by=cast.agent, goods_type="daily_goods")


def receive(claim, by, *, station=None, token=TOKEN, photo=True, **changed):
    values = {"what": "保温杯", "pieces": 2, "condition": "opened", "shelf": "A2", "remark": "", **changed}
    station = station or claim.station
    with acting_as(by):
        if photo:
            evidence.stage(upload=jpeg(len(token)), station=station, form_token=token, by=by, now=NOW)
        return custody.receive(claim=claim, station=station, form_token=token, by=by, now=NOW, **values)


def refusal(service, **arguments):
    with pytest.raises(Refused) as refused:
        service(**arguments)
    return refused.value.code


def test_goods_come_in_with_label_shelf_and_photo(cast, claim):
    item = receive(claim, cast.agent)

    with seeing_everything():
        assert is_valid_label(item.label)
        assert (item.claim, item.station, item.keeper, item.whereabouts) == (
            claim,
            cast.guangcheng,
            cast.agent,
            "on_shelf",
        )
        photo = Photo.objects.get()
        assert (photo.goods, photo.claim, photo.kind) == (item, claim, "goods")
        event = AuditEvent.objects.get(verb="goods.received")
        assert (
            event.claim_id == claim.pk and event.after["label"] == item.label and event.after["photos"] == 1
        )


def test_the_same_form_sent_twice_takes_in_once(cast, claim):
    first = receive(claim, cast.agent)

    assert receive(claim, cast.agent, photo=False) == first
    with seeing_everything():
        assert CustodyItem.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"photo": False}, "photo_missing"),
        ({"condition": "perfect"}, "unknown_choice"),
        ({"shelf": " "}, "text_missing"),
        ({"what": "x" * 81}, "text_missing"),
        ({"pieces": 0}, "pieces_out_of_range"),
        ({"pieces": 10_000}, "pieces_out_of_range"),
    ],
)
def test_what_cannot_be_taken_in_changes_nothing(cast, claim, changed, code):
    with pytest.raises(Refused) as refused:
        receive(claim, cast.agent, **changed)

    assert refused.value.code == code
    with seeing_everything():
        assert not CustodyItem.objects.exists() and not Photo.objects.filter(claim=claim).exists()


def test_goods_stay_inside_the_county_and_go_to_open_stations(cast, claim):
    for station, code in ((cast.chenlou, "unknown_station"), (cast.guangcheng, "station_not_operating")):
        with seeing_everything():
            station.state = "operating" if station is cast.chenlou else "suspended"
            station.save()
            arguments = {"claim": claim, "station": station, "what": "x", "pieces": 1, "condition": "opened"}
            assert (
                refusal(custody.receive, **arguments, shelf="A", form_token=TOKEN, by=cast.agent, now=NOW)
                == code
            )


def test_a_neighbour_cannot_take_in_goods_of_a_claim_they_do_not_see(cast, claim):
    with acting_as(cast.neighbour):
        arguments = {
            "claim": claim,
            "station": cast.liuguang,
            "what": "x",
            "pieces": 1,
            "condition": "opened",
        }
        assert (
            refusal(custody.receive, **arguments, shelf="A", form_token=TOKEN, by=cast.neighbour, now=NOW)
            == "unknown_claim"
        )


@pytest.mark.parametrize(
    ("act", "given", "whereabouts"),
    [
        (custody.hand_to_courier, {"courier": "顺丰", "parcel_number": "SF12345"}, "with_courier"),
        (custody.give_back, {"reason": "村民来取走"}, "collected"),
        (custody.dispose, {"reason": "已经全部腐烂"}, "disposed"),
    ],
)
def test_goods_leave_once_and_say_how(cast, claim, act, given, whereabouts):
    item = receive(claim, cast.agent)

    with acting_as(cast.agent):
        arguments = {"by": cast.agent, "now": NOW, "expected_version": 1, **given}
        gone = act(item=item, **arguments)
        assert gone.whereabouts == whereabouts and gone.left_by == cast.agent
        assert refusal(act, item=gone, **{**arguments, "expected_version": 2}) == "illegal_move"
        assert refusal(act, item=item, **arguments) == "illegal_move"
    with seeing_everything():
        assert AuditEvent.objects.filter(verb=f"goods.{whereabouts}").count() == 1


def test_goods_passed_on_go_on_at_the_station_above(cast, claim):
    item = receive(claim, cast.agent)

    with acting_as(cast.technician):
        there = custody.pass_on(
            item=item, shelf="架3", reason="送乡镇检测", by=cast.technician, now=NOW, expected_version=1
        )
        assert (there.station, there.came_from, there.keeper) == (cast.liuguang_point, item, cast.technician)
        assert there.label != item.label
        assert list(reading.on_shelf(station=cast.guangcheng)) == []
    with seeing_everything():
        there.station = cast.xiuwen_centre
        there.save()
        assert (
            refusal(
                custody.pass_on,
                item=there,
                shelf="1",
                reason="上级",
                by=cast.manager,
                now=NOW,
                expected_version=1,
            )
            == "no_station_above"
        )


def test_goods_that_an_agent_passes_on_are_kept_by_somebody_there(cast, claim):
    item = receive(claim, cast.agent)
    passed_on = {"item": item, "shelf": "架3", "reason": "送乡镇检测", "expected_version": 1}
    with seeing_everything():
        Station.objects.filter(pk=cast.liuguang_point.pk).update(state="suspended")
    with acting_as(cast.agent):
        refused = refusal(custody.pass_on, **passed_on, by=cast.agent, now=NOW)
    with seeing_everything():
        Station.objects.filter(pk=cast.liuguang_point.pk).update(state="operating")
    with acting_as(cast.agent):
        there = custody.pass_on(**passed_on, by=cast.agent, now=NOW)

    assert refused == "station_not_operating"
    assert (there.station_id, there.keeper, there.received_by) == (
        cast.liuguang_point.pk,
        cast.technician,
        cast.agent,
    )


def test_the_slower_of_two_people_is_told(cast, claim):
    item = receive(claim, cast.agent)
    with acting_as(cast.agent):
        custody.put_elsewhere(item=item, shelf="B1", by=cast.agent, now=NOW, expected_version=1)

        assert (
            refusal(custody.put_elsewhere, item=item, shelf="C1", by=cast.agent, now=NOW, expected_version=1)
            == "stale"
        )


@pytest.mark.race
def test_goods_are_handed_out_once_by_two_people_at_once(transactional_db, cast, claim):
    item = receive(claim, cast.agent)

    def hand_out(reason):
        with acting_as(cast.agent):
            return custody.give_back(item=item, reason=reason, by=cast.agent, now=NOW, expected_version=1).pk

    outcomes = at_once(hand_out, [("村民甲来取",), ("村民乙来取",)])

    assert sorted(outcome.error for outcome in outcomes) == ["", "Refused"]


def test_goods_cannot_leave_without_saying_who_let_them_go(cast, claim):
    item = receive(claim, cast.agent)

    with pytest.raises(IntegrityError), transaction.atomic(), seeing_everything():
        CustodyItem.objects.filter(pk=item.pk).update(whereabouts="disposed")


def test_long_waiting_goods_catch_the_eye(cast, claim):
    item = receive(claim, cast.agent)

    assert not reading.waits_long(item, NOW + timedelta(days=6))
    assert reading.waits_long(item, NOW + timedelta(days=7))


def test_a_stocktake_compares_shelf_and_books(cast, claim):
    here, gone = receive(claim, cast.agent), receive(claim, cast.agent, token="goods-token-9876543210")
    missing = receive(claim, cast.agent, token="goods-token-555555555")
    with acting_as(cast.agent):
        custody.give_back(item=gone, reason="村民取走", by=cast.agent, now=NOW, expected_version=1)

        stocktake = custody.count(
            station=cast.guangcheng,
            seen=[here.label.lower(), f" {gone.label} ", ""],
            form_token="count-token-0123456789",
            by=cast.agent,
            now=NOW,
        )

    assert (stocktake.found, stocktake.missing, stocktake.unexpected) == (
        [here.label],
        [missing.label],
        [gone.label],
    )
    with acting_as(cast.agent):
        wrong = make_label()[:-1] + "?"
        arguments = {"station": cast.guangcheng, "form_token": TOKEN, "by": cast.agent, "now": NOW}
        assert refusal(custody.count, seen=[wrong], **arguments) == "unknown_label"
        assert reading.last_stocktake(cast.guangcheng) == stocktake


def test_a_stocktake_is_written_once_and_never_changed(cast, claim):
    with acting_as(cast.agent):
        counted = {"station": cast.guangcheng, "seen": [], "by": cast.agent, "now": NOW}
        once, again = (custody.count(**counted, form_token="count-token-0123456789") for _time in range(2))
        assert once == again

    for statement in ("UPDATE claims_stocktake SET note = 'x'", "DELETE FROM claims_stocktake"):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)
    with seeing_everything():
        assert Stocktake.objects.count() == 1


def test_who_leaves_hands_over_the_goods_on_their_shelf(cast, claim):
    item = receive(claim, cast.agent)

    with acting_as(cast.manager):
        (work,) = [work for work in hand_over.open_work(cast.agent.agent) if work.kind == "goods"]
        assert [each.key for each in work.items] == [item.label]
        handed = {"agent": cast.agent.agent, "kind": "goods", "by": cast.manager, "now": NOW}
        assert refusal(hand_over.assign, to=cast.neighbour.agent, **handed) == "keeper_unfit"
        hand_over.assign(to=cast.technician.agent, **handed)
        assert reading.on_shelf(keeper=cast.technician).get() == item
        assert not [work for work in hand_over.open_work(cast.agent.agent) if work.kind == "goods"]
