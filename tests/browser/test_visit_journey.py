"""A dead washing machine, from the questions on the phone to the second closing: everybody's part in it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from claims.models import Claim, FollowUp, ProviderOrder, Score, Visit
from claims.queries import invariants
from claims.services import casework, compensation
from tests.browser.chromium import PHONE
from tests.browser.steps import sign_in
from tests.cast import make_cast
from tests.claims.visits.machine_cases import FEE_FEN, dead_machine, repair_is_chosen, washing_county
from tests.factories import acting_as, seeing_everything

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "reports"]),
]

ANSWERS = ["没有", "水排不出去", "还是不排", "还是不排", "有嗡嗡声"]


@pytest.fixture
def county(transactional_db):
    now = timezone.now()
    cast = washing_county(make_cast(), now=now)
    cast.claim = dead_machine(cast, now=now)
    return cast


@pytest.fixture
def enter(open_context, script):
    """Somebody takes out a phone of their own; without a name, a page without an account."""

    def enter_(username=""):
        page = open_context(PHONE, java_script_enabled=script).new_page()
        if username:
            sign_in(page, username)
        return page

    return enter_


def press(page, selector, arrives):
    """Tap a button or link and wait for the page behind it."""
    page.locator(selector).first.tap()
    page.wait_for_url(re.compile(arrives))


def agent_asks_on_the_phone(page, number):
    page.goto(f"/claims/{number}/")
    press(page, f"a[href='/claims/{number}/diagnosis/']", "/diagnosis/$")
    press(page, "a[href*='washing_machine']", "list=washing_machine")
    for answer in ANSWERS:
        before = page.url
        page.locator("main nav a", has_text=re.compile(f"^{answer}$")).tap()
        page.wait_for_url(lambda address, before=before: address != before)
    assert "排水泵卡住或者烧坏了" in page.inner_text("main")
    press(page, "form button.main", r"/diagnoses/\d+/")
    assert "需要带件上门" in page.inner_text("main")


def technician_finds_a_time(page, number):
    """The next step of the diagnosis: a repair in the village, the time alone; ends at the visit."""
    press(page, f"a[href^='/claims/{number}/visits/new/']", "/visits/new/")
    page.locator("label:has(input[name=kind][value=repair])").tap()
    if not page.input_value("[name=task]"):
        page.fill("[name=task]", "换排水泵，试机")
    press(page, "button[name=step][value=times]", "/visits/new/")
    if not page.locator("details.windows").get_attribute("open"):
        page.locator("details.windows summary").tap()
    page.locator("details.windows label:has(input[name=window])").first.tap()
    press(page, "button[name=step][value=plan]", r"/visits/\d+/")
    return page.url


def technician_puts_the_pump_aside(page, visit):
    page.goto(visit)
    press(page, "a[href$='/parts/']", "/parts/$")
    press(page, "a[href*='part=WM-PUMP']", "part=WM-PUMP")
    press(page, "form[method=post] button.main", r"/visits/\d+/$")
    assert "排水泵" in page.inner_text("main")


def technician_asks_the_shop(page, visit):
    """The address of the link, which is shown once."""
    page.goto(visit)
    press(page, "a[href$='/offer/']", "/offer/$")
    assert "六广家电维修" in page.inner_text("main")
    page.locator("form[method=post] button.main").tap()
    page.wait_for_selector("code.link")
    return page.inner_text("code.link")


def shop_sees_no_name_before_it_accepts(page, link, *, script):
    page.goto(link)
    text = page.inner_text("main")
    assert "广城村" in text and "全自动洗衣机" in text and "¥60.00" in text
    assert "张" not in text and "13800001234" not in text
    page.locator("button[value=accept]").tap()
    if script:
        page.locator("dialog[open] button.main").tap()
    page.wait_for_selector("button[value=reveal]")
    page.locator("button[value=reveal]").tap()
    page.wait_for_selector("a[href='tel:13800001234']")
    assert "张桂英" in page.inner_text("main") and "广城村三组 12 号" in page.inner_text("main")


def the_day_has_come():
    """The window that was chosen is this hour's: before the day of a visit a provider says nothing of it."""
    now = timezone.now()
    with seeing_everything():
        Visit.objects.update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))


def shop_repairs_it(page, link):
    page.context.watch.allow("410 (Gone)")
    page.goto(link)
    page.locator("button[value=set_out]").tap()
    page.wait_for_selector("button[value=set_out]", state="detached")
    page.locator("details:has(button[value=finish]) summary").tap()
    page.locator("label:has(input[name=outcome][value=solved])").tap()
    page.fill("[name=found]", "排水泵卡死")
    page.fill("[name=done]", "换了排水泵，试机正常")
    page.locator("input[name=is_signed]").check()
    with page.expect_response(lambda answer: answer.status == 410):
        page.locator("button[value=finish]").tap()
    page.wait_for_load_state()
    text = page.inner_text("main")
    assert "张桂英" not in text and "13800001234" not in text and "广城村" not in text


