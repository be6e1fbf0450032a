"""A village agent with a phone: photos, lost signal, reloads, double taps and narrow screens."""

import pytest

from claims.models import Advance, Claim, Photo
from tests.browser.chromium import PHONE
from tests.browser.steps import open_form, sign_in
from tests.cast import make_cast
from tests.claims.pictures import jpeg
from tests.factories import make_claim, make_consumer, make_fund, make_line, seeing_everything

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def village(transactional_db):
    """A station where 张桂英 has bought twenty peaches for 40 yuan, in a county with money in its fund."""
    cast = make_cast()
    make_fund("520123000000")
    consumer = make_consumer(cast.guangcheng, name="张桂英", phone="13800001234")
    cast.line = make_line(cast.guangcheng, consumer=consumer, product="水蜜桃 20 个装")
    return cast


@pytest.fixture
def pictures(tmp_path):
    """Photos as a phone takes them: large."""
    paths = [tmp_path / f"peach-{shade}.jpg" for shade in range(3)]
    for shade, path in enumerate(paths):
        path.write_bytes(jpeg(shade, size=(2400, 1800)))
    return paths


def outcome():
    """What the journey left behind."""
    with seeing_everything():
        claim = Claim.objects.get()
        return (
            claim.status,
            claim.description,
            Photo.objects.filter(claim=claim).count(),
            claim.compensations.get().state,
            [advance.amount_fen for advance in Advance.objects.all()],
        )


def test_photos_are_shrunk_and_sent_one_by_one(open_context, village, pictures):
    page = open_context(PHONE).new_page()
    sign_in(page)
    open_form(page, village.line)

    with page.expect_response("**/photos/") as first:
        page.set_input_files("#id_gallery", pictures)
    page.wait_for_selector("[data-part=photos] li:nth-child(3) img")

    with seeing_everything():
        widths = list(Photo.objects.values_list("width", flat=True))
    assert first.value.request.method == "POST"
    assert widths == [1600, 1600, 1600]


def test_photos_that_found_no_signal_go_with_the_form(open_context, village, pictures):
    context = open_context(PHONE)
    context.watch.allow("net::ERR_FAILED")
    page = context.new_page()
    sign_in(page)
    open_form(page, village.line)
    page.route("**/photos/", lambda route: route.abort())

    page.set_input_files("#id_gallery", pictures[:2])
    page.wait_for_selector(".pick ~ .photos li:nth-child(2)")
    page.wait_for_selector("#id_gallery:not([data-busy])", state="attached")
    page.locator("label:has(input[value=rotten])").tap()
    page.fill("#id_bad_milli", "3")
    page.locator("label:has(input[value=spoken])").tap()
    page.locator("button.main[name=send]").tap()
    page.wait_for_url("**/choice/")

    assert outcome()[2] == 2


def test_what_was_typed_survives_a_reload(open_context, village):
    page = open_context(PHONE).new_page()
    sign_in(page)
    open_form(page, village.line)
    key = page.input_value("[name=form_key]")
    page.locator("label:has(input[value=mouldy])").tap()
    page.locator("#id_bad_milli").press_sequentially("4")

    page.reload()
    page.locator("form .note button").first.tap()

    assert page.input_value("#id_bad_milli") == "4"
    assert page.is_checked("input[value=mouldy]")
    assert page.input_value("[name=form_key]") == key


def test_pressing_send_twice_files_one_claim(open_context, village):
    page = open_context(PHONE).new_page()
    sign_in(page)
    open_form(page, village.line)
    page.locator("label:has(input[value=bad_service])").tap()
    page.locator("label:has(input[value=spoken])").tap()

    page.locator("button.main[name=send]").dblclick(no_wait_after=True)
    page.wait_for_url("**/claims/SH*/")

    with seeing_everything():
        assert Claim.objects.count() == 1


def test_pages_fit_a_narrow_phone_and_large_fingers(open_context, village):
    claim = make_claim(village.guangcheng, filed_by=village.agent, line=village.line)
    page = open_context(PHONE).new_page()
    sign_in(page)
    paths = [
        "/",
        "/claims/",
        "/claims/new/",
        "/claims/orders/",
        "/claims/orders/new/",
        f"/claims/new/{village.line.pk}/",
        f"/claims/{claim.number}/",
        f"/claims/{claim.number}/move/withdraw/",
        f"/claims/{claim.number}/photos/",
        f"/claims/consumers/{claim.consumer_id}/",
    ]

    found = {}
    for path in paths:
        page.goto(path)
        found[path] = page.evaluate(
            """() => ({
                width: document.documentElement.scrollWidth,
                small: [...document.querySelectorAll("main .btn, main button, main .choices label")]
                    .filter((each) => each.offsetParent && !each.classList.contains("visually-hidden"))
                    .filter((each) => each.getBoundingClientRect().height < 40)
                    .map((each) => each.textContent.trim()),
            })"""
        )

    assert found == {path: {"width": 360, "small": []} for path in paths}
