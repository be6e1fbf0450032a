"""Lists of orders from the upload to the rows: looked at, agreed to, brought in, killed, corrected."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import translation
from django_q.models import OrmQ

from aftersales.audit.models import AuditEvent
from aftersales.imports import asking, corrections, files, running
from aftersales.imports.kinds import KINDS
from aftersales.imports.models import ListImport, RefusedRow
from aftersales.lib.errors import Refused
from claims.models import Consumer, Order, OrderLine
from claims.services import order_import, order_rows
from stations.models import Grant
from tests.factories import NOW, acting_as, make_claim, make_line, seeing_everything

pytestmark = pytest.mark.django_db
HEADING = (
    "order_number,station_code,product,goods_type,quantity,unit,paid_yuan,ordered_at,"
    "consumer_name,consumer_phone"
)
VILLAGE = "520123103204"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def line(number: str, *, paid="39.90", station=VILLAGE) -> str:
    return f"{number},{station},红富士苹果,fresh_fruit,5,jin,{paid},2026-11-15,周小梅,13885012345"


def list_of(*lines: str) -> bytes:
    return "\n".join([HEADING, *lines, ""]).encode()


def uploaded(by, content: bytes, *, kind="orders", name="十一月订单.csv", **options) -> ListImport:
    with acting_as(by), translation.override("en"):
        return asking.ask(
            kind=KINDS[kind],
            content=content,
            file_name=name,
            form=name.rpartition(".")[2],
            options=options,
            by=by,
            now=NOW,
        )


def fresh(row: ListImport) -> ListImport:
    with seeing_everything():
        return ListImport.objects.select_related("asked_by").get(pk=row.pk)


def looked_at(by, content: bytes, **named) -> ListImport:
    row = uploaded(by, content, **named)
    assert running.run(row.pk, now=NOW) == "checked"
    return fresh(row)


def agreed(row: ListImport, *, keep_good=False) -> ListImport:
    with acting_as(row.asked_by):
        return asking.confirm(row=row, keep_good=keep_good, by=row.asked_by, now=NOW)


def numbers(row: ListImport) -> tuple[int, int, int, int]:
    return row.new_rows, row.changed_rows, row.unchanged_rows, row.refused_rows


def order_numbers() -> list[str]:
    with seeing_everything():
        return sorted(Order.objects.values_list("number", flat=True))


def reasons(row: ListImport) -> list[tuple[int, str]]:
    with seeing_everything():
        return list(RefusedRow.objects.filter(list_import=row).values_list("line", "reason"))


def code_of(call, *args, **named) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **named)
    return refused.value.code


def test_a_look_keeps_nothing_and_says_what_would_become_of_the_rows(cast):
    row = looked_at(cast.officer, list_of(line("A1"), line("A2"), line("A3", paid="free")))

    assert numbers(row) == (2, 0, 0, 1)
    assert reasons(row) == [(4, "the amount paid is not a plain number")]
    with seeing_everything():
        assert (Order.objects.count(), Consumer.objects.count()) == (0, 0)


def test_what_was_agreed_to_goes_in_and_is_told(cast):
    row = looked_at(cast.officer, list_of(line("A1"), line("A2")))

    agreed(row)
    assert running.run(row.pk, now=NOW) == "done"

    row = fresh(row)
    assert (row.state, numbers(row), row.foreseen["new"]) == ("done", (2, 0, 0, 0), 2)
    assert order_numbers() == ["A1", "A2"]
    with seeing_everything():
        told = AuditEvent.objects.filter(object_type="imports.listimport", object_id=str(row.pk))
        assert list(told.order_by("id").values_list("verb", "county_code")) == [
            (f"list.{verb}", "520123000000") for verb in ("uploaded", "looked_at", "confirmed", "entered")
        ]
        assert Order.objects.filter(created_by=cast.officer, created_at=NOW).count() == 2


def test_rows_with_mistakes_stop_all_unless_the_good_ones_are_wanted(cast):
    row = looked_at(cast.officer, list_of(line("A1"), line("A2", paid="-")))

    assert code_of(agreed, row) == "rows_refused"
    agreed(row, keep_good=True)
    assert running.run(row.pk, now=NOW) == "done"

    assert (order_numbers(), numbers(fresh(row))) == (["A1"], (1, 0, 0, 1))
    assert [line for line, _reason in reasons(row)] == [3]


def test_rows_that_turn_bad_after_the_look_stop_all(cast):
    row = looked_at(cast.officer, list_of(line("A1"), line("A2")))
    with seeing_everything():
        Order.objects.create(
            station=cast.guangcheng,
            county_code=cast.guangcheng.county_code,
            number="A2",
            source="typed",
            ordered_at=NOW,
            created_at=NOW,
            changed_at=NOW,
        )
    agreed(row)

    assert running.run(row.pk, now=NOW) == "failed"
    row = fresh(row)
    assert row.problem.startswith("There are rows with mistakes by now")
    assert order_numbers() == ["A2"]


def test_a_list_reaches_no_further_than_who_uploaded_it(cast):
    row = looked_at(cast.officer, list_of(line("A1"), line("B1", station="320324102217")))

    assert reasons(row) == [(3, "there is no station 320324102217")]


def test_who_lost_the_right_brings_nothing_in(cast):
    row = looked_at(cast.officer, list_of(line("A1")))
    agreed(row)
    with seeing_everything():
        Grant.objects.filter(user=cast.officer).update(withdrawn_at=NOW - timedelta(hours=1))

    assert running.run(row.pk, now=NOW) == "failed"
    assert order_numbers() == []


def test_slices_go_on_where_the_last_one_ended(cast, monkeypatch):
    monkeypatch.setattr(order_import, "BATCH_ROWS", 2)
    content = list_of(*(line(f"A{number}", paid="x" if number == 5 else "9.90") for number in range(1, 8)))
    monkeypatch.setattr(running, "SLICE_SECONDS", -1)
    row = uploaded(cast.officer, content)
    states = [running.run(row.pk, now=NOW) for _each in range(4)]
    row = fresh(row)

    assert states == ["checking", "checking", "checking", "checked"]
    assert (numbers(row), row.slice) == ((6, 0, 0, 1), 3)
    assert [line for line, _reason in reasons(row)] == [6]
    agreed(row, keep_good=True)
    states = [running.run(row.pk, now=NOW) for _each in range(4)]
    assert states == ["entering", "entering", "entering", "done"]
    assert numbers(fresh(row)) == (6, 0, 0, 1)
    assert len(order_numbers()) == 6
    assert OrmQ.objects.count() == 8


def test_a_killed_run_leaves_whole_batches_and_the_next_one_counts_each_row_once(cast, monkeypatch):
    monkeypatch.setattr(order_import, "BATCH_ROWS", 2)
    row = looked_at(cast.officer, list_of(*(line(f"A{number}") for number in range(1, 7))))
    agreed(row, keep_good=True)
    written = order_import.write
    calls = []

    def killed(*args, **named):
        calls.append(1)
        result = written(*args, **named)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(order_import, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        running.run(row.pk, now=NOW)
    assert (order_numbers(), numbers(fresh(row))) == (["A1", "A2"], (2, 0, 0, 0))
    monkeypatch.setattr(order_import, "write", written)

    assert running.run(row.pk, now=NOW) == "done"
    assert numbers(fresh(row)) == (6, 0, 0, 0)
    with seeing_everything():
        assert OrderLine.objects.count() == 6


def test_a_run_that_was_overtaken_writes_nothing(cast, monkeypatch):
    row = looked_at(cast.officer, list_of(line("A1")))
    agreed(row, keep_good=True)
    read = order_rows.read

    def given_up(*args, **named):
        with acting_as(cast.officer):
            asking.stop(row=fresh(row), by=cast.officer, now=NOW)
        return read(*args, **named)

    monkeypatch.setattr(order_rows, "read", given_up)

    assert running.run(row.pk, now=NOW) == "stopped"
    assert (order_numbers(), fresh(row).state) == ([], "stopped")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_refused_rows_come_back_with_reasons_and_go_in_corrected(cast, form):
    content = list_of(line("A1"), line("A2", paid="four"), line("A3", station="987654"))
    name = f"orders.{form}"
    if form == "xlsx":
        content = workbook(content)
    row = looked_at(cast.officer, content, name=name)

    with acting_as(cast.officer), translation.override("en"):
        written = corrections.write(row=row, by=cast.officer, now=NOW)
    rows = cells(written)

    assert rows[0][-2:] == ["Line in the uploaded list", "Reason for refusing the row"]
    assert [(each[0], each[-2], each[-1]) for each in rows[1:]] == [
        ("A2", "3", "the amount paid is not a plain number"),
        ("A3", "4", "there is no station 987654"),
    ]
    fixed = [[cell.replace("four", "4.00") for cell in each] for each in rows]
    fixed[2][1] = VILLAGE
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(fixed)
    again = looked_at(cast.officer, text.getvalue().encode(), name="corrected.csv")
    assert (numbers(again), reasons(again)) == ((2, 0, 0, 0), [])


def workbook(content: bytes) -> bytes:
    book = openpyxl.Workbook()
    for each in csv.reader(io.StringIO(content.decode())):
        book.active.append(each)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cells(written) -> list[list[str]]:
    content = written.file.read()
    if written.file_name.endswith(".csv"):
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    rows = openpyxl.load_workbook(io.BytesIO(content))["Data"].iter_rows(values_only=True)
    return [["" if cell is None else str(cell) for cell in each] for each in rows]


def test_the_file_lies_sealed_and_goes_after_seven_days_with_all_that_names_somebody(cast):
    content = list_of(line("A1"), line("A2", paid="x"))
    row = looked_at(cast.officer, content)
    (kept,) = [path for path in files.folder().iterdir() if path.is_file()]
    assert "周小梅".encode() not in kept.read_bytes()
    assert "周小梅" not in row.sample_sealed
    assert list((files.folder() / "open").iterdir()) == []

    assert running.sweep(now=NOW + timedelta(days=6, hours=23)) == 0
    assert running.sweep(now=NOW + timedelta(days=7)) == 1

    row = fresh(row)
    assert (row.state, row.person_key, row.kept_name, row.sample_sealed) == ("stopped", "", "", "")
    assert (reasons(row), numbers(row)) == ([], (1, 0, 0, 1))
    assert not kept.exists()
    assert code_of(agreed, row) == "import_gone"


def test_taking_back_removes_what_nothing_rests_on_and_keeps_the_rest(cast):
    row = looked_at(cast.officer, list_of(line("A1"), line("A2"), line("A3")))
    agreed(row)
    running.run(row.pk, now=NOW)
    with seeing_everything():
        claimed = OrderLine.objects.get(order__number="A2")
        Order.objects.filter(number="A3").update(changed_at=NOW + timedelta(hours=1))
    make_claim(cast.guangcheng, line=claimed, filed_by=cast.agent)
    make_line(cast.guangcheng, number="B1")

    with acting_as(cast.officer):
        result = asking.take_back(row=fresh(row), by=cast.officer, now=NOW)

    assert (result, fresh(row).state) == ({"removed": 1, "kept": 2}, "undone")
    assert order_numbers() == ["A2", "A3", "B1"]
    with acting_as(cast.officer):
        again = code_of(asking.take_back, row=fresh(row), by=cast.officer, now=NOW)
    assert again == "import_not_done"
    with seeing_everything():
        told = AuditEvent.objects.get(verb="order.taken_back")
    assert (told.station_id, told.after) == (cast.guangcheng.pk, {"orders": 1})


def test_other_kinds_say_why_they_are_not_taken_back(cast):
    content = "code,name,appliance,fits,price_yuan,old_part_comes_back,guide\nTV-X,屏,television,,9,no,\n"
    row = looked_at(cast.platform, content.encode(), kind="parts", name="parts.csv")
    agreed(row)
    assert running.run(row.pk, now=NOW) == "done"

    with acting_as(cast.platform):
        assert code_of(asking.take_back, row=fresh(row), by=cast.platform, now=NOW) == "cannot_take_back"


def test_three_lists_at_most_wait_at_a_time(cast):
    for _each in range(3):
        uploaded(cast.officer, list_of(line("A1")))

    assert code_of(uploaded, cast.officer, list_of(line("A1"))) == "imports_open"
    uploaded(cast.manager, list_of(line("A1")))


def test_what_cannot_be_read_is_refused_as_a_whole(cast):
    row = looked_at(cast.officer, b"PK\x03\x04 nothing", name="broken.xlsx")

    assert reasons(row) == [(1, "the file is damaged or is no XLSX file")]
    assert code_of(agreed, row, keep_good=True) == "nothing_to_do"
