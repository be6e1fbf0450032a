"""No log line tells about a person, and none can be forged."""

import json
import logging

import pytest
from django.test import Client

from aftersales.web.logging import JsonFormatter
from claims.models import Consumer
from claims.views.claims import ClaimList
from tests.rights.examples import addresses
from tests.rights.page_forms import forms_of
from tests.rights.visitors import LastingVisitor, Visitor

WRONG_PASSWORD = "my-dog-is-called-amber-77"
FORGED = 'agent\r\n{"level": "INFO", "message": "forged"}\n\x1b[2J\u2028forged'


class Lines(logging.Handler):
    """Everything that is logged, as it would stand in the file."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonFormatter())
        self.lines: list[str] = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def log():
    """Listens to every logger while the folder's silence is lifted."""
    handler, root = Lines(), logging.getLogger()
    level = root.level
    logging.disable(logging.NOTSET)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.walk
def test_a_day_of_work_leaves_no_person_in_the_log(world, log):
    place = world.places["ours"]
    consumer = place.row(Consumer)
    agent, manager = (LastingVisitor(role, world.users[role]) for role in ("agent", "manager"))
    secrets = {*place.marks.secret_marks, agent.session_key, manager.session_key, WRONG_PASSWORD}

    for visitor in (agent, manager):
        for _route, url in addresses(world):
            page = visitor.get(url, {"q": consumer.clear_phone(), "name": consumer.clear_name()})
            secrets |= {form.fields["csrfmiddlewaretoken"].value for form in forms_of(page.page)}
    agent.post("/account/sign-in/", {"username": consumer.clear_phone(), "password": WRONG_PASSWORD})
    Client().post("/account/sign-in/", {"username": "agent", "password": WRONG_PASSWORD})
    agent.post(f"/claims/consumers/{consumer.pk}/", {"reason": f"calling {consumer.clear_name()}"})
    agent.post("/claims/orders/new/", {"name": consumer.clear_name(), "phone": consumer.clear_phone()})
    agent.get(f"/no-such-page/{consumer.clear_phone()}/")

    text = "\n".join(log)
    assert len(log) > 200 and len(secrets) > 20
    assert [secret for secret in secrets if secret in text] == []


def test_a_fault_is_logged_without_what_it_was_about(world, log, monkeypatch):
    place = world.places["ours"]
    phone = place.row(Consumer).clear_phone()

    def breaks(*args, **kwargs):
        raise ValueError(f"cannot read {phone}")

    monkeypatch.setattr(ClaimList, "get", breaks)
    answer = Visitor("agent", world.users["agent"]).get("/claims/", {"q": phone})

    text = "\n".join(log)
    assert answer.status == 500
    assert "ValueError" in text and "breaks" in text
    assert phone not in text and phone not in answer.page


def test_one_request_is_one_line_whatever_it_says(world, log):
    agent = Visitor("agent", world.users["agent"])
    agent.get("/account/me/")
    asked_once = len(log)

    agent.get("/account/me/", HTTP_USER_AGENT=FORGED, HTTP_X_REQUEST_ID=FORGED, HTTP_REFERER=FORGED)
    agent.get("/claims/a%0d%0a%7b%22forged%22%7d/", {"q": FORGED})

    assert [line for line in log if line.splitlines() != [line] or "\x1b" in line] == []
    told = [json.loads(line) for line in log[asked_once:]]
    assert sum(line["logger"] == "aftersales.request" for line in told) == 2
    assert [
        line for line in told if line["message"] == "forged" or "forged" in line.get("request_id", "")
    ] == []


def test_the_search_finds_what_is_logged(log):
    logging.getLogger("aftersales.test").info("somebody called %s", "xsecretname")

    assert "xsecretname" in "\n".join(log)
