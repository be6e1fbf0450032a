"""The journey of docs/client over a real connection: from the order to the refund, an event for each step."""

import importlib
import json
import sys
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from aftersales.integration.services.login_codes import digits_of
from claims.models import Claim, Compensation, Payout
from claims.services import casework, compensation
from tests.api_world import make_client, make_token
from tests.claims.money.cases import XIUWEN, fill
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, make_party, seeing_everything
from tests.integration.listening import allow, deliver, fold

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "client"
REPLY = {"progress": "已看照片", "finish_at": NOW.replace(day=22), "method": "核对坏果数"}


def load(name: str):
    if str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    return importlib.import_module(name)


class County:
    """What the people of the county do, and the background work that runs meanwhile."""

    def __init__(self, cast):
        self.cast = cast

    def __call__(self, what: str, number: str) -> None:
        with seeing_everything():
            claim = Claim.objects.get(number=number)
        getattr(self, what)(claim)
        fold(NOW)
        deliver(NOW)

    def accept(self, claim: Claim) -> None:
        agent = self.cast.agent
        with acting_as(agent):
            casework.accept(claim=claim, by=agent, now=NOW, **REPLY)

    def settle(self, claim: Claim) -> None:
        with seeing_everything():
            chosen = Compensation.objects.get(claim=claim)
        if chosen.state == "chosen":
            with acting_as(self.cast.officer):
                approved = compensation.approve(compensation=chosen, by=self.cast.officer, now=NOW)
                compensation.execute(compensation=approved, by=self.cast.officer, now=NOW)

    def finish(self, claim: Claim) -> None:
        assert claim.status == "resolved"


@pytest.mark.django_db(transaction=True)
def test_a_platform_goes_the_whole_way(live_server, cast, settings, time_machine):
    time_machine.move_to(NOW, tick=False)
    allow(settings)
    _token, secret = make_token(make_client(make_party("platform", "农优鲜"), region=XIUWEN))
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    journey = load("platform_journey")

    heard = journey.travel(
        journey.Client(live_server.url, secret),
        station=str(cast.guangcheng.pk),
        photo=jpeg(1),
        read_code=digits_of,
        ask=County(cast),
        say=lambda text: None,
    )

    assert heard.turned_away == 0
    assert set(heard.kinds) >= {
        "claim.filed",
        "claim.accepted",
        "claim.chosen",
        "claim.resolved",
        "payout.instructed",
        "payout.confirmed",
    }, heard.kinds
    with seeing_everything():
        assert Payout.objects.get().state == "confirmed"


# --- the client by itself ---------------------------------------------------------------------------


@pytest.fixture
def flaky():
    """A server that cuts the first connection, then is busy, then answers; it notes the keys it was sent."""
    keys = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            keys.append(self.headers["Idempotency-Key"])
            if len(keys) == 1:
                self.connection.close()
                return
            status, body = (503, b"{}") if len(keys) == 2 else (201, b'{"number": "A"}')
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status == 503:
                self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", keys
    server.shutdown()
    server.server_close()


def test_a_client_asks_again_under_the_same_key(flaky):
    base, keys = flaky
    waits = []
    client = load("aftersales_client").Client(base, "aft_x", sleep=waits.append)

    answer = client.post("claims/", {"a": 1})

    assert (answer.status, answer["number"]) == (201, "A")
    assert Counter(keys) == {keys[0]: 3}
    assert waits[1:] == [7.0]


def test_a_client_tells_refusals_by_their_code(live_server, db):
    module = load("aftersales_client")

    with pytest.raises(module.Problem) as refused:
        module.Client(live_server.url, "aft_nobody").get("token/")

    assert (refused.value.status, refused.value.code) == (401, "token_unknown")


def test_a_webhook_that_was_tampered_with_is_not_believed():
    from aftersales.integration.services.signing import headers

    module = load("aftersales_client")
    body = json.dumps({"id": "1", "kind": "ping"}).encode()
    signed = headers(event_id="1", seconds=1000, body=body, secrets=["new", "old"])

    assert module.verify_webhook(signed, body, "old", now=1100) == {"id": "1", "kind": "ping"}
    for wrong in ({"body": body + b" "}, {"secret": "other"}, {"now": 1301}):
        given = {"body": body, "secret": "old", "now": 1100, **wrong}
        with pytest.raises(ValueError):
            module.verify_webhook(signed, given["body"], given["secret"], now=given["now"])
