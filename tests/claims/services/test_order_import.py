import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from aftersales.audit.models import AuditEvent
from claims.models import Consumer, Order, OrderLine
from claims.services import order_batches, order_import
from claims.services.order_mapping import COLUMNS
from stations.models import Party, Station
from tests.claims.services.test_order_mapping import UCI
from tests.factories import NOW, make_claim, make_station, seeing_everything

HEADING = list(COLUMNS)


def row(number, product="刺梨", **changes):
    values = {
        "order_number": number,
        "station_code": "520123103204",
        "product": product,
        "goods_type": "fresh_fruit",
        "quantity": "2",
        "unit": "box",
        "paid_yuan": "59.80",
        "ordered_at": "2026-11-15 12:30",
        **changes,
    }
    return [values.get(name, "") for name in HEADING]


@pytest.fixture
def command(tmp_path, monkeypatch):
    """Runs the command over rows; gives the last line, the refused rows and the exit status."""
    monkeypatch.setattr("claims.management.commands.import_orders.timezone.now", lambda: NOW)

    def run(rows, *options, name="orders.csv"):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEADING, *rows])
        return run_file(path, *options)

    return run


def run_file(path, *options):
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command("import_orders", str(path), *options, stdout=out, stderr=err)
    except SystemExit as ended:
        status = ended.code
    refused = [line.removeprefix(f"{path}:") for line in err.getvalue().splitlines()]
    return out.getvalue().splitlines()[-1], refused, status


def lines():
    with seeing_everything():
        return [
            (line.order.number, line.product, line.quantity_milli, line.paid_fen, line.batch)
            for line in OrderLine.objects.select_related("order").order_by("id")
        ]


def test_orders_go_in_with_lines_firms_and_consumers(cast, command):
    result = command(
        [
            row(
                "A1",
                merchant="修文刺梨合作社",
                consumer_name="张桂英",
                consumer_phone="13800001111",
                sku="CL",
            ),
            row("A1", "猕猴桃", paid_yuan="30"),
            row("A2", merchant="修文刺梨合作社", signed_at="2026-11-18"),
        ]
    )

    assert result == ("imported 3, updated 0, unchanged 0, refused 0", [], 0)
    assert lines() == [
        ("A1", "刺梨", 2000, 5980, ""),
        ("A1", "猕猴桃", 2000, 3000, ""),
        ("A2", "刺梨", 2000, 5980, ""),
    ]
    with seeing_everything():
        first, second = Order.objects.order_by("id")
        consumer = Consumer.objects.get()
        merchant = Party.objects.get(name="修文刺梨合作社")
        event = AuditEvent.objects.get(verb="order.imported")
    assert (first.station_id, first.county_code, first.source) == (
        cast.guangcheng.pk,
        "520123000000",
        "import",
    )
    assert (first.consumer_id, second.consumer_id) == (consumer.pk, None)
    assert consumer.name_masked == "张**"
    assert (first.merchant_id, second.merchant_id, merchant.kind) == (merchant.pk, merchant.pk, "merchant")
    assert (first.signed_at, second.signed_at.isoformat()) == (None, "2026-11-17T16:00:00+00:00")
    assert (event.actor_name, event.station_id, event.after) == (
        "System",
        cast.guangcheng.pk,
        {"file": "orders.csv", "imported": 3, "months": ["2026-11"]},
    )


def test_importing_again_changes_nothing(cast, command):
    rows = [
        row("A1", consumer_name="张桂英", consumer_phone="13800001111", merchant="合作社"),
        row("A1", "猕猴桃"),
    ]
    command(rows)
    with seeing_everything():
        before = AuditEvent.objects.exclude(verb="scope.opened").count()

    assert command(rows) == ("imported 0, updated 0, unchanged 2, refused 0", [], 0)
    assert command(rows[:1])[0] == "imported 0, updated 0, unchanged 1, refused 0"
    assert len(lines()) == 2
    with seeing_everything():
        assert AuditEvent.objects.exclude(verb="scope.opened").count() == before


def test_an_article_that_stands_twice_in_an_order_stays_two_lines(cast, command):
    twice = [row("A1", sku="CL"), row("A1", sku="CL"), row("A1", sku="CL", quantity="3")]

    assert command(twice)[0] == "imported 3, updated 0, unchanged 0, refused 0"
    assert command(twice[::-1])[0] == "imported 0, updated 0, unchanged 3, refused 0"
    assert command([*twice, twice[0]])[0] == "imported 1, updated 0, unchanged 3, refused 0"
    assert [quantity for _, _, quantity, _, _ in lines()] == [2000, 2000, 3000, 2000]


