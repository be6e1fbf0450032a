"""A real browser in Chinese, as a phone and as a desk, that fails the test when a page misbehaves."""

import os

import pytest

from tests.browser.chromium import CHINESE, DESK, PHONE, NoBrowser, chromium, launch
from tests.browser.watch import Watch


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    try:
        chromium()
    except NoBrowser as reason:
        pytest.skip(str(reason))
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface runs an event loop in this thread, which Django takes for
    # asynchronous code; the tests and their rows stay in one thread all the same.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = launch(playwright, tmp_path_factory.mktemp("browser"))
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_context(browser, live_server):
    """Open contexts as `open_context(PHONE)`; afterwards nothing suspicious may have happened in any.

    A context has its Watch as `context.watch`, and its pages take paths such as "/track/".
    """
    opened = []

    def open_(device, **options):
        context = browser.new_context(**device, **CHINESE, base_url=live_server.url, **options)
        context.set_default_timeout(15_000)
        context.watch = Watch(context, live_server.url)
        opened.append(context)
        return context

    yield open_
    complaints = []
    for context in opened:
        complaints += context.watch.complaints()
        context.close()
    assert complaints == []


@pytest.fixture
def phone(open_context):
    """A page on a small phone."""
    return open_context(PHONE).new_page()


@pytest.fixture
def desk(open_context):
    """A page on an office screen."""
    return open_context(DESK).new_page()
