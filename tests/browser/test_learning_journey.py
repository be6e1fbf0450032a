"""From the first lesson to the end of the certificate: what a new agent, the trainer and a villager see."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from stations.models import Agent
from stations.queries import who_lacks_certificate
from tests.browser.chromium import DESK, PHONE
from tests.browser.steps import sign_in
from tests.cast import make_cast
from tests.factories import seeing_everything
from tests.training.exams.cases import make_bank, make_exam, make_sheet, places
from tests.training.lessons import make_course
from training.models import Attachment, Certificate, PracticalSheet, Sitting, SittingAnswer
from training.services.certificates import send_reminders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MISTYPED = "可能有一位写错，或两位写反了"
QUESTIONS = 4
TWO_YEARS = timedelta(days=2 * 366)


@pytest.fixture
def county(transactional_db):
    """One required course of two lessons, an exam of four questions, and a sheet of two items."""
    cast = make_cast()
    make_bank()
    Attachment.objects.all().delete()
    make_exam(draw=[{"topic": "safety", "kind": "", "count": QUESTIONS}])
    PracticalSheet.objects.update(retired_at=timezone.now())
    make_sheet()
    make_course(cast.trainer, is_required=True)
    return cast


@pytest.fixture
def enter(open_context):
    """Somebody with a device of their own, signed in; without a name, a page without an account."""

    def enter_(device, username=""):
        page = open_context(device).new_page()
        if username:
            sign_in(page, username)
        return page

    return enter_


def lacks(user, day) -> bool:
    """Whether the gate of visits and offers is closed to somebody."""
    return user.pk in who_lacks_certificate([user.pk], day)


def press(page, selector, arrives):
    """Click a button or link and wait for the page behind it."""
    page.locator(selector).first.click()
    page.wait_for_url(re.compile(arrives))


def trainer_enrols(page, agent):
    page.goto("/training/courses/calm/enrol/")
    for box in page.locator("input[name=people]").all():
        box.set_checked(box.get_attribute("value") == str(agent.pk))
    page.locator("form.card button.main").click()
    page.wait_for_selector("text=罗小军")
    press(page, "form.card button.main", "/training/courses/calm/progress/$")
    assert "罗小军" in page.inner_text("main")


def agent_reads_both_lessons(page):
    page.goto("/training/my-courses/")
    press(page, "a:has-text('安抚沟通')", r"/my-courses/\d+/$")
    press(page, "button.main", r"/calm-01/$")
    press(page, "form button.main", r"/calm-02/$")
    press(page, "form button.main", r"/my-courses/\d+/$")
    assert page.locator("li.item.tone-good").count() == 2


def choose_right(page, sitting, place):
    """Answer the question that is shown."""
    _number, shown, question = places(sitting)[place - 1]
    page.wait_for_selector(f"form[data-place='{place}']")
    for rank, position in enumerate((shown.order.index(each) for each in question.answer), start=1):
        if question.kind == "ordering":
            page.select_option(f"form[data-place='{place}'] [name=rank_{position}]", str(rank))
        else:
            page.locator(f"form[data-place='{place}'] label:has(input[value='{position}'])").tap()


def agent_sits_the_exam(page):
    """The network goes away after the second question and comes back at the end."""
    page.goto("/training/sittings/begin/T-EXAM/")
    with page.expect_response("**/paper/"):
        press(page, "button.btn.main", "/1/$")
    sitting = Sitting._base_manager.select_related("exam").get()
    for place in range(1, QUESTIONS + 1):
        if place == 3:
            page.wait_for_selector("[data-status]:text('已保存')")
            page.context.set_offline(True)
        choose_right(page, sitting, place)
        if place < QUESTIONS:
            page.locator("button[value=next]").tap()
    page.wait_for_selector("[data-status].tone-warn")
    assert SittingAnswer._base_manager.filter(sitting=sitting).count() == 2
    page.context.set_offline(False)
    page.wait_for_function("() => document.querySelector('[data-count]').textContent === '4'")
    press(page, "a[data-finish]", "/hand-in/$")
    press(page, "button.btn.main", "/result/$")
    assert "100%" in page.inner_text("main").replace(" ", "")


def officer_examines(page):
    page.goto("/training/practicals/candidates/")
    press(page, "a:has-text('罗小军')", r"/practicals/new/\d+/\d+/$")
    for field, points in zip(page.locator("form.card input[type=number]").all(), ("35", "60"), strict=True):
        field.fill(points)
    page.locator("form.card button.main").click()
    page.wait_for_selector("text=95 / 100")
    press(page, "button[name=confirm]", r"/practicals/\d+/$")


def trainer_issues(page) -> Certificate:
    page.goto("/training/certificates/candidates/")
    page.locator("label", has_text="罗小军").click()
    press(page, "form button.btn.main", "/certificates/issue/")
    press(page, "form button.btn.main", r"/certificates/(\d+/)?$")
    return Certificate._base_manager.get()


def asks_the_public_page(page, number) -> str:
    page.goto("/verify/")
    page.fill("main input[type=text], main input[name=number]", number.lower())
    page.locator("main button.main").click()
    page.wait_for_load_state()
    return page.inner_text("main")


def test_from_the_first_lesson_to_the_end_of_the_certificate(county, enter):
    with seeing_everything():
        agent = Agent.objects.get(user=county.uncertified)
    phone, desk, office = enter(PHONE, "uncertified"), enter(DESK, "trainer"), enter(DESK, "officer")
    villager = enter(PHONE)
    phone.context.watch.allow("net::ERR_INTERNET_DISCONNECTED")
    assert lacks(county.uncertified, timezone.localdate())
    assert "证书" in phone.inner_text("main .note")

    trainer_enrols(desk, agent)
    agent_reads_both_lessons(phone)
    agent_sits_the_exam(phone)
    officer_examines(office)
    certificate = trainer_issues(desk)

    assert not lacks(county.uncertified, timezone.localdate())
    phone.goto("/")
    assert phone.locator("main .note", has_text="证书").count() == 0
    phone.goto("/training/certificates/mine/")
    paper = phone.request.get(f"/training/certificates/{certificate.pk}/pdf/").body()
    assert paper.startswith(b"%PDF-") and paper.rstrip().endswith(b"%%EOF")
    said = asks_the_public_page(villager, certificate.number)
    assert "有效" in said and "罗小军" not in said
    phone.locator("form[action$='/consent/'] button").tap()
    phone.wait_for_load_state()
    assert "罗小军" in asks_the_public_page(villager, certificate.number)
    mistyped = certificate.number[:-1] + ("3" if certificate.number.endswith("2") else "2")
    assert MISTYPED in asks_the_public_page(villager, mistyped)

    with time_machine.travel(timezone.now() + TWO_YEARS):
        later = timezone.now()
        assert send_reminders(later) == 1
        assert lacks(county.uncertified, timezone.localdate(later))
        assert "过期" in asks_the_public_page(enter(PHONE), certificate.number)
        again = enter(PHONE, "uncertified")
        assert "证书" in again.inner_text("main .note")
