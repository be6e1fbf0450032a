"""A program that sends each request three times at once over connections that break: one effect each."""

import json
import random
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from aftersales.audit.models import AuditEvent
from claims.models import Claim, Movement, Payout, Photo, Score
from claims.queries import invariants, payout_invariants
from claims.services import casework, compensation
from tests.api_world import make_client, make_session, make_token
from tests.cast import make_cast
from tests.claims.api.world import PHONE
from tests.claims.money.cases import XIUWEN, fill
from tests.claims.pictures import jpeg
from tests.factories import NOW, acting_as, make_consumer, make_line, make_party, seeing_everything

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

PATIENCE = 30


class Flaky:
    """Sends what it is given three times at once; some are cut off half-way, some before the answer."""

    def __init__(self, url: str, seed: int):
        self.place, self.chance = urlsplit(url), random.Random(seed)

    def post(self, secret: str, path: str, body, *, key: str, version: int | None = None) -> dict:
        """The answer to a last, patient request under the same key."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "image/jpeg" if isinstance(body, bytes) else "application/json"
        lines = [
            f"POST /api/v1/{path} HTTP/1.1",
            f"Host: {self.place.netloc}",
            f"Authorization: Bearer {secret}",
            f"Idempotency-Key: {key}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(raw)}",
            "Connection: close",
            *([f'If-Match: "{version}"'] if version else []),
        ]
        sent = "\r\n".join([*lines, "", ""]).encode() + raw
        ends = [len(sent) - self.chance.randrange(1, len(raw)), len(sent), len(sent)]
        with ThreadPoolExecutor(3) as three:
            list(three.map(lambda end: self._send(sent[:end], is_read=self.chance.random() < 0.5), ends))
        for _try in range(5):
            status, told = self._read(self._send(sent, is_read=True))
            if status not in (429, 503) and told.get("code") != "busy":
                return {**told, "answered": status}
        raise AssertionError("the server stays busy")

    def _send(self, part: bytes, *, is_read: bool) -> bytes:
        answer = b""
        with socket.create_connection((self.place.hostname, self.place.port), PATIENCE) as line:
            line.sendall(part)
            line.shutdown(socket.SHUT_WR)
            while is_read and (more := line.recv(65536)):
                answer += more
        return answer

    @staticmethod
    def _read(answer: bytes) -> tuple[int, dict]:
        head, _blank, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_request_has_one_effect(live_server, transactional_db, time_machine, seed):
    time_machine.move_to(NOW, tick=False)
    cast = make_cast()
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    make_line(cast.guangcheng, consumer=make_consumer(cast.guangcheng, phone=PHONE), number="SO-1")
    token, platform = make_token(make_client(make_party("platform"), region=XIUWEN))
    villager = make_session(token, PHONE)
    flaky = Flaky(live_server.url, seed)

    where = f"photos/?station={cast.guangcheng.pk}&draft=draft-1"
    photo = flaky.post(villager, where, jpeg(1), key="photo-0001")
    filed = flaky.post(
        villager,
        "claims/",
        {
            "order_number": "SO-1",
            "nature": "quality",
            "severity": "minor",
            "bad_quantity": "3",
            "consented": True,
            "draft": "draft-1",
        },
        key="claim-0001",
    )
    with acting_as(cast.agent):
        claim = Claim.objects.get(number=filed["number"])
        casework.accept(
            claim=claim,
            progress="已看照片",
            finish_at=claim.handling_due_at,
            method="核对",
            by=cast.agent,
            now=NOW,
        )
    chosen = flaky.post(
        villager, f"claims/{claim.number}/choice/", {"option": "refund-original"}, key="choice-01", version=1
    )
    if chosen["state"] == "chosen":
        _decide(cast, claim)
    with seeing_everything():
        payout = Payout.objects.get()
    confirmed = flaky.post(
        platform, f"payouts/{payout.number}/confirmation/", {"outcome": "paid"}, key="confirm-1"
    )
    scored = flaky.post(villager, f"claims/{claim.number}/score/", {"stars": 5}, key="score-0001")

    answers = (photo, filed, chosen, confirmed, scored)
    assert [each["answered"] for each in answers] == [201, 201, 200, 200, 201]
    with seeing_everything():
        assert (Photo.objects.count(), Claim.objects.count(), Score.objects.count()) == (1, 1, 1)
        assert Photo.objects.get().claim_id == claim.pk
        assert Movement.objects.filter(kind="advance").count() == 1
        assert Payout.objects.get().state == "confirmed"
        for verb in ("claim.filed", "compensation.chosen", "payout.confirmed", "score.given"):
            assert AuditEvent.objects.filter(verb=verb).count() == 1, verb
        assert [*invariants.violations(), *payout_invariants.violations()] == []


def _decide(cast, claim) -> None:
    with acting_as(cast.officer):
        chosen = claim.compensations.get(state="chosen")
        approved = compensation.approve(compensation=chosen, by=cast.officer, now=NOW)
        compensation.execute(compensation=approved, by=cast.officer, now=NOW)
