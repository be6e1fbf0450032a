"""A platform's journey through the API, step by step, with the client beside this file.

    export BASE=http://127.0.0.1:8000 TOKEN=aft_... STATION=520123105217
    python docs/client/platform_journey.py photo.jpg

TOKEN is the one that `make run` prints with its accounts, STATION the id of a station or the code of a
village that has one; 520123105217 is where the account `agent` works.

It sends an order, lets the buyer sign in with a code and file a claim with a photo, waits for the agent of
the village, lets the buyer choose a refund, pays it back when it is told to, and says so. Meanwhile a small
receiver writes down every event that arrives. Where somebody else has to act, the program asks you to do it.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from aftersales_client import Client, new_key, verify_webhook

PHONE = "13985112233"


@dataclass
class Heard:
    """Events that arrived with a good signature, each once; and how many calls were turned away."""

    secret: str = ""
    port: int = 0
    events: dict[str, dict] = field(default_factory=dict)
    turned_away: int = 0

    @property
    def kinds(self) -> list[str]:
        return [event["kind"] for event in sorted(self.events.values(), key=lambda each: each["occurred_at"])]


@contextmanager
def receiver():
    """Listen on this machine until the block ends."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                event = verify_webhook(self.headers, body, heard.secret)
                heard.events.setdefault(event["id"], event)
                self.send_response(204)
            except (KeyError, ValueError):
                heard.turned_away += 1
                self.send_response(401)
            self.end_headers()

        def log_message(self, *arguments):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()


def travel(
    platform: Client,
    *,
    station: str,
    photo: bytes,
    read_code: Callable[[str], str],
    ask: Callable[[str, str], None],
    say: Callable[[str], None] = print,
) -> Heard:
    """Go the whole way. `read_code` gives the digits of a code by its id, `ask` has somebody do something
    about a claim: "accept" or "settle". Returns what the receiver heard."""
    with receiver() as heard:
        hook = f"http://127.0.0.1:{heard.port}/aftersales"
        subscribed = platform.post("webhooks/", {"url": hook, "events": ["*"]})
        heard.secret = subscribed["secret"]
        say(f"Subscribed: events go to {hook}")

        number = f"JOURNEY-{new_key()[:10]}"
        now = datetime.now(UTC)
        sent = platform.post(
            "orders/batches/",
            {
                "orders": [
                    {
                        "number": number,
                        "station": station,
                        "ordered_at": (now - timedelta(days=2)).isoformat(),
                        "signed_at": (now - timedelta(hours=3)).isoformat(),
                        "state": "signed",
                        "consumer": {"name": "张三", "phone": PHONE},
                        "lines": [
                            {
                                "product": "水蜜桃 20 个装",
                                "sku": "P-20",
                                "goods_type": "fresh_fruit",
                                "quantity": "20",
                                "unit": "piece",
                                "paid": "40.00",
                            }
                        ],
                    }
                ]
            },
        )
        order = platform.get(f"orders/{sent['orders'][0]['id']}/")
        say(f"Sent: order {number}, {sent['orders'][0]['result']}")

        code = platform.post("sessions/codes/", {"phone": PHONE})
        session = platform.post("sessions/", {"id": code["id"], "code": read_code(code["id"])})
        buyer = platform.on_behalf(session["secret"])
        say("The buyer has signed in")

        draft = new_key()
        buyer.send_photo("photos/", photo, station=order["station"]["id"], draft=draft)
        claim = buyer.post(
            "claims/",
            {
                "order_number": number,
                "nature": "quality",
                "severity": "minor",
                "bad_quantity": "3",
                "description": "三个烂了",
                "consented": True,
                "draft": draft,
            },
        )["number"]
        say(f"Filed: claim {claim}")
        ask("accept", claim)
        say(f"Accepted: {buyer.get(f'claims/{claim}/progress/')['sentence']}")

        options = buyer.get(f"claims/{claim}/options/")
        chosen = next(each for each in options["options"] if each["payout_method"] == "original")
        buyer.post(f"claims/{claim}/choice/", {"option": chosen["key"]}, version=options["version"])
        say(f"Chosen: {chosen['title']}, {options['amount']} yuan")
        ask("settle", claim)

        for payout in platform.pages("payouts/", state="to_instruct"):
            if payout["claim"] == claim:
                platform.post(
                    f"payouts/{payout['number']}/confirmation/",
                    {"outcome": "paid", "reference": f"R-{payout['number']}"},
                    key=f"paid-{payout['number']}",
                )
                say(f"Paid back: {payout['amount']} yuan under {payout['number']}")
        ask("finish", claim)
        say(f"Now: {buyer.get(f'claims/{claim}/progress/')['sentence']}")
        say(f"Heard: {', '.join(heard.kinds)}")
        return heard


def _ask_at_the_terminal(what: str, claim: str) -> None:
    words = {
        "accept": "accept it as the agent of the station (on its page, the first button)",
        "settle": "as a claims officer, approve the refund if it waits for one, and order its payment",
        "finish": "wait until the last events have arrived",
    }
    input(f"Claim {claim}: {words[what]}, then press Enter. ")


if __name__ == "__main__":
    travel(
        Client(os.environ["BASE"], os.environ["TOKEN"]),
        station=os.environ["STATION"],
        photo=Path(sys.argv[1]).read_bytes(),
        read_code=lambda code_id: input("The six digits that the buyer was sent (make run shows them): "),
        ask=_ask_at_the_terminal,
    )
