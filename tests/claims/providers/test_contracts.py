"""Contracts with providers: made for days of their own, with fees that hold once they were used."""

from datetime import date, timedelta

import pytest

from aftersales.audit.models import AuditEvent
from claims.models import Contract, FeeLine
from claims.queries import contracts as reading
from claims.services import contracts
from stations.models import ProviderDesk, Region
from stations.services import provider_desks
from tests.claims.providers.order_cases import (
    XIUWEN,
    again,
    make_contract,
    make_visit,
    offer,
    refusal,
)
from tests.factories import NOW, acting_as, make_party, seeing_everything

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 1), date(2027, 10, 31)


def make(cast, **changed):
    given = {
        "provider": make_party("provider", "广城家电维修部"),
        "number": "XW-2026-08",
        "station": cast.xiuwen_centre,
        "valid_from": FIRST,
        "valid_until": LAST,
        "weekdays": [4, 0, 0],
        "seats": 2,
        "answer_minutes": 90,
        **changed,
    }
    with acting_as(cast.manager):
        return contracts.make(by=cast.manager, now=NOW, **given)


def test_a_contract_is_written_down_with_its_days(cast):
    contract = make(cast)

    assert (contract.county_code, contract.weekdays, contract.seats) == (XIUWEN, [0, 4], 2)
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="contract.made", object_id=str(contract.pk)).count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"number": "  "}, "number_missing"),
        ({"number": "9" * 41}, "too_long"),
        ({"valid_until": FIRST - timedelta(days=1)}, "days_in_order"),
        ({"weekdays": []}, "weekdays_missing"),
        ({"weekdays": [7]}, "weekdays_missing"),
        ({"seats": 0}, "out_of_range"),
        ({"seats": 9}, "out_of_range"),
        ({"answer_minutes": 4}, "out_of_range"),
    ],
)
def test_what_cannot_be_a_contract_is_refused(cast, changed, code):
    assert refusal(make, cast, **changed) == code
    assert make(cast, number="XW-1").number == "XW-1"


def test_a_merchant_has_no_contract_and_a_station_of_another_county_is_unknown(cast):
    assert refusal(make, cast, provider=make_party("merchant", "果园电商")) == "not_a_provider"
    assert refusal(make, cast, station=cast.suining_centre) == "unknown_station"


def test_one_contract_of_a_provider_for_a_day(cast):
    make(cast)

    assert refusal(make, cast, number="XW-2", valid_from=LAST, valid_until=LAST) == "contract_overlaps"
    assert refusal(make, cast, provider=make_party("provider", "别家")) == "number_taken"
    make(cast, number="XW-3", valid_from=LAST + timedelta(days=1), valid_until=LAST + timedelta(days=9))
    with seeing_everything():
        assert Contract.objects.count() == 2


def test_a_contract_that_was_ended_makes_room_for_a_new_one(cast):
    contract = make(cast)
    today = date(2026, 11, 20)

    with acting_as(cast.manager):
        past = refusal(
            contracts.end,
            contract=contract,
            ended_on=today - timedelta(days=1),
            reason="价格谈不拢",
            by=cast.manager,
            now=NOW,
        )
        bare = refusal(contracts.end, contract=contract, ended_on=today, reason="", by=cast.manager, now=NOW)
        ended = contracts.end(
            contract=contract, ended_on=today, reason="价格谈不拢", by=cast.manager, now=NOW
        )
        twice = refusal(
            contracts.end, contract=contract, ended_on=today, reason="再来一次", by=cast.manager, now=NOW
        )

    assert (past, bare, twice) == ("day_past", "reason_missing", "contract_ended")
    assert [reading.stands(ended, day) for day in (today, today - timedelta(days=1))] == ["ended", "valid"]
    make(cast, number="XW-4", valid_from=today)


def test_fees_are_agreed_once_for_each_kind_and_goods(cast):
    contract = make(cast)
    fee = {"contract": contract, "visit_kind": "repair", "by": cast.manager, "now": NOW}

    with acting_as(cast.manager):
        contracts.add_fee(base_fen=8000, **fee)
        contracts.add_fee(base_fen=5000, goods_type="electronics", **fee)
        twice = refusal(contracts.add_fee, base_fen=9000, **fee)
        unknown = refusal(contracts.add_fee, base_fen=9000, goods_type="moon_rock", **fee)
        too_much = refusal(contracts.add_fee, base_fen=9000, vain_permille=1001, **fee)

    assert (twice, unknown, too_much) == ("fee_exists", "unknown_choice", "out_of_range")
    with seeing_everything():
        assert list(contract.fee_lines.values_list("goods_type", "base_fen")) == [
            ("", 8000),
            ("electronics", 5000),
        ]


def test_a_fee_that_was_used_is_neither_joined_nor_taken_out(cast):
    contract = make_contract(cast.guangcheng, name="广城家电维修部", by=cast.manager)
    with seeing_everything():
        line = FeeLine.objects.get(contract=contract)
    more = {"contract": contract, "goods_type": "appliance", "base_fen": 1, "by": cast.manager, "now": NOW}
    offer(cast, make_visit(cast), contract)

    with acting_as(cast.manager):
        added = refusal(contracts.add_fee, visit_kind="repair", **more)
        removed = refusal(contracts.remove_fee, line=line, by=cast.manager, now=NOW)
        pickup = contracts.add_fee(visit_kind="pickup", **more)
        contracts.remove_fee(line=pickup, by=cast.manager, now=NOW)

    assert (added, removed) == ("fee_in_use", "fee_in_use")
    with seeing_everything():
        assert list(contract.fee_lines.all()) == [line]


def test_an_account_of_a_provider_is_opened_and_taken_back(cast):
    contract = make_contract(cast.guangcheng, name="广城家电维修部", by=cast.manager)

    with acting_as(cast.manager):
        opened = provider_desks.open_desk(
            provider=contract.provider,
            county=Region.objects.get(pk=XIUWEN),
            username="shifu",
            full_name="蒙师傅",
            by=cast.manager,
            now=NOW,
        )
        taken = refusal(
            provider_desks.open_desk,
            provider=contract.provider,
            county=Region.objects.get(pk=XIUWEN),
            username="Shifu",
            full_name="另一位",
            by=cast.manager,
            now=NOW,
        )
        provider_desks.close_desk(desk=opened.desk, reason="不再合作", by=cast.manager, now=NOW)
        twice = refusal(
            provider_desks.close_desk, desk=opened.desk, reason="不再合作", by=cast.manager, now=NOW
        )

    user = again(opened.desk).user
    assert opened.password
    assert (taken, twice) == ("username_taken", "already_closed")
    assert (user.is_active, user.has_perm("claims.use_provider_pages")) == (False, False)


def test_only_whoever_ranks_above_opens_an_account(cast):
    contract = make_contract(cast.guangcheng, name="广城家电维修部", by=cast.manager)
    given = {
        "provider": contract.provider,
        "county": Region.objects.get(pk=XIUWEN),
        "username": "shifu",
        "full_name": "蒙师傅",
        "now": NOW,
    }

    with acting_as(cast.technician):
        technician = refusal(provider_desks.open_desk, by=cast.technician, **given)
    with acting_as(cast.suining_manager):
        elsewhere = refusal(provider_desks.open_desk, by=cast.suining_manager, **given)

    assert (technician, elsewhere) == ("rank", "reach")
    with seeing_everything():
        assert not ProviderDesk.objects.exists()
