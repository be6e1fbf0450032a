from datetime import UTC, datetime

import pytest

from aftersales.lib.errors import Refused
from claims.services import order_rows
from claims.services.order_rows import OrderRow
from tests.factories import NOW

VALUES = {
    "order_number": "DD1",
    "station_code": "520123103204",
    "product": "刺梨（大果） 5 斤",
    "goods_type": "fresh_fruit",
    "quantity": "2",
    "unit": "box",
    "paid_yuan": "59.80",
    "freight_yuan": "6",
    "ordered_at": "2026-11-15 12:30",
    "signed_at": "2026-11-18",
    "merchant": "修文刺梨合作社",
    "consumer_name": "张桂英",
    "consumer_phone": "138 0000 1111",
    "sku": "CL-5",
    "batch": "2026-11",
    "lot": "L0815",
    "state": "已签收",
}


def read(station="", **changes):
    return order_rows.read(7, {**VALUES, **changes}, station=station, now=NOW)


def refusal(**changes):
    with pytest.raises(Refused) as refused:
        read(**changes)
    return refused.value.code, str(refused.value)


def test_a_row_is_read_whole():
    assert read() == OrderRow(
        line=7,
        station="520123103204",
        number="DD1",
        ordered_at=datetime(2026, 11, 15, 4, 30, tzinfo=UTC),
        signed_at=datetime(2026, 11, 17, 16, 0, tzinfo=UTC),
        freight_fen=600,
        parties={"merchant": "修文刺梨合作社", "platform": "", "logistics": ""},
        consumer=("张桂英", "13800001111"),
        goods={
            "product": "刺梨（大果） 5 斤",
            "goods_type": "fresh_fruit",
            "quantity_milli": 2000,
            "unit": "box",
            "paid_fen": 5980,
            "sku": "CL-5",
            "batch": "2026-11",
            "lot": "L0815",
        },
        state="signed",
    )


def test_what_is_not_needed_may_be_missing():
    row = order_rows.read(
        1,
        {
            "order_number": "1",
            "product": "刺梨",
            "quantity": "1",
            "paid_yuan": "1",
            "ordered_at": "2026-11-15",
        },
        station="12",
        now=NOW,
    )

    assert (row.station, row.signed_at, row.consumer) == ("12", None, ("", ""))
    assert (row.goods["goods_type"], row.goods["unit"], row.goods["sku"]) == ("fresh_fruit", "piece", "")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-15 12:30",
        "2026/11/15 12:30:00",
        "2026.11.15 12:30",
        "2026年11月15日 12:30",
        "2026-11-15T12:30:00+08:00",
        "2026-11-15T04:30:00Z",
        "2026-11-15 12:30:00.123",
        "２０２６-11-15 12:30",
    ],
)
def test_times_are_understood_as_people_write_them(text):
    assert read(ordered_at=text).ordered_at == datetime(2026, 11, 15, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["15.11.2026", "2026-02-30", "2026-11-15 25:00", "1999-01-01", "昨天"])
def test_what_is_no_time_is_refused(text):
    assert refusal(ordered_at=text) == ("not_a_time", "a time cannot be read")


@pytest.mark.parametrize(
    ("written", "unit"),
    [("件", "piece"), ("公斤", "kg"), ("斤", "jin"), ("盒", "box"), ("包", "bag"), ("", "piece")],
)
def test_units_are_understood_as_people_write_them(written, unit):
    assert read(unit=written).goods["unit"] == unit


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"order_number": ""}, ("number_missing", "the order number is missing or longer than 40 signs")),
        (
            {"order_number": "1" * 41},
            ("number_missing", "the order number is missing or longer than 40 signs"),
        ),
        ({"station_code": ""}, ("station_missing", "the station is missing")),
        ({"ordered_at": ""}, ("not_a_time", "the order date is missing")),
        ({"ordered_at": "2026-11-21"}, ("ordered_ahead", "The order date lies in the future.")),
        (
            {"signed_at": "2026-11-14"},
            ("signed_before_ordered", "The goods cannot have been signed for before they were ordered."),
        ),
        ({"product": " "}, ("product_missing", "Say what was bought.")),
        ({"product": "刺\x00梨"}, ("unprintable", "a value contains signs that cannot be printed")),
        (
            {"product": "thing", "goods_type": ""},
            ("no_goods_type", "the goods type is missing and the product's name does not say it"),
        ),
        ({"goods_type": "gold"}, ("unknown_choice", "Choose one of the values on offer.")),
        ({"unit": "ton"}, ("unknown_choice", "Choose one of the values on offer.")),
        ({"quantity": ""}, ("empty", "the quantity is missing")),
        ({"quantity": "-3"}, ("negative", "the quantity is negative")),
        ({"quantity": "1,000"}, ("not_a_number", "the quantity is not a plain number")),
        ({"quantity": "0"}, ("quantity_out_of_range", "The quantity must be more than zero.")),
        ({"quantity": "1.5"}, ("quantity_not_whole", "Count whole pieces only.")),
        ({"paid_yuan": "1.234"}, ("too_many_decimals", "the amount paid has too many decimals")),
        ({"paid_yuan": "9" * 20}, ("too_large", "the amount paid is too large")),
        ({"freight_yuan": "-1"}, ("negative", "the freight is negative")),
        ({"freight_yuan": "six"}, ("not_a_number", "the freight is not a plain number")),
        (
            {"paid_yuan": "0"},
            (
                "paid_out_of_range",
                "The amount paid must be more than zero: what cost nothing cannot be compensated.",
            ),
        ),
        ({"merchant": "商" * 121}, ("long_name", "the name of a firm is longer than 120 signs")),
        ({"consumer_name": ""}, ("name_missing", "a phone needs the consumer's name, of at most 40 signs")),
        (
            {"consumer_name": "张" * 41},
            ("name_missing", "a phone needs the consumer's name, of at most 40 signs"),
        ),
        ({"consumer_phone": "12345"}, ("phone_invalid", "the phone is no Chinese telephone number")),
        ({"sku": "1" * 41}, ("too_long", "Use at most 40 characters.")),
    ],
)
def test_a_row_that_cannot_be_an_order_is_refused_with_its_reason(change, expected):
    assert refusal(**change) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"order_number": "1" * 40},
        {"station_code": "", "station": "12"},
        {"ordered_at": "2026-11-20", "signed_at": ""},
        {"product": "刺梨", "goods_type": ""},
        {"quantity": "1.5", "unit": "kg"},
        {"quantity": "１２"},
        {"paid_yuan": "0.01"},
        {"merchant": "商" * 120},
        {"consumer_name": "", "consumer_phone": ""},
        {"consumer_phone": "0851-82321234"},
    ],
)
def test_a_row_that_just_can_be_is_read(change):
    assert read(**change).line == 7
