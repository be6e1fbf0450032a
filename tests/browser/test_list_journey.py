"""A list of orders with mistakes: wrong file, look, good rows in, error file corrected, the rest in."""

import csv
import io

import pytest
from django.utils import timezone

from aftersales.imports import running
from aftersales.imports.models import ListImport
from claims.models import Order
from tests.browser.chromium import DESK, PHONE
from tests.browser.steps import sign_in
from tests.cast import make_cast
from tests.factories import seeing_everything

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
]

HEADING = "order_number,station_code,product,goods_type,quantity,unit,paid_yuan,ordered_at"
GOOD = "A1,520123103204,红富士苹果,鲜果,5,斤,39.90,2026-11-15"
WRONG = "A2,520123103204,红富士苹果,鲜果,5,斤,四元,2026-11-15"


@pytest.fixture
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def work_goes_on() -> None:
    """What the task cluster would do with the last list."""
    with seeing_everything():
        row = ListImport.objects.latest("id")
    running.run(row.pk, now=timezone.now())


def upload(page, path) -> None:
    page.goto("/imports/orders/")
    page.set_input_files("[name=file]", path)
    page.locator("form button.btn.main").click()


def agree(page, *, asks: bool) -> None:
    """Press the button that brings rows in, and the one of the question that may come first."""
    with page.expect_navigation():
        page.locator("form[action$='/confirm/'] button").click()
        if asks:
            page.locator("dialog[open] button.main").click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_wrong_list_is_corrected_until_all_is_in(transactional_db, open_context, folder, script):
    make_cast()
    page = open_context(
        PHONE if script else DESK, java_script_enabled=script, accept_downloads=True
    ).new_page()
    sign_in(page, "officer")
    picture, orders = folder / "photo.jpg", folder / "订单.csv"
    picture.write_bytes(b"\xff\xd8\xff")
    orders.write_text(f"{HEADING}\n{GOOD}\n{WRONG}\n", encoding="utf-8-sig")

    upload(page, picture)
    page.wait_for_selector(".error, .errorlist, [role=alert]")
    upload(page, orders)
    page.wait_for_url("**/imports/lists/*/")
    work_goes_on()
    page.goto(page.url)
    assert "四元" in page.inner_text("main")
    with page.expect_download() as download:
        page.locator("a[href$='/corrections/']").click()
    agree(page, asks=script)
    work_goes_on()
    corrected = folder / "更正.csv"
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["A2"]
    corrected.write_text(
        "\n".join(",".join(row) for row in rows).replace("四元", "4.00"), encoding="utf-8-sig"
    )
    upload(page, corrected)
    page.wait_for_url("**/imports/lists/*/")
    work_goes_on()
    page.goto(page.url)
    agree(page, asks=False)
    work_goes_on()
    page.goto("/imports/")

    assert page.locator("tbody tr").count() == 2
    with seeing_everything():
        assert sorted(Order.objects.values_list("number", flat=True)) == ["A1", "A2"]
