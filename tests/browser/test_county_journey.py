"""Rotten peaches in one county, from the counter of the village to the report: everybody's part in it."""

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from claims.models import Advance, Claim, Compensation, Fund, Movement, Photo
from claims.models.fund import AccountKind, MovementKind
from claims.queries import invariants
from claims.services import figures
from claims.services import fund as funds
from demo.photos import bad_fruit_photo
from tests.browser.chromium import PHONE
from tests.browser.steps import Finger, add_photos, choose_cash, file_rotten, open_form, sign_in
from tests.cast import make_cast
from tests.factories import make_consumer, make_line, seeing_everything

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
]

COUNTY = "520123000000"
MOST_TAPS_AFTER_THE_PHOTOS = 10


@pytest.fixture
def county(transactional_db):
    """A county with 1,000 yuan in its fund, where 张桂英 has bought a box for 40 yuan and one for 180."""
    cast = make_cast()
    now = timezone.now()
    with seeing_everything():
        cast.fund = funds.open_fund(county_code=COUNTY, name="修文县售后应急基金", by=cast.officer, now=now)
        deposit = funds.propose_deposit(
            fund=cast.fund, amount_fen=100_000, reference="财拨-01", by=cast.officer, now=now
        )
        funds.confirm_deposit(deposit=deposit, by=cast.manager, now=now)
    consumer = make_consumer(cast.guangcheng, name="张桂英", phone="13800001234")
    days = {"ordered_at": now - timedelta(days=3), "signed_at": now - timedelta(hours=5)}
    cast.small, cast.large = (
        make_line(cast.guangcheng, consumer=consumer, product=product, paid_fen=fen, **days)
        for product, fen in (("水蜜桃 20 个装", 4_000), ("水蜜桃礼盒 20 个装", 18_000))
    )
    return cast


@pytest.fixture(scope="module")
def boxes(tmp_path_factory):
    """Three photos of rotten peaches for each of two claims."""
    folder = tmp_path_factory.mktemp("boxes")
    paths = [folder / f"peaches-{number}.jpg" for number in range(6)]
    for number, path in enumerate(paths):
        path.write_bytes(bad_fruit_photo("peach", 0.2 + number / 20, number))
    return paths[:3], paths[3:]


@pytest.fixture
def enter(open_context, script):
    """Somebody takes out a phone of their own and signs in; without a name, a page without an account."""

    def enter_(username=""):
        page = open_context(PHONE, java_script_enabled=script, accept_downloads=True).new_page()
        if username:
            sign_in(page, username)
            assert page.get_attribute("html", "lang") == "zh-hans"
        return page

    return enter_


def small_claim_is_paid_by_rule(page, county, photos, *, script):
    open_form(page, county.small)
    add_photos(page, photos, script=script)
    finger = Finger(page)
    number = file_rotten(finger, "3", script=script, estimate="¥6.00")
    choose_cash(finger, "¥6.00")
    assert "¥6.00" in page.inner_text(".outcome")
    assert finger.taps <= MOST_TAPS_AFTER_THE_PHOTOS
    receipt(page, "¥6.00")
    return number


def large_claim_waits(page, county, photos, *, script):
    page.goto("/")
    open_form(page, county.large)
    add_photos(page, photos, script=script)
    finger = Finger(page)
    number = file_rotten(finger, "8", script=script, estimate="¥72.00")
    choose_cash(finger, "¥72.00")
    assert page.locator(".outcome.tone-info").count() == 1
    assert page.locator("a[href$='/receipt/']").count() == 0
    return number


def receipt(page, amount):
    page.locator("a[href$='/receipt/']").tap()
    page.wait_for_url("**/receipt/")
    text = page.inner_text("main")
    assert amount in text
    assert "张**" in text and "张桂英" not in text


