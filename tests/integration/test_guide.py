"""Every command of "Integrate in an hour" is carried out as it stands on the page."""

import html
import json
import re
import shlex
from datetime import timedelta

import pytest
from django.test import Client

from aftersales.accounts.models import User
from claims.models import Claim, Compensation
from claims.services import casework, compensation
from tests.api_world import Api, make_client, make_token
from tests.claims.money.cases import XIUWEN, fill, make_photo
from tests.factories import NOW, acting_as, make_party, seeing_everything

REPLY = {"progress": "已看照片", "finish_at": NOW + timedelta(hours=20), "method": "核对坏果数"}
COMMAND = re.compile(r'<section class="card stack" id="(\w+)">.*?<pre>(.*?)</pre>', re.DOTALL)


def commands(page: str) -> dict[str, str]:
    """The command of each step, as somebody copies it from the page."""
    return {key: html.unescape(text) for key, text in COMMAND.findall(page)}


def run(command: str, known: dict[str, str]):
    """Send what curl would send, after the shell has put in what is known."""
    for name, value in known.items():
        command = command.replace(f"'${name}'", value).replace(f"${name}", value)
    words = shlex.split(command.replace("\\\n", " "))
    assert words[0] == "curl"
    method, headers, body, address = "GET", {}, None, ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _colon, value = next(rest).partition(":")
            headers[name.lower()] = value.strip()
        elif word == "-d":
            body = next(rest)
        elif not word.startswith("-"):
            address = word
    api = Api(**headers)
    path = address.removeprefix(f"{known['BASE']}/api/v1/")
    assert path != address
    if method == "GET":
        return api.get(path)
    key = headers.get("idempotency-key")
    return api.post(path, json.loads(body), key=key)


def settle(claim: Claim, *, agent: User, officer: User) -> None:
    """What the agent and the county do meanwhile: accept, and pay back the way it was paid."""
    with acting_as(agent):
        accepted = casework.accept(claim=claim, by=agent, now=NOW, **REPLY)
    make_photo(accepted)
    with seeing_everything():
        proposal = Compensation.objects.get(claim=claim)
    with acting_as(agent):
        done = compensation.choose(
            compensation=proposal,
            remedy="refund",
            payout_method="original",
            asked_how="phone",
            by=agent,
            now=NOW,
        )
    if done.state == "chosen":
        with acting_as(officer):
            approved = compensation.approve(compensation=done, by=officer, now=NOW)
            compensation.execute(compensation=approved, by=officer, now=NOW)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_guide_works_as_it_stands(cast, settings, time_machine, language):
    time_machine.move_to(NOW)
    settings.WEBHOOK_HOSTS = ["hooks.example.cn"]
    _token, secret = make_token(make_client(make_party("platform", "农优鲜"), region=XIUWEN))
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    browser = Client()
    browser.cookies["django_language"] = language
    steps = commands(browser.get("/api/guide/").content.decode())
    known = {"BASE": "http://testserver", "TOKEN": secret, "STATION": str(cast.guangcheng.pk)}

    assert run(steps["token"], known).json()["party"] == "农优鲜"
    stations = run(steps["stations"], known).json()["data"]
    assert cast.guangcheng.pk in [each["id"] for each in stations]
    sent = run(steps["orders"], known)
    assert (sent.status_code, sent.json()["created"]) == (200, 1), sent.json()
    filed = run(steps["claim"], known)
    assert filed.status_code == 201, filed.json()
    known["NUMBER"] = filed.json()["number"]
    assert run(steps["progress"], known).status_code == 200
    assert run(steps["webhook"], known).status_code == 201
    assert run(steps["events"], known).status_code == 200
    with seeing_everything():
        claim = Claim.objects.get()
    settle(claim, agent=cast.agent, officer=cast.officer)
    (payout,) = run(steps["payouts"], known).json()["data"]
    known["PAYOUT"] = payout["number"]
    confirmed = run(steps["confirmation"], known)
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert sorted(steps) == sorted(
        ["token", "stations", "orders", "claim", "progress", "webhook", "events", "payouts", "confirmation"]
    )
