"""A village does not act in time: the claim climbs, the township finds it, and anybody can read why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from claims.models import ClaimClock, Escalation, Holding
from claims.rules.clocks import Clock
from claims.services import clocks
from claims.services.sweep import sweep
from tests.browser.chromium import DESK, PHONE
from tests.browser.steps import sign_in
from tests.cast import make_cast
from tests.factories import make_claim, seeing_everything

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
]

COUNTY = "520123000000"
HOUR = timedelta(hours=1)


@pytest.fixture
def county(transactional_db):
    """A claim about fresh fruit that nobody settled within a day, and one that was filed just now."""
    cast = make_cast()
    now = timezone.now()
    cast.late, cast.fresh = (_filed(cast, now - 30 * HOUR), _filed(cast, now - HOUR / 2))
    with system_scope("test"):
        sweep(now=now, by=system_user())
    return cast


def _filed(cast, at):
    claim = make_claim(cast.guangcheng, filed_by=cast.agent, filed_at=at)
    with seeing_everything():
        opening = clocks.opening(claim, by=cast.agent, now=at)
        claim.save()
        clocks.begin(claim, opening)
        clocks.accepted(claim, now=at + HOUR / 4)
    return claim


@pytest.fixture
def enter(open_context, script):
    """Somebody signs in on a device of their own."""

    def enter_(username, device):
        page = open_context(device, java_script_enabled=script).new_page()
        sign_in(page, username)
        return page

    return enter_


def follow(page, selector):
    """Tap or click a link and wait for the page behind it."""
    link = page.locator(selector).first
    address = link.get_attribute("href")
    link.click()
    page.wait_for_url(lambda url: address.lstrip("?") in url)


def agent_sees_what_climbed_away(page, county):
    section = page.locator("section", has=page.locator("h2", has_text="已升级")).inner_text()
    assert county.late.number in section
    assert "待六广镇乡镇备用处理点接手" in section
    follow(page, "a[href='/claims/queue/']")
    assert county.fresh.number in page.inner_text("main")
    assert county.late.number not in page.inner_text("main")
    follow(page, "a[href='?level=climbed']")
    assert county.late.number in page.inner_text("main")


def anybody_reads_why(page, county):
    """From the claim over its clocks to the page of the one that ran out."""
    follow(page, f"a[href='/claims/{county.late.number}/']")
    assert "还没有人接手" in page.inner_text("main")
    follow(page, f"a[href='/claims/{county.late.number}/clocks/']")
    text = page.inner_text("main")
    assert "现在负责" in text and "村级服务点 → 六广镇乡镇备用处理点" in text
    with seeing_everything():
        handling = ClaimClock.objects.get(claim=county.late, clock=Clock.HANDLING)
    follow(page, f"a[href='/claims/{county.late.number}/clocks/{handling.pk}/']")
    text = page.inner_text("main")
    due = timezone.localtime(handling.due_at)
    weekday = "一二三四五六日"[due.weekday()]
    assert f"到期时间 {due:%Y-%m-%d} 周{weekday} {due:%H:%M}" in text
    assert "已超时" in text and "自然时间" in text and "累计 24 小时" in text
    assert page.locator("figure svg[role=img]").count() == 1


def township_finds_it_and_takes_it_over(page, county):
    section = page.locator("section", has=page.locator("h2", has_text="乡镇负责")).inner_text()
    assert county.late.number in section
    follow(page, "a[href='/claims/queue/']")
    assert page.locator("nav.pills a[aria-current]").first.inner_text().split() == ["乡镇负责", "1"]
    assert page.locator("ul.items").first.inner_text().count("SH") == 1
    follow(page, f"a[href='/claims/{county.late.number}/']")
    follow(page, "a[href$='/hand-over/take-over/']")
    page.locator("form button.main, form button.firm").first.click()
    page.wait_for_url(f"**/claims/{county.late.number}/")
    assert "还没有人接手" not in page.inner_text("main")
    page.goto("/claims/queue/?level=1&only=waiting")
    assert page.locator("ul.items").count() == 0


def manager_reads_the_board(page, county):
    page.goto("/admin/")
    follow(page, f".shortcuts a[href='/dashboards/county/{COUNTY}/escalations/']")
    text = page.inner_text("main")
    assert "各级现状" in text and "所有未办结工单都已有人接手" in text
    assert county.late.number in text
    follow(page, "a[href='/claims/queue/?level=1']")
    assert county.late.number in page.inner_text("main")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_what_nobody_settled_climbs_and_is_found(county, enter):
    with seeing_everything():
        climbed = Escalation.objects.get(climbed_to=1)
        held = Holding.objects.get(claim=county.late, until_at=None)
    assert (climbed.claim, held.station) == (county.late, county.liuguang_point)

    agent = enter("agent", PHONE)
    agent_sees_what_climbed_away(agent, county)
    anybody_reads_why(agent, county)
    township_finds_it_and_takes_it_over(enter("technician", PHONE), county)
    with seeing_everything():
        held = Holding.objects.get(claim=county.late, until_at=None)
        running = set(
            ClaimClock.objects.filter(claim=county.late, outcome="running").values_list("clock", "level")
        )
    assert held.taken_over_at is not None
    assert ("taken_over", 1) in running and ("township_response", 1) not in running
    manager_reads_the_board(enter("manager", DESK), county)
