"""The watch over the browser journeys sees what it is there for."""

import pytest

from tests.browser.chromium import DESK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_watch_sees_foreign_hosts_errors_and_broken_policy(open_context):
    page = open_context(DESK).new_page()

    page.evaluate("fetch('http://127.0.0.2:9/').catch(() => {})")
    page.goto("/readyz")
    page.evaluate("console.error('something broke')")
    page.evaluate("document.body.appendChild(document.createElement('script')).text = 'window.ran = true'")
    with page.expect_event("pageerror"):
        page.evaluate("void setTimeout(() => { throw new Error('uncaught') })")

    watch = page.context.watch
    found = "\n".join(watch.complaints())
    watch.allow("")
    assert "request to a foreign host: http://127.0.0.2:9/" in found
    assert "something broke" in found
    assert "uncaught" in found
    assert "Content Security Policy" in found
    assert page.evaluate("window.ran") is None


def test_browser_is_chinese_and_draws_chinese(phone):
    phone.goto("/readyz")

    measured = phone.evaluate(
        """() => {
            const ink = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
            ink.font = '40px "Noto Sans SC"';
            const drawn = (sign) => {
                ink.clearRect(0, 0, 60, 60);
                ink.fillText(sign, 5, 45);
                return ink.getImageData(0, 0, 60, 60).data.join();
            };
            return {language: navigator.language, differs: drawn('售') !== drawn('后')};
        }"""
    )

    assert measured == {"language": "zh-CN", "differs": True}