def test_what_a_line_says_otherwise_is_taken_over(cast, command):
    command([row("A1", sku="CL", batch="1"), row("A1", sku="CL", batch="2"), row("A1", "猕猴桃")])

    result = command(
        [
            row("A1", "大刺梨", sku="CL", batch="1", paid_yuan="61"),
            row("A1", sku="CL", batch="2"),
            row("A1", "猕猴桃", quantity="5"),
        ]
    )

    assert result == ("imported 0, updated 2, unchanged 1, refused 0", [], 0)
    assert lines() == [
        ("A1", "大刺梨", 2000, 6100, "1"),
        ("A1", "刺梨", 2000, 5980, "2"),
        ("A1", "猕猴桃", 5000, 5980, ""),
    ]
    with seeing_everything():
        events = AuditEvent.objects.filter(verb="order.line_changed").order_by("id")
        assert [(event.before, event.after) for event in events] == [
            ({"product": "刺梨", "paid_fen": 5980}, {"product": "大刺梨", "paid_fen": 6100}),
            ({"quantity_milli": 2000}, {"quantity_milli": 5000}),
        ]


def test_what_an_order_says_otherwise_is_taken_over_but_never_emptied(cast, command):
    command([row("A1", merchant="甲社"), row("A1", "猕猴桃"), row("A2")])

    assert command([row("A1", merchant="乙社", signed_at="2026-11-18"), row("A1", "猕猴桃"), row("A2")])[
        0
    ] == ("imported 0, updated 2, unchanged 1, refused 0")
    assert command([row("A1"), row("A1", "猕猴桃")])[0] == "imported 0, updated 0, unchanged 2, refused 0"
    with seeing_everything():
        order = Order.objects.select_related("merchant").get(number="A1")
        (event,) = AuditEvent.objects.filter(verb="order.changed")
    assert (order.merchant.name, order.signed_at.isoformat()) == ("乙社", "2026-11-17T16:00:00+00:00")
    assert sorted(event.after) == ["merchant_id", "signed_at", "state"]


def test_what_a_claim_rests_on_stays_as_it_is(cast, command):
    command([row("A1", sku="1", merchant="甲社"), row("A1", sku="2"), row("A1", sku="3")])
    with seeing_everything():
        claimed, granted, _free = OrderLine.objects.order_by("id")
        OrderLine.objects.filter(pk=granted.pk).update(granted_fen=1)
    make_claim(cast.guangcheng, filed_by=cast.agent, line=claimed, status="withdrawn")
    dearer = [row("A1", sku=sku, paid_yuan="70") for sku in "123"]

    assert command(dearer) == (
        "imported 0, updated 1, unchanged 0, refused 2",
        [
            "2: a claim rests on this order line, which therefore stays as it is",
            "3: a claim rests on this order line, which therefore stays as it is",
        ],
        1,
    )
    assert command([row("A1", sku="1", merchant="乙社")])[1] == [
        "2: a claim rests on this order, which therefore stays as it is"
    ]
    assert command([row("A1", sku="1", signed_at="2026-11-18")])[0] == (
        "imported 0, updated 1, unchanged 0, refused 0"
    )
    assert [paid for _, _, _, paid, _ in lines()] == [5980, 5980, 7000]


def test_a_typed_order_stays_as_it_is(cast, command):
    command([row("A1")])
    with seeing_everything():
        Order.objects.update(source="typed")

    assert command([row("A1"), row("A1", "猕猴桃"), row("A2")]) == (
        "imported 1, updated 0, unchanged 0, refused 2",
        [
            "2: this order was typed in at the station and stays as it is",
            "3: this order was typed in at the station and stays as it is",
        ],
        1,
    )


def test_rows_of_one_order_stand_together(cast, command, monkeypatch):
    rows = [row("A1"), row("A2"), row("A1", "猕猴桃")]
    reason = "4: the rows of this order do not stand together"

    assert command(rows)[1] == [reason]
    assert len(lines()) == 2
    # The same when the second part is in another batch, or names its station otherwise.
    monkeypatch.setattr(order_import, "BATCH_ROWS", 1)
    assert command(rows)[1] == [reason]
    monkeypatch.setattr(order_import, "BATCH_ROWS", 500)
    by_id = row("A1", "猕猴桃", station_code=str(cast.guangcheng.pk))
    assert command([row("A1"), row("A2"), by_id])[1] == [reason]


def test_batches_are_whole_orders(cast, command, monkeypatch):
    monkeypatch.setattr(order_import, "BATCH_ROWS", 2)
    rows = [row(f"A{number}", f"刺梨 {part}") for number in range(3) for part in range(3)]

    assert command(rows)[0] == "imported 9, updated 0, unchanged 0, refused 0"
    assert command(rows)[0] == "imported 0, updated 0, unchanged 9, refused 0"
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="order.imported").count() == 3