def technician_built_the_pump_in(page, visit):
    page.goto(visit)
    press(page, "a[href$='/use/']", "/use/$")
    page.locator("label:has(input[name=old_part][value=taken_back])").tap()
    press(page, "form[method=post] button.main", r"/visits/\d+/$")
    assert page.locator(".item.tone-good", has_text="排水泵").count() == 1


def settled(county, *, now):
    """The repair is done, so the remedy that was chosen is carried out."""
    with acting_as(county.agent):
        claim = Claim.objects.get(pk=county.claim.pk)
        waiting = claim.compensations.get(round=claim.round, state="approved")
        compensation.execute(compensation=waiting, by=county.agent, now=now)


def calls(page, follow_up, stars, **said):
    page.goto(f"/claims/follow-ups/{follow_up.pk}/")
    page.locator("label:has(input[name=outcome][value=answered])").tap()
    page.locator(f"label:has(input[name=stars][value='{stars}'])").tap()
    for name, words in said.items():
        page.fill(f"[name={name}]", words)
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 302):
        page.locator("form[method=post] button.main").first.tap()
    page.wait_for_load_state()


def is_told_to_leave_it(page, follow_up):
    page.goto(f"/claims/follow-ups/{follow_up.pk}/")
    assert page.locator("input[name=stars]").count() == 0
    assert "须由他人回访" in page.inner_text("main")


def open_follow_up(county, kind):
    with seeing_everything():
        claim = Claim.objects.get(pk=county.claim.pk)
        return FollowUp.objects.get(claim=claim, round=claim.round, kind=kind)


def caller_takes_it_up_again(page, follow_up, number):
    page.goto(f"/claims/follow-ups/{follow_up.pk}/")
    page.fill("[name=reason]", "排水泵换过仍不排水")
    press(page, "button[name=reopen]", f"/claims/{number}/$")


def technician_goes_again(page, county):
    number = county.claim.number
    page.goto(f"/claims/{number}/visits/new/?kind=repair")
    page.fill("[name=task]", "排水管拉直，再试机")
    press(page, "button[name=step][value=times]", "/visits/new/")
    page.locator("fieldset label:has(input[name=window])", has_text="陈大勇").first.tap()
    page.fill("[name=override_reason]", "机器太重，用户无法送修")
    press(page, "button[name=step][value=plan]", r"/visits/\d+/$")
    press(page, "a[href$='/start/']", "/start/$")
    press(page, "form[method=post] button.main", r"/visits/\d+/$")
    press(page, "a[href$='/finish/']", "/finish/$")
    page.locator("label:has(input[name=outcome][value=solved])").tap()
    page.fill("[name=done]", "排水管拉直，试机正常")
    page.locator("label:has(input[name=proof][value=paper])").tap()
    press(page, "form[method=post] button.main", r"/visits/\d+/$")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_dead_washing_machine_is_repaired_twice(county, enter, script):
    number = county.claim.number
    agent, technician, shop = enter("agent"), enter("technician"), enter()

    agent_asks_on_the_phone(agent, number)
    repair_is_chosen(county, county.claim, now=timezone.now())
    technician.goto(f"/claims/{number}/")
    visit = technician_finds_a_time(technician, number)
    technician_puts_the_pump_aside(technician, visit)
    link = technician_asks_the_shop(technician, visit)
    shop_sees_no_name_before_it_accepts(shop, link, script=script)
    technician_built_the_pump_in(technician, visit)
    the_day_has_come()
    shop_repairs_it(shop, link)
    with seeing_everything():
        order = ProviderOrder.objects.get()
        assert (order.state, order.fee_fen, order.visit.outcome) == ("done", FEE_FEN, "solved")

    settled(county, now=timezone.now())
    first = open_follow_up(county, "first")
    is_told_to_leave_it(agent, first)
    officer = enter("officer")
    calls(officer, first, 2, comment="又不排水了")
    second = open_follow_up(county, "second")
    is_told_to_leave_it(officer, second)
    second_officer = enter("officer2")
    calls(second_officer, second, 2, answer="明天再派师傅上门")
    caller_takes_it_up_again(second_officer, second, number)

    repair_is_chosen(county, Claim._base_manager.get(pk=county.claim.pk), now=timezone.now())
    technician_goes_again(technician, county)
    settled(county, now=timezone.now())
    calls(officer, open_follow_up(county, "first"), 5)
    with seeing_everything():
        claim = Claim.objects.get(pk=county.claim.pk)
        casework.close(claim=claim, by=county.agent, now=claim.resolved_at + timedelta(days=8))
        claim.refresh_from_db()
        assert (claim.status, claim.round) == ("closed", 2)
        assert sorted(Score.objects.values_list("round", "stars")) == [(1, 2), (1, 2), (2, 5)]
        assert list(Visit.objects.order_by("id").values_list("state", "outcome")) == [
            ("done", "solved"),
            ("done", "solved"),
        ]
        assert list(invariants.violations()) == []
