"""What docs/webhooks.md promises receivers."""

import re
import time
from pathlib import Path

import pytest

from aftersales.integration.event_kinds import Kind
from aftersales.integration.services import signing
from aftersales.integration.services.deliveries import BACK_OFF_MINUTES, MOST_TRIES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()
SECRET = "afw_of-the-tests"
BODY = b'{"id": "1", "data": {"claim": "AS1"}}'


@pytest.fixture(scope="module")
def is_ours():
    """The receiver's side as the page prints it."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found = {}
    exec(source, found)
    return found["is_ours"]


def sent(*secrets: str, ago: int = 0) -> dict[str, str]:
    return signing.headers(event_id="6b0d", seconds=int(time.time()) - ago, body=BODY, secrets=secrets)


def test_the_printed_check_knows_our_calls(is_ours):
    assert is_ours(sent(SECRET), BODY, SECRET)
    assert is_ours(sent("the new one", SECRET), BODY, SECRET)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (sent("another secret"), BODY),
        (sent(SECRET), BODY + b" "),
        ({**sent(SECRET), "Aftersales-Id": "6b0e"}, BODY),
        ({**sent(SECRET), "Aftersales-Time": "soon"}, BODY),
        (sent(SECRET, ago=600), BODY),
    ],
)
def test_the_printed_check_refuses_everything_else(is_ours, headers, body):
    assert not is_ours(headers, body, SECRET)


def test_every_kind_and_the_number_of_tries_are_on_the_page():
    table = PAGE[PAGE.index("| Kind | When |") : PAGE.index("## Subscribing")]

    assert set(re.findall(r"`([a-z_]+\.[a-z_]+|ping)`", table)) == set(Kind.values)
    assert f"{MOST_TRIES} tries" in PAGE
    assert "1, 5, 15, 60 and 240 minutes" in PAGE and BACK_OFF_MINUTES[:6] == (1, 5, 15, 60, 240, 360)