def pages_printed(page, path):
    page.goto(path)
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def officer_approves(page, number):
    """From what waits on the start page of the admin, by the small form, to the approved row."""
    page.goto("/admin/")
    page.locator(".work-list a[href*='/claims/compensation/']:not([href*='?'])").first.tap()
    page.wait_for_url("**/change/")
    assert number in page.inner_text("#content")
    page.locator("form:has(input[value=approve]) button").tap()
    page.wait_for_selector("input[name=apply]")
    assert "¥72.00" in page.inner_text("#content")
    page.locator("input[name=apply]").tap()
    page.wait_for_selector(".messagelist .success")


def agent_hands_the_money_out(page, number):
    page.goto("/")
    page.locator(f"a[href='/claims/{number}/payout/']").tap()
    page.wait_for_url("**/payout/")
    page.locator("form button.main").tap()
    page.wait_for_url("**/choice/")
    receipt(page, "¥72.00")


def progress(page, number):
    """What the public page says about a claim, by its number and the last four digits."""
    page.goto("/track/")
    page.fill("[name=number]", number)
    page.fill("[name=last_four]", "1234")
    page.locator("main button.main").tap()
    page.wait_for_selector("main h2")
    return page.inner_text("main")


def takes_the_month_away(page):
    """The figures on the page, and the first two columns of the sheets."""
    page.goto("/reports/")
    page.locator(f"main a[href*='county={COUNTY}']").first.tap()
    page.wait_for_url("**/county-month/**")
    text = page.inner_text("main")
    with page.expect_download() as download:
        page.locator("a[href*='format=xlsx']").tap()
    book = load_workbook(BytesIO(Path(download.value.path()).read_bytes()))
    return text, [row[:2] for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]


def books():
    """Balances, movements and debts as they stand, and what contradicts them."""
    with seeing_everything():
        accounts = dict(Fund.objects.get().accounts.values_list("kind", "balance_fen"))
        return {
            "cash": accounts[AccountKind.CASH],
            "paid": sorted(
                Movement.objects.filter(kind=MovementKind.ADVANCE).values_list("amount_fen", flat=True)
            ),
            "owed": sorted(Advance.objects.values_list("amount_fen", flat=True)),
            "wrong": list(invariants.violations()),
        }


def states():
    with seeing_everything():
        return {
            claim.number: (
                claim.status,
                Photo.objects.filter(claim=claim).count(),
                Compensation.objects.get(claim=claim).state,
            )
            for claim in Claim.objects.all()
        }


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_rotten_peaches_go_through_the_county(county, boxes, enter, script):
    agent = enter("agent")

    small = small_claim_is_paid_by_rule(agent, county, boxes[0], script=script)
    large = large_claim_waits(agent, county, boxes[1], script=script)
    assert states() == {small: ("resolved", 3, "executed"), large: ("accepted", 3, "chosen")}

    consumer = enter()
    assert "¥72.00" in progress(consumer, large)
    officer_approves(enter("officer"), large)
    agent_hands_the_money_out(agent, large)
    assert states() == {small: ("resolved", 3, "executed"), large: ("resolved", 3, "executed")}
    papers = [f"/claims/{large}/receipt/?paper={paper}" for paper in ("sheet", "slip")]
    assert [pages_printed(agent, paper) for paper in papers] == [1, 1]
    said = progress(consumer, large)
    assert "¥72.00" in said and "张" not in said

    assert books() == {"cash": 92_200, "paid": [600, 7_200], "owed": [600, 7_200], "wrong": []}
    manager = enter("manager")
    assert manager.url.endswith("/admin/")
    manager.locator(f".shortcuts a[href='/claims/fund/{COUNTY}/']").tap()
    manager.wait_for_url("**/fund/**")
    assert "¥922.00" in manager.inner_text("main")

    with seeing_everything():
        figures.fold(now=timezone.now())
    text, rows = takes_the_month_away(manager)
    assert "¥78.00" in text
    assert ("登记工单数", 2) in rows and ("已执行理赔金额", 78) in rows
    text, rows = takes_the_month_away(enter("regulator"))
    assert "¥78.00" not in text
    shown = dict(rows)
    assert (shown["登记工单数"], shown["已执行理赔金额"]) == ("<5", "<5")
