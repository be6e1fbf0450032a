"""SMS and WeChat through a gateway that is told by a signed call: docs/notices.md, "Gateways"."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.conf import settings

from aftersales.notices.channels.base import PHONE, Letter
from aftersales.web import egress

ID_HEADER, TIME_HEADER, SIGNATURE_HEADER = "Aftersales-Id", "Aftersales-Time", "Aftersales-Signature"
CALLS_AT_ONCE = 16


def signature(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    """v1= and the HMAC-SHA256, in hex, of id, time and body with a full stop between them."""
    signed = b".".join([message_id.encode(), seconds.encode(), body])
    return f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


class GatewayChannel:
    """One POST for each letter to the gateway of this channel; a 2xx answer means it has the letter.

    The gateway's address and secret are in NOTICE_GATEWAYS, its host must be in NOTICE_HOSTS. It is looked
    up once a batch.
    """

    address_kind = PHONE
    # Eight rounds of calls that all run into the time limit fit into a minute.
    batch = 8 * CALLS_AT_ONCE

    def __init__(self, code: str, label: Any):
        self.code = code
        self.label = label

    def send(self, letters: Iterable[Letter]) -> Mapping[UUID, str]:
        """Call the gateway for every letter, several at once."""
        letters = list(letters)
        gateway = settings.NOTICE_GATEWAYS[self.code]
        try:
            place = egress.target(
                gateway["url"], hosts=settings.NOTICE_HOSTS, is_local_allowed=settings.NOTICE_LOCAL_GATEWAYS
            )
        except egress.CallFailed as failed:
            return {letter.id: failed.code for letter in letters}
        with ThreadPoolExecutor(max_workers=CALLS_AT_ONCE) as pool:
            outcomes = pool.map(lambda letter: self._call(place, gateway["secret"], letter), letters)
            return dict(zip((letter.id for letter in letters), outcomes, strict=True))

    def _call(self, place: egress.Target, secret: str, letter: Letter) -> str:
        seconds = str(int(time.time()))
        try:
            body = self.body(letter)
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                ID_HEADER: str(letter.id),
                TIME_HEADER: seconds,
                SIGNATURE_HEADER: signature(secret, str(letter.id), seconds, body),
            }
            status = egress.post(place, body, headers)
        except egress.CallFailed as failed:
            return failed.code
        except UnicodeError:
            return "bad_text"
        return "" if 200 <= status < 300 else f"http_{status}"

    def body(self, letter: Letter) -> bytes:
        """What the gateway is told, as JSON in UTF-8."""
        told = {
            "id": str(letter.id),
            "channel": self.code,
            "event": letter.event,
            "to": letter.address,
            "title": letter.title,
            "text": letter.text,
            "url": letter.url,
            "language": letter.language,
            "posted_at": letter.created_at.isoformat(),
        }
        return json.dumps(told, ensure_ascii=False).encode()
