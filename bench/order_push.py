"""Orders that an application sends in batches of 1,000: two senders beside one INSERT of the same rows."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import time
from datetime import timedelta
from multiprocessing import get_context

from django.db import connection, transaction
from django.utils import timezone

from aftersales.accounts.api_scopes import ApiScope
from aftersales.audit.trail import system_scope
from bench.measures import Measure
from bench.servers import Server
from bench.world import World
from stations.models import Party, Station
from tests.api_world import make_client, make_token

ORDERS = int(os.environ.get("BENCH_ORDERS") or 10_000)
AT_A_TIME = 1000
SENDERS = 2
A_SECOND = 100_000 / 300
"""A hundred thousand orders within five minutes."""


def measure(world: World, server: Server) -> list[Measure]:
    """Orders a second, each with a line and a consumer nobody knows yet; then the news of their delivery."""
    with system_scope("stations and a platform of the measurement"):
        stations = list(
            Station.objects.filter(county_code=world.county_code, tier="village").values_list("pk", flat=True)
        )
        party = Party.objects.filter(kind="platform").first()
    application = make_client(party, region=world.county_code)
    _token, secret = make_token(application, [ApiScope.ORDERS_WRITE])
    new = Measure("orders sent, new, 2 senders", "a second", A_SECOND, None, higher_is_better=True)
    news = Measure("orders sent, known, 2 senders", "a second", A_SECOND, None, higher_is_better=True)
    shares = [range(sender, ORDERS, SENDERS) for sender in range(SENDERS)]
    for found, make in ((new, _new), (news, _delivered)):
        bodies = [_bodies(share, make, stations) for share in shares]
        connection.close()
        started = time.perf_counter()
        with get_context("fork").Pool(SENDERS) as senders:
            answers = senders.starmap(_send, [(server.port, secret, share) for share in bodies])
        seconds = time.perf_counter() - started
        wrong = [answer for answer in answers if answer]
        if wrong:
            raise RuntimeError(f"Orders were not taken: {wrong[0]}")
        found.ours.append(ORDERS / seconds)
        found.note = f"{ORDERS} orders"
    new.floor.append(ORDERS / _copy(party.pk))
    return [new, news]


def _bodies(share: range, make, stations: list[int]) -> list[bytes]:
    orders = [make(number, str(stations[number % len(stations)])) for number in share]
    return [
        json.dumps({"orders": orders[first : first + AT_A_TIME]}).encode()
        for first in range(0, len(orders), AT_A_TIME)
    ]


def _new(number: int, station: str) -> dict:
    return {
        "number": f"BP{number:012d}",
        "station": station,
        "ordered_at": (timezone.now() - timedelta(days=3)).isoformat(),
        "state": "shipped",
        "freight": "6.00",
        "merchant": f"刺梨合作社 {number % 40}",
        "logistics": "县域共配",
        "consumer": {"name": "张桂英", "phone": f"191{number:08d}"},
        "lines": [
            {
                "product": "刺梨 5 斤装",
                "goods_type": "fresh_fruit",
                "quantity": "5",
                "unit": "jin",
                "paid": "59.80",
                "sku": f"CL-{number % 90}",
                "lot": f"L{number % 300}",
            }
        ],
    }


def _delivered(number: int, _station: str) -> dict:
    return {"number": f"BP{number:012d}", "state": "signed", "signed_at": timezone.now().isoformat()}


def _send(port: int, secret: str, bodies: list[bytes]) -> str:
    """Send batches one after the other; returns what was answered when something was refused."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for body in bodies:
        headers = {
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": secrets.token_hex(16),
        }
        line.request("POST", "/api/v1/orders/batches/", body, headers)
        answer = line.getresponse()
        text = answer.read()
        if answer.status != 200 or json.loads(text)["refused"]:
            return f"{answer.status} {text[:500].decode(errors='replace')}"
    line.close()
    return ""


def _copy(party_id: int) -> float:
    """Seconds for one INSERT a table of the rows that were written, into tables with the same indexes."""
    ours = "SELECT %s FROM claims_order WHERE platform_id = %%s AND number LIKE 'BP%%%%'"
    rows = {
        "claims_consumer": ours % "consumer_id",
        "claims_order": ours % "id",
        "claims_orderline": f"SELECT id FROM claims_orderline WHERE order_id IN ({ours % 'id'})",
    }
    seconds = 0.0
    with transaction.atomic(), connection.cursor() as cursor:
        for table, keys in rows.items():
            cursor.execute(
                f"CREATE TEMPORARY TABLE bench_rows AS SELECT * FROM {table} WHERE id IN ({keys})", [party_id]
            )
            cursor.execute(f"CREATE TABLE bench_copy (LIKE {table} INCLUDING ALL)")
            started = time.perf_counter()
            cursor.execute("INSERT INTO bench_copy SELECT * FROM bench_rows")
            seconds += time.perf_counter() - started
            cursor.execute("DROP TABLE bench_copy, bench_rows")
    return seconds
