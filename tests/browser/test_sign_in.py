import pytest

from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_somebody_signs_in_on_a_phone_and_out_again(phone):
    make_user("gao", full_name="高兰")

    phone.goto("/account/me/")
    assert phone.url.endswith("/account/sign-in/?next=/account/me/")
    phone.locator("input[name=username]").fill("gao")
    phone.locator("input[name=password]").fill(PASSWORD)
    phone.locator("input[name=password]").press("Enter")
    phone.wait_for_url("**/account/me/")

    assert "高兰" in phone.locator("main").inner_text()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360

    phone.locator("form[action$='/sign-out/'] button").first.click()
    phone.wait_for_url("**/account/sign-in/**")
    phone.goto("/account/me/")
    assert phone.url.endswith("/account/sign-in/?next=/account/me/")
