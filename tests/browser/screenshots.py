"""Pictures of the demo for docs/pictures, by `make screenshots`.

Not collected with the tests: it writes into the work tree. A page that does not answer, or that misbehaves in
the browser, fails as it would in a journey.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.browser.chromium import DESK, PHONE

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PASSWORD = "pictures-of-the-demo-1"
A_CLAIM = "main a[href^='/claims/SH']"

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Picture:
    """One page as one person sees it; `follow` is a link on it that is clicked first."""

    name: str
    path: str
    device: dict
    user: str = ""
    follow: str = ""


TAKEN = (
    Picture("sign-in", "/account/sign-in/", PHONE),
    Picture("agent-home", "/", PHONE, "agent"),
    Picture("agent-claims", "/claims/", PHONE, "agent"),
    Picture("agent-claim", "/claims/", PHONE, "agent", follow=A_CLAIM),
    Picture("officer-claims", "/claims/", DESK, "officer"),
    Picture("officer-claim", "/claims/", DESK, "officer", follow=A_CLAIM),
    Picture("manager-admin", "/admin/", DESK, "manager"),
    Picture("manager-board", "/dashboards/", DESK, "manager"),
    Picture("regulator-reports", "/reports/", DESK, "regulator"),
    Picture("track", "/track/", PHONE),
    Picture("rules", "/rules/", PHONE),
)


def sign_in(page, user: str) -> None:
    page.goto("/account/sign-in/")
    page.locator("input[name=username]").fill(user)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/sign-in/" not in address)


def test_take_the_pictures(open_context, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    call_command("seed_demo", claims=300)
    PICTURES.mkdir(parents=True, exist_ok=True)

    for picture in TAKEN:
        page = open_context(picture.device).new_page()
        if picture.user:
            sign_in(page, picture.user)
        answer = page.goto(picture.path)
        assert answer.status == 200, f"{picture.path} for {picture.user or 'everyone'}"
        if picture.follow:
            page.locator(picture.follow).first.click()
            page.wait_for_load_state("networkidle")
        page.screenshot(path=PICTURES / f"{picture.name}.png", full_page=True)
        page.close()
