from pathlib import Path

import pytest

from aftersales.lib.errors import Refused
from claims.services import order_mapping
from claims.services.order_mapping import MappingError

UCI = Path(__file__).parents[3] / "demo/mappings/uci_online_retail.toml"
ROW = {
    "invoiceno": "536365",
    "stockcode": "85123A",
    "description": "WHITE HANGING HEART T-LIGHT HOLDER",
    "quantity": "6",
    "invoicedate": "2010-12-01 08:26:00",
    "unitprice": "2.55",
}
LEAST = {
    "columns": {"order_number": "No", "product": "What", "quantity": "N", "ordered_at": "When"},
    "constants": {"paid_yuan": "1"},
}


def test_the_mapping_of_the_demo_reads_an_invoice():
    mapping = order_mapping.load(UCI)

    assert mapping.apply(ROW) == {
        "order_number": "536365",
        "sku": "85123A",
        "product": "WHITE HANGING HEART T-LIGHT HOLDER",
        "quantity": "6",
        "ordered_at": "2010-12-01T08:26:00+00:00",
        "paid_yuan": "15.3",
        "goods_type": "daily_goods",
        "unit": "piece",
        "merchant": "Online Retail",
    }
    assert set(mapping.needed) == set(ROW)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"invoiceno": "C536379"}, "the order was cancelled"),
        ({"stockcode": "POST"}, "postage, a fee or a discount, no goods"),
        ({"stockcode": "m"}, "postage, a fee or a discount, no goods"),
        ({"unitprice": "1e3"}, "a number cannot be read"),
        ({"quantity": ""}, "a number cannot be read"),
        ({"invoicedate": "01.12.2010"}, "a time cannot be read"),
    ],
)
def test_rows_that_are_no_orders_are_refused(change, reason):
    with pytest.raises(Refused) as refused:
        order_mapping.load(UCI).apply({**ROW, **change})

    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"stockcode": "POSTER 12"}, "sku", "POSTER 12"),
        ({"unitprice": "0", "quantity": "24"}, "paid_yuan", "0"),
        ({"unitprice": "0.1", "quantity": "3"}, "paid_yuan", "0.3"),
        ({"unitprice": "2.5", "quantity": "-4"}, "paid_yuan", "-10"),
        ({"unitprice": "10", "quantity": "10"}, "paid_yuan", "100"),
        ({"invoicedate": "2010-07-01 08:26:00"}, "ordered_at", "2010-07-01T07:26:00+00:00"),
    ],
)
def test_values_are_taken_over_exactly(change, column, value):
    assert order_mapping.load(UCI).apply({**ROW, **change})[column] == value


def test_words_are_translated_and_unknown_ones_kept():
    mapping = order_mapping.read(
        {
            **LEAST,
            "columns": {**LEAST["columns"], "unit": "Unit"},
            "values": {"unit": {"kilo": "kg"}, "sku": {"a": "b"}},
        }
    )
    row = {"no": "1", "what": "梨", "n": "2", "when": "2026-11-01"}

    assert mapping.apply({**row, "unit": "kilo"})["unit"] == "kg"
    assert mapping.apply({**row, "unit": "crate"}) == {
        "order_number": "1",
        "product": "梨",
        "quantity": "2",
        "ordered_at": "2026-11-01",
        "paid_yuan": "1",
        "unit": "crate",
    }


def test_a_time_without_a_zone_stays_without_one():
    mapping = order_mapping.read({**LEAST, "times": {"formats": ["%Y%m%d", "%d.%m.%Y %H:%M"]}})
    row = {"no": "1", "what": "梨", "n": "2"}

    assert mapping.apply({**row, "when": "20261101"})["ordered_at"] == "2026-11-01T00:00:00"
    assert mapping.apply({**row, "when": "01.11.2026 10:30"})["ordered_at"] == "2026-11-01T10:30:00"
    assert mapping.apply({**row, "when": ""})["ordered_at"] == ""


@pytest.mark.parametrize(
    ("described", "complaint"),
    [
        ({**LEAST, "colums": {}}, "unknown section colums"),
        ({**LEAST, "columns": []}, "columns is not a table"),
        ({**LEAST, "constants": {"paid_yuan": 1}}, "constants holds something else than text"),
        ({**LEAST, "constants": {"paid_yuan": "1", "colour": "red"}}, "unknown column colour"),
        ({**LEAST, "multiply": {"paid_yuan": ["a", "b"]}}, "paid_yuan is described twice"),
        ({"columns": LEAST["columns"]}, "paid_yuan is not described"),
        (
            {"columns": LEAST["columns"], "multiply": {"paid_yuan": ["a"]}},
            "multiply.paid_yuan needs the names of two columns",
        ),
        ({**LEAST, "times": {"zone": "Europe/Atlantis"}}, "times.zone 'Europe/Atlantis' is not a time zone"),
        ({**LEAST, "times": {"zone": 8}}, "times.zone 8 is not a time zone"),
        ({**LEAST, "refuse": [{"column": "No"}]}, "each refuse needs column, pattern and reason"),
        (
            {**LEAST, "refuse": [{"column": "No", "pattern": "(", "reason": "x"}]},
            "refuse: missing ), unterminated subpattern at position 0",
        ),
        ({**LEAST, "values": {"unit": "kg"}}, "unit is not a table"),
    ],
)
def test_a_mapping_that_describes_no_layout_says_why(described, complaint):
    with pytest.raises(MappingError) as error:
        order_mapping.read(described)

    assert str(error.value) == complaint
    assert order_mapping.read(LEAST).needed == ("No".casefold(), "what", "n", "when")


def test_a_file_that_is_no_toml_is_a_mapping_error(tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_bytes(b"[columns\n")
    with pytest.raises(MappingError):
        order_mapping.load(path)
    path.write_bytes("列 = 1".encode("gb18030"))
    with pytest.raises(MappingError):
        order_mapping.load(path)
