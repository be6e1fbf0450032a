"""What the script adds to pages that work without it, tried on the style guide."""

import io

import pytest
from PIL import Image

from tests.browser.chromium import DESK, PHONE
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FRAMES = ("agent", "board", "public", "print")


@pytest.fixture
def signed_in(phone):
    make_user("gao", full_name="高兰")
    phone.goto("/account/sign-in/?next=/styleguide/")
    phone.locator("input[name=username]").fill("gao")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.locator("input[name=password]").press("Enter")
    phone.wait_for_url("**/styleguide/")
    return phone


def drafts(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:')).length")


def picture(width, height):
    bytes_ = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(bytes_, "PNG")
    return {"name": "坏果.png", "mimeType": "image/png", "buffer": bytes_.getvalue()}


def sent_photos(page):
    """Type and size of the pictures the form would send."""
    return page.evaluate(
        """async () => Promise.all([...document.querySelector("[data-photos]").files].map(async (file) => {
            const picture = await createImageBitmap(file);
            return [file.type, picture.width, picture.height];
        }))"""
    )


def test_what_was_typed_survives_a_reload_and_goes_when_signing_out(signed_in):
    signed_in.locator("#id_name").press_sequentially("杨昌荣")
    signed_in.locator("#id_remedy input[value=reship]").check()
    key = signed_in.locator("input[name=form_key]").input_value()

    signed_in.reload()
    assert signed_in.locator("#id_name").input_value() == ""
    signed_in.locator("form[data-draft] .note button").first.click()

    assert signed_in.locator("#id_name").input_value() == "杨昌荣"
    assert signed_in.locator("#id_remedy input[value=reship]").is_checked()
    assert signed_in.locator("input[name=form_key]").input_value() == key
    assert drafts(signed_in) == 1

    signed_in.locator("form[data-sign-out] button").first.click()
    signed_in.wait_for_url("**/account/sign-in/**")
    assert drafts(signed_in) == 0


def test_a_draft_may_be_thrown_away_and_nobody_keeps_one_without_an_account(signed_in):
    signed_in.locator("#id_name").press_sequentially("杨")
    signed_in.reload()
    signed_in.locator("form[data-draft] .note button").nth(1).click()
    assert drafts(signed_in) == 0

    signed_in.locator("form[data-sign-out] button").first.click()
    signed_in.wait_for_url("**/account/sign-in/**")
    signed_in.goto("/styleguide/")
    signed_in.locator("#id_name").press_sequentially("杨")
    assert drafts(signed_in) == 0


@pytest.mark.parametrize(
    ("bad", "total", "paid", "shown"),
    [
        ("3", "10", "50", "¥15.00"),
        ("1", "3", "0.05", "¥0.02"),
        ("0.5", "1", "0.01", "¥0.01"),
        ("2.5", "2.5", "99999.99", "¥99,999.99"),
        ("0", "1", "50", "¥0.00"),
        ("4", "3", "50", "—"),
        ("1", "0", "50", "—"),
        ("1", "3", "0.001", "—"),
        ("x", "3", "50", "—"),
    ],
)
def test_the_amount_is_shown_while_typing(phone, bad, total, paid, shown):
    phone.goto("/styleguide/")

    for name, value in (("bad", bad), ("total", total), ("paid", paid)):
        phone.locator(f"#id_{name}").fill(value)

    assert phone.locator("output[data-formula]").inner_text() == shown


def test_a_photo_is_shrunk_shown_and_can_be_taken_out(phone):
    phone.goto("/styleguide/")

    phone.locator("input[data-photos]").set_input_files([picture(2400, 1200)])
    phone.locator(".photos canvas").wait_for()

    assert sent_photos(phone) == [["image/jpeg", 1600, 800]]
    phone.locator(".photos button").click()
    assert sent_photos(phone) == []
    assert phone.locator(".photos canvas").count() == 0


def test_what_is_no_picture_is_left_for_the_server_to_judge(phone):
    phone.goto("/styleguide/")

    phone.locator("input[data-photos]").set_input_files(
        [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}]
    )
    phone.locator(".photos button").wait_for()

    assert phone.evaluate("document.querySelector('input[data-photos]').files[0].size") == len(b"no picture")


def test_a_second_press_does_not_send_again(phone):
    sent = []
    phone.goto("/styleguide/")
    phone.evaluate("document.querySelectorAll('[required]').forEach((field) => field.required = false)")

    def answer_nothing(route):
        sent.append(route.request.method)
        route.fulfill(status=204)

    phone.route("**/styleguide/", answer_nothing)

    button = phone.locator("form[data-once] button.wide")
    with phone.expect_response("**/styleguide/"):
        button.click()
    phone.evaluate("document.querySelector('form[data-once]').requestSubmit()")

    assert button.is_disabled()
    assert sent == ["POST"]


def test_a_grave_step_is_asked_about_once_more(phone):
    phone.goto("/styleguide/")
    phone.evaluate(
        "document.querySelector('[data-confirm]').addEventListener('click', (event) => {"
        " if (!event.defaultPrevented) document.title = 'done'; })"
    )
    before = phone.title()

    phone.locator("[data-confirm]").click()
    phone.locator("dialog .btn").nth(1).click()
    assert phone.title() == before
    assert phone.locator("dialog").count() == 0

    phone.locator("[data-confirm]").click()
    phone.locator("dialog .btn").first.click()
    assert phone.title() == "done"


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("device", [PHONE, DESK])
def test_no_frame_is_wider_than_the_screen_and_controls_fit_a_thumb(open_context, frame, device):
    page = open_context(device).new_page()
    page.goto(f"/styleguide/?frame={frame}&errors=1")

    assert page.evaluate("document.documentElement.scrollWidth") <= device["viewport"]["width"]
    small = page.evaluate(
        """[...document.querySelectorAll("main .btn, .choices label, .field input[type=text], nav a")]
            .filter((each) => each.offsetHeight && each.offsetHeight < 44)
            .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_without_the_script_nothing_is_offered_that_would_not_work(open_context):
    page = open_context(PHONE, java_script_enabled=False).new_page()

    page.goto("/account/sign-in/")
    assert not page.locator("[data-show-password]").is_visible()
    page.goto("/styleguide/?frame=print")
    assert not page.locator("[data-print]").is_visible()
    assert page.locator("form[data-once] button.wide").is_enabled()
