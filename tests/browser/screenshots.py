"""Pictures for docs/tour.md, by `make screenshots`: one claim's way through the demo, at 360 and 1280 pixels.

Not collected with the tests, because it writes into the work tree. A page that does not answer, or that
misbehaves in the browser, fails as it would in a journey.
"""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from aftersales.accounts.models import User
from claims.models import OrderLine
from claims.services import consumers, orders
from demo.photos import bad_fruit_photo
from stations.models import Agent
from tests.browser.chromium import DESK, PHONE
from tests.browser.steps import Finger, add_photos, choose_cash, file_rotten, open_form, sign_in
from tests.factories import seeing_everything

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
PASSWORD = "pictures-of-the-demo-1"
COUNTY = "520123000000"
LARGEST_FILE = 120 * 1024
COLOURS = (160, 96, 64, 40)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
]


def save(name: str, picture: bytes) -> None:
    """Write a picture with as many colours as its size allows."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        target = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
        if target.tell() <= LARGEST_FILE:
            break
    (PICTURES / f"{name}.png").write_bytes(target.getvalue())


def take(page, name: str, path: str = "", *, height: int) -> None:
    """Go to a page, if one is named, and keep what a screen of this height shows of it."""
    if path:
        assert page.goto(path).status == 200, path
    page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_load_state("networkidle")
    save(name, page.screenshot())


@pytest.fixture
def bought(transactional_db, monkeypatch):
    """The demo, and in it a box of kiwis that 张桂英 has just taken home."""
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    call_command("seed_demo", claims=1500)
    now = timezone.now()
    with seeing_everything():
        agent = User.objects.get(username="agent")
        station = Agent.objects.get(user=agent).station
        known = OrderLine.objects.filter(product__contains="猕猴桃").select_related("order__merchant").first()
        person = consumers.register(station=station, name="张桂英", phone="19100001234", by=agent, now=now)
        return orders.type_in(
            station=station,
            number=f"{now:%y%m%d}0315276480",
            product="修文猕猴桃 24 枚礼盒",
            goods_type="fresh_fruit",
            quantity_milli=24_000,
            unit="piece",
            paid_fen=6_990,
            ordered_at=now - timedelta(days=3),
            signed_at=now - timedelta(hours=4),
            merchant_name=known.order.merchant.name,
            consumer=person,
            by=agent,
            now=now,
        )


@pytest.fixture
def boxes(tmp_path):
    paths = [tmp_path / f"kiwis-{number}.jpg" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(bad_fruit_photo("kiwi", 0.3, number + 20))
    return paths


def test_take_the_pictures(open_context, bought, boxes):
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()

    def enter(device, username=""):
        page = open_context(device).new_page()
        if username:
            sign_in(page, username, password=PASSWORD)
        return page

    agent = enter(PHONE, "agent")
    take(agent, "today", height=1060)
    open_form(agent, bought)
    add_photos(agent, boxes, script=True)
    filing = Finger(agent)
    number = file_rotten(
        filing,
        "7",
        script=True,
        estimate="¥20.39",
        before_sending=lambda: take(agent, "filing", height=1350),
    )
    take(agent, "choice", height=1060)
    choose_cash(filing, "¥20.39")
    take(agent, "claim", f"/claims/{number}/", height=1060)
    take(agent, "receipt", f"/claims/{number}/receipt/", height=1060)

    consumer = enter(PHONE)
    consumer.goto("/track/")
    consumer.fill("[name=number]", number)
    consumer.fill("[name=last_four]", "1234")
    consumer.locator("main button.main").tap()
    consumer.wait_for_selector("main h2")
    take(consumer, "progress", height=1060)

    officer = enter(DESK, "officer")
    take(officer, "waiting", "/admin/", height=760)
    officer.locator(".work-list a[href*='/claims/compensation/']:not([href*='?'])").first.click()
    officer.wait_for_url("**/change/")
    take(officer, "decision", height=960)
    manager = enter(DESK, "manager")
    take(manager, "board", f"/dashboards/county/{COUNTY}/", height=900)
    take(manager, "fund", f"/claims/fund/{COUNTY}/", height=900)
    take(manager, "map", f"/map/{COUNTY}/", height=900)
    take(enter(DESK, "regulator"), "report", f"/reports/county-month/?county={COUNTY}", height=900)