def test_the_station_is_named_by_code_by_id_or_by_option(cast, command):
    with seeing_everything():
        Station.objects.filter(pk=cast.fangmaping.pk).update(state="closed")
    make_station("village", "520123103201", name="六广村第二服务点")

    result = command(
        [
            row("A1", station_code="520123103204"),
            row("A2", station_code=str(cast.chenlou.pk)),
            row("A3", station_code=""),
            row("B1", station_code="520123001208"),  # closed
            row("B2", station_code="520123103201"),  # two of them
            row("B3", station_code="520123103999"),
            row("B4", station_code="99999999"),
            row("B5", station_code="广城村"),
        ],
        "--station",
        str(cast.liuguang.pk),
    )

    assert result == (
        "imported 3, updated 0, unchanged 0, refused 5",
        [
            "5: there is no station 520123001208",
            "6: there are several stations in 520123103201; name one by its id",
            "7: there is no station 520123103999",
            "8: there is no station 99999999",
            "9: the station is neither a 12-digit code nor an id",
        ],
        1,
    )
    with seeing_everything():
        assert list(Order.objects.order_by("number").values_list("station", flat=True)) == [
            cast.guangcheng.pk,
            cast.chenlou.pk,
            cast.liuguang.pk,
        ]
        assert Order.objects.get(number="A2").county_code == "320324000000"


def test_refused_rows_are_named_and_the_good_ones_go_in(cast, command):
    result = command([row("A1"), row("A2", quantity="0"), [*row("A3"), "beyond"], row("A4")])

    assert result == (
        "imported 2, updated 0, unchanged 0, refused 2",
        ["3: The quantity must be more than zero.", "4: the line has more cells than the heading"],
        1,
    )


def test_an_order_that_somebody_enters_meanwhile_is_found_on_the_second_look(cast, command, monkeypatch):
    look, looks = order_batches._Batch._known_orders, []

    def too_early(batch):
        looks.append(look(batch))
        return looks[-1] if len(looks) > 1 else {}

    command([row("A1")])
    monkeypatch.setattr(order_batches._Batch, "_known_orders", too_early)

    assert command(
        [row("A1"), row("A2", consumer_name="张桂英", consumer_phone="13800001111", merchant="甲社")]
    ) == (
        "imported 1, updated 0, unchanged 1, refused 0",
        [],
        0,
    )
    with seeing_everything():
        order = Order.objects.select_related("consumer", "merchant").get(number="A2")
    assert (order.consumer.phone_masked, order.merchant.name) == ("138****1111", "甲社")


def test_spreadsheets_go_in_like_lists(cast, tmp_path):
    workbook = Workbook()
    for cells in [HEADING, row("A1"), row("A2", paid_yuan="=1+1"), row("A3", quantity=3, paid_yuan=2.55)]:
        workbook.active.append(cells)
    path = tmp_path / "orders.XLSX"
    workbook.save(path)

    assert run_file(path) == (
        "imported 2, updated 0, unchanged 0, refused 1",
        ["3: a cell holds a formula; save the list with values only"],
        1,
    )
    assert lines() == [("A1", "刺梨", 2000, 5980, ""), ("A3", "刺梨", 3000, 255, "")]


def test_a_file_that_is_no_list_is_one_refusal(cast, tmp_path):
    text, sheet = tmp_path / "orders.csv", tmp_path / "orders.xlsx"
    text.write_text("number,product\n1,2\n", encoding="utf-8")
    sheet.write_bytes(b"order_number,product")

    assert run_file(text) == (
        "imported 0, updated 0, unchanged 0, refused 1",
        ["1: the heading must name the columns Order number, Product, Quantity, Paid (yuan), Ordered at"],
        1,
    )
    assert run_file(sheet)[1] == ["1: the file is damaged or is no XLSX file"]


def test_another_layout_goes_in_by_its_mapping(cast, tmp_path):
    path = tmp_path / "invoices.csv"
    path.write_text(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        '536365,85123A,"HOLDER, ""WHITE""",6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n'
        "536365,71053,METAL LANTERN,6,2010-12-01 08:26:00,3.39,,United Kingdom\n"
        "C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527,United Kingdom\n"
        "536414,22139,,56,2010-12-01 11:52:00,0,,United Kingdom\n"
        "536415,22139,RETRO SPOT,-56,2010-12-01 11:52:00,0.10,,United Kingdom\n"
        "536416,22139,RETRO SPOT,5,2010-12-01 11:52:00,0.00,,United Kingdom\n",
        encoding="utf-8",
    )

    assert run_file(path, "--mapping", str(UCI), "--station", "520123103204") == (
        "imported 2, updated 0, unchanged 0, refused 4",
        [
            "4: the order was cancelled",
            "5: Say what was bought.",
            "6: the quantity is negative",
            "7: The amount paid must be more than zero: what cost nothing cannot be compensated.",
        ],
        1,
    )
    assert lines() == [
        ("536365", 'HOLDER, "WHITE"', 6000, 1530, ""),
        ("536365", "METAL LANTERN", 6000, 2034, ""),
    ]


def test_the_command_says_what_is_wrong_with_its_files(cast, tmp_path):
    path, mapping = tmp_path / "orders.csv", tmp_path / "mapping.toml"
    path.touch()
    mapping.write_text("[columns]\ncolour = 'x'\n", encoding="utf-8")

    for given in (
        ["missing.csv"],
        [str(path), "--mapping", "missing.toml"],
        [str(path), "--mapping", str(mapping)],
    ):
        with pytest.raises(CommandError):
            call_command("import_orders", *given)
