"""The pages of lists: choosing a file, what is refused at the door, deciding, correcting, who sees what."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from aftersales.imports import running
from aftersales.imports.models import ListImport
from claims.models import Order, Part
from claims.services.order_layout import LAYOUT
from claims.services.order_mapping import COLUMNS, NEEDED
from stations.models import Station, WorkCalendarDay
from tests.factories import NOW, seeing_everything
from tests.imports.test_running import VILLAGE, line, list_of

pytestmark = pytest.mark.django_db
KEY = "k" * 24


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def sent(client, kind: str, content: bytes, name="orders.csv", key=KEY, **fields):
    return client.post(
        f"/imports/{kind}/", {"form_key": key, "file": SimpleUploadedFile(name, content), **fields}
    )


def only() -> ListImport:
    with seeing_everything():
        return ListImport.objects.get()


def ran(row: ListImport) -> str:
    return running.run(row.pk, now=NOW)


def text(response) -> str:
    return response.content.decode()


def test_from_the_file_to_the_rows_with_a_correction_on_the_way(as_user, cast):
    client = as_user("officer")
    response = sent(client, "orders", list_of(line("A1"), line("A2", paid="four")))
    row = only()
    assert (response.status_code, response["Location"]) == (302, f"/imports/lists/{row.pk}/")
    assert 'http-equiv="refresh"' in text(client.get(response["Location"]))
    ran(row)
    page = text(client.get(f"/imports/lists/{row.pk}/"))
    assert "the amount paid is not a plain number" in page
    assert "周小梅" in page
    assert 'http-equiv="refresh"' not in page

    refused = client.post(f"/imports/lists/{row.pk}/confirm/")
    assert refused.status_code == 409
    corrections = b"".join(client.get(f"/imports/lists/{row.pk}/corrections/").streaming_content)
    fixed = corrections.replace(b"four", b"4.00")
    client.post(f"/imports/lists/{row.pk}/confirm/", {"keep_good": "on"})
    assert ran(row) == "done"
    sent(client, "orders", fixed, name="corrected.csv", key="c" * 24)
    with seeing_everything():
        again = ListImport.objects.latest("id")
    ran(again)
    client.post(f"/imports/lists/{again.pk}/confirm/")
    assert ran(again) == "done"

    with seeing_everything():
        assert sorted(Order.objects.values_list("number", flat=True)) == ["A1", "A2"]


def test_a_form_sent_twice_is_one_list(as_user, cast):
    client = as_user("officer")

    first, second = (sent(client, "orders", list_of(line("A1"))) for _each in range(2))

    assert first["Location"] == second["Location"] == f"/imports/lists/{only().pk}/"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("orders.pdf", b"%PDF", "Choose an XLSX or CSV file."),
        ("orders.csv", b"", "The file is empty."),
        ("orders.xlsx", b"order_number,", "The file is not what its name says"),
        ("orders.csv", b"PK\x03\x04", "The file is not what its name says"),
        ("orders.csv", b"a\0b", "The file is not what its name says"),
        ("orders.xlsx", b"\xd0\xcf\x11\xe0", "This is an old Excel file. Save it as XLSX."),
    ],
)
def test_what_is_no_list_is_refused_at_the_door(as_user, cast, name, content, said):
    response = sent(as_user("officer"), "orders", content, name=name)

    assert (response.status_code, said in text(response)) == (200, True)
    with seeing_everything():
        assert not ListImport.objects.exists()


def test_the_form_keeps_what_was_chosen(as_user, cast):
    client = as_user("officer")

    response = sent(client, "orders", b"", station="12x", mapping="uci_online_retail")

    assert "Enter digits only." in text(response)
    assert 'value="12x"' in text(response)
    assert '<option value="uci_online_retail" selected>' in text(response)
    assert client.post("/imports/orders/", {}).status_code == 200
    assert sent(client, "orders", b"x", mapping="../../etc").status_code == 200


def test_a_file_that_is_too_large_is_refused_before_it_is_read(as_user, cast):
    response = sent(as_user("platform"), "parts", b"x" * (4 * 1024 * 1024 + 1))

    assert "Divide it." in text(response)


@pytest.mark.parametrize("kind", ["orders", "stations", "calendar", "questions", "parts"])
def test_the_empty_list_has_notes_words_to_choose_and_goes_in_as_it_is_without_its_example(
    as_user, cast, kind
):
    user = {"orders": "officer", "stations": "manager"}.get(kind, "platform")
    client = as_user(user)

    content = b"".join(client.get(f"/imports/{kind}/template.xlsx").streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(content))
    data = book.worksheets[0]

    assert data.max_row == 2
    assert any(cell.comment for cell in data[1])
    assert {cell.number_format for cell in data[2]} == {"@"}
    assert book["words"].sheet_state == "hidden"
    assert data.data_validations.dataValidation
    assert sent(client, kind, content, name="list.xlsx").status_code == 302
    row = only()
    assert ran(row) == "checked"
    row = only()
    assert (row.new_rows, row.changed_rows, row.unchanged_rows) == (0, 0, 0)
    csv_list = b"".join(client.get(f"/imports/{kind}/template.csv").streaming_content)
    assert csv_list.startswith(b"\xef\xbb\xbf")


def test_words_of_the_drop_downs_are_understood_in_chinese(as_user, cast):
    given = {
        "order_number": "Z1",
        "station_code": VILLAGE,
        "product": "果子",
        "goods_type": "鲜果",
        "quantity": "5",
        "unit": "斤",
        "paid_yuan": "39.90",
        "ordered_at": "2026-11-15",
    }
    with translation.override("zh-hans"):
        heading = ",".join(str(column.title) for column in LAYOUT if column.name in given)
    sent(as_user("officer"), "orders", f"{heading}\n{','.join(given.values())}\n".encode())
    row = only()
    ran(row)

    row = only()
    with seeing_everything():
        assert [each.reason for each in row.refused.all()] == []
    assert row.new_rows == 1


def test_stations_days_and_parts_go_in_through_the_same_pages(as_user, cast):
    lists = {
        "stations": (
            "manager",
            "tier,name,region_code,parent_region_code,lon,lat\nvillage,新点,520123103204,,,\n",
        ),
        "calendar": ("platform", "date,is_workday\n2026-12-25,0\n"),
        "parts": (
            "platform",
            "code,name,appliance,fits,price_yuan,old_part_comes_back,guide\nTV-X,屏,television,,9,no,\n",
        ),
    }
    for kind, (user, content) in lists.items():
        client = as_user(user)
        sent(client, kind, content.encode(), name=f"{kind}.csv", key=kind * 4)
        with seeing_everything():
            row = ListImport.objects.latest("id")
        assert ran(row) == "checked"
        client.post(f"/imports/lists/{row.pk}/confirm/")
        assert ran(row) == "done", kind

    with seeing_everything():
        assert Station.objects.filter(name="新点").count() == 1
        assert WorkCalendarDay.objects.get(date="2026-12-25").is_workday is False
        assert Part.objects.filter(code="TV-X").count() == 1


def test_a_manager_enters_no_station_of_another_county(as_user, cast):
    content = "tier,name,region_code,parent_region_code,lon,lat\nvillage,远点,320324102217,,,\n".encode()
    sent(as_user("manager"), "stations", content)
    ran(only())

    row = only()
    with seeing_everything():
        assert [each.reason for each in row.refused.all()] == ["This place lies outside your own reach."]


def test_colleagues_see_the_numbers_but_no_rows_and_others_nothing(as_user, cast):
    sent(as_user("officer"), "orders", list_of(line("A1"), line("A2", paid="x")))
    row = only()
    ran(row)
    address = f"/imports/lists/{row.pk}/"

    page = text(as_user("manager").get(address))

    assert "orders.csv" in page
    assert "周小梅" not in page
    assert "not a plain number" not in page
    assert "orders.csv" in text(as_user("manager").get("/imports/?whose=all"))
    assert "orders.csv" not in text(as_user("manager").get("/imports/"))
    for step in ("confirm", "stop"):
        assert as_user("manager").post(f"{address}{step}/").status_code == 404
    assert as_user("manager").get(f"{address}corrections/").status_code == 404
    assert as_user("suining_manager").get(address).status_code == 404
    assert as_user("trainer").get(address).status_code == 404


def test_giving_up_removes_the_file_and_a_second_time_is_told(as_user, cast, tmp_path):
    client = as_user("officer")
    sent(client, "orders", list_of(line("A1")))
    row = only()

    client.post(f"/imports/lists/{row.pk}/stop/")

    assert (only().state, only().person_key) == ("stopped", "")
    assert [path for path in (tmp_path / "lists").iterdir() if path.is_file()] == []
    assert client.post(f"/imports/lists/{row.pk}/stop/").status_code == 409


def test_the_log_costs_the_same_for_one_list_and_many(as_user, cast):
    client = as_user("officer")
    with seeing_everything():
        client.get("/imports/")
        counts = []
        for number in (1, 20):
            ListImport.objects.bulk_create(
                ListImport(
                    kind="orders",
                    county_code="520123000000",
                    file_name=f"{number}-{each}.csv",
                    form="csv",
                    sha256="0" * 64,
                    byte_size=1,
                    state="stopped",
                    asked_by=cast.officer,
                    asked_at=NOW,
                    kept_until=NOW,
                )
                for each in range(number)
            )
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert client.get("/imports/").status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_layout_for_people_has_the_columns_that_the_reader_knows():
    assert tuple(column.name for column in LAYOUT) == COLUMNS
    assert {column.name for column in LAYOUT if column.is_needed} == set(NEEDED)
