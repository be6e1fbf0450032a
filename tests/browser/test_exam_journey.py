"""An exam on a phone in the village: the network goes away in the middle, and no answer is lost."""

import re

import pytest

from tests.browser.chromium import PHONE
from tests.browser.steps import sign_in
from tests.cast import make_cast
from tests.claims.pictures import jpeg
from tests.factories import NOW, seeing_everything
from tests.training.exams.cases import make_bank, make_exam, places
from training.models import Sitting, SittingAnswer
from training.services import attachments

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def exam(transactional_db):
    cast = make_cast()
    picture_question = make_bank()[3]
    picture_question.attachments.all().delete()
    attachments.add(
        picture_question, upload=jpeg(1, size=(900, 800)), caption="一箱橙子", by=cast.trainer, now=NOW
    )
    return make_exam()


def begin(page) -> Sitting:
    sign_in(page)
    page.goto("/training/sittings/begin/T-EXAM/")
    page.locator("button.btn.main").tap()
    page.wait_for_url("**/1/")
    return Sitting._base_manager.select_related("exam").get()


def answer(page, sitting, place: int) -> None:
    """Tap the right answer to the question that is shown."""
    _number, shown, question = places(sitting)[place - 1]
    page.wait_for_selector(f"form[data-place='{place}']")
    for rank, position in enumerate((shown.order.index(each) for each in question.answer), start=1):
        if question.kind == "ordering":
            page.select_option(f"form[data-place='{place}'] [name=rank_{position}]", str(rank))
        else:
            page.locator(f"form[data-place='{place}'] label:has(input[value='{position}'])").tap()


def saved(sitting) -> dict[int, list[int]]:
    with seeing_everything():
        return dict(SittingAnswer.objects.filter(sitting=sitting).values_list("place", "answer"))


def right(sitting) -> dict[int, list[int]]:
    return {number: question.answer for number, _place, question in places(sitting)}


def test_answers_survive_a_dropped_connection(open_context, exam):
    context = open_context(PHONE)
    context.watch.allow("net::ERR_INTERNET_DISCONNECTED")
    page = context.new_page()
    with page.expect_response("**/paper/"):
        sitting = begin(page)
    answer(page, sitting, 1)
    page.wait_for_selector("[data-status]:text('已保存')")
    page.locator("button[value=next]").tap()

    context.set_offline(True)
    for place in (2, 3, 4, 5):
        answer(page, sitting, place)
        if place < 5:
            page.locator("button[value=next]").tap()
    page.wait_for_selector("[data-status].tone-warn")
    assert saved(sitting) == {1: right(sitting)[1]}
    page.locator("button[value=next]").tap()
    assert page.url.endswith("/5/")

    context.set_offline(False)
    page.wait_for_selector("[data-status]:text('已保存')")
    page.wait_for_function("() => document.querySelector('[data-count]').textContent === '5'")
    assert saved(sitting) == right(sitting)
    page.locator("a[data-finish]").tap()
    page.wait_for_url("**/hand-in/")
    page.locator("button.btn.main").tap()
    page.wait_for_url("**/result/")
    assert Sitting._base_manager.get().score_permille == 1000


def test_a_phone_that_was_switched_off_sends_what_it_kept(open_context, exam):
    context = open_context(PHONE)
    context.watch.allow("net::ERR_INTERNET_DISCONNECTED")
    page = context.new_page()
    with page.expect_response("**/paper/"):
        sitting = begin(page)
    context.set_offline(True)
    answer(page, sitting, 1)
    page.wait_for_selector("[data-status].tone-warn")
    page.close()

    context.set_offline(False)
    again = context.new_page()
    again.goto(f"/training/sittings/{sitting.pk}/2/")
    again.wait_for_selector("[data-status]:text('已保存')")

    assert saved(sitting) == {1: right(sitting)[1]}
    assert again.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))") == []


def test_a_later_answer_from_another_phone_counts(open_context, exam):
    first, second = open_context(PHONE), open_context(PHONE)
    for context in (first, second):
        context.watch.allow("net::ERR_INTERNET_DISCONNECTED")
    first.watch.allow("409 (Conflict)")
    page = first.new_page()
    with page.expect_response("**/paper/"):
        sitting = begin(page)
    place = next(number for number, _place, question in places(sitting) if question.code == "T-3")
    page.goto(f"/training/sittings/{sitting.pk}/{place}/")
    first.set_offline(True)
    page.locator("label:has(input[value='0'])").tap()
    page.wait_for_selector("[data-status].tone-warn")
    other = second.new_page()
    sign_in(other)
    other.goto(f"/training/sittings/{sitting.pk}/{place}/")
    other.locator("label:has(input[value='1'])").tap()
    other.wait_for_selector("[data-status]:text('已保存')")

    with page.expect_navigation():
        first.set_offline(False)

    assert saved(sitting) == {place: [1]}
    assert page.locator("input[value='1']").is_checked()


def test_an_exam_is_sat_without_script(open_context, exam):
    page = open_context(PHONE, java_script_enabled=False).new_page()
    sitting = begin(page)

    for place in range(1, 6):
        answer(page, sitting, place)
        page.locator("button[value=next]").tap()
    page.wait_for_url("**/hand-in/")
    page.locator("button.btn.main").tap()
    page.wait_for_url("**/result/")

    assert Sitting._base_manager.get().score_permille == 1000


def test_the_clock_runs_and_the_time_ends_on_the_page(open_context, exam):
    page = open_context(PHONE).new_page()
    sitting = begin(page)
    page.wait_for_function("() => /^59:[0-5]\\d$/.test(document.querySelector('[data-clock]').textContent)")
    answer(page, sitting, 1)
    page.wait_for_selector("[data-status]:text('已保存')")
    ends_at = sitting.started_at
    Sitting._base_manager.filter(pk=sitting.pk).update(ends_at=ends_at)

    page.reload()
    page.wait_for_url("**/hand-in/")

    assert re.search("时间", page.inner_text("h1"))


def test_a_large_picture_keeps_its_shape_on_a_phone(open_context, exam):
    page = open_context(PHONE).new_page()
    sitting = begin(page)
    place = next(number for number, _place, question in places(sitting) if question.code == "T-4")
    page.goto(f"/training/sittings/{sitting.pk}/{place}/")

    wide, high = page.locator("figure img").evaluate("image => [image.clientWidth, image.clientHeight]")

    assert 200 < wide < 360
    assert abs(wide * 800 / 900 - high) <= 1
