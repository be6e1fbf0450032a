"""Everybody who may knock at the API in the small world of tests/rights/world.py, with the rows they need."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.core.signals import got_request_exception

from aftersales.accounts import sealing
from aftersales.integration.models import (
    ApiClient,
    ApiToken,
    WebhookDelivery,
    WebhookEvent,
    WebhookSubscription,
)
from claims.models import Consumer, Movement, Order, OrderLine, Payout
from claims.models.orders import OrderSource
from stations.models import Party, Station
from tests.api_world import make_client, make_session, make_token
from tests.factories import NOW, make_party, seeing_everything
from tests.rights.answers import Answer
from tests.rights.examples import MISSING_KEY
from tests.rights.visitors import BareClient, Visit, in_short
from tests.rights.watch import undone, watching
from tests.rights.world import OUR_COUNTY, THEIR_COUNTY, Place, World

STOPPED = {
    "nobody": "not_authenticated",
    "garbage": "token_unknown",
    "expired": "token_expired",
    "revoked": "token_revoked",
    "suspended": "client_suspended",
    "ended": "token_revoked",
    "signed_out": "session_ended",
}
"""Who is told 401 by every door, and the code of it. `ended` is a session whose token was revoked."""

SEES = {"own": {"ours"}, "consumer": {"ours"}, "neighbour": {"next_door"}}
"""Whose rows a caller may be shown."""

PARTY_OF = dict.fromkeys(("unscoped", "elsewhere", "stranger"), "ours")
"""Who is told the name of the party without its rows, because the token is of that party."""

COUNTERS = frozenset({"integration_tokenminute", "integration_apitoken"})
"""What is kept about requests to the API: how many there were, and when a token was used last."""


@dataclass
class Rows:
    """Keys of what belongs to the application of our party, beside those of the places."""

    known: dict[str, object]
    payouts: dict[str, str]
    missing: dict[str, object]


class ApiVisitor:
    """Sends requests under one secret and takes back whatever they write."""

    def __init__(self, kind: str, secret: str):
        self.kind = kind
        self.client = BareClient(raise_request_exception=False)
        self.headers = {"HTTP_AUTHORIZATION": f"Bearer {secret}"} if secret else {}

    def ask(self, method: str, url: str, body: bytes | dict = b"", media: str = "application/json") -> Visit:
        faults: list[str] = []

        def note(sender, **kwargs):
            faults.append(in_short(sys.exc_info()[1]))

        got_request_exception.connect(note)
        sent = {"HTTP_IF_MATCH": '"1"', "HTTP_IDEMPOTENCY_KEY": uuid4().hex}
        headers = self.headers if method in ("GET", "HEAD") else {**self.headers, **sent}
        raw = json.dumps(body) if isinstance(body, dict) else body
        try:
            with undone(), watching() as watch:
                if method in ("GET", "HEAD"):
                    response = getattr(self.client, method.lower())(url, **headers)
                else:
                    response = self.client.generic(method, url, raw, content_type=media, **headers)
                answer = Answer.of(response, faults[-1] if faults else "")
        finally:
            got_request_exception.disconnect(note)
        return Visit(answer, frozenset(watch.changed - COUNTERS))


def make_callers(world: World) -> tuple[dict[str, ApiVisitor], Rows]:
    """An application of the platform that sold to our village, and of others, each with its token.

    The villages' orders come from three platforms of one programme: ours, that of the village next door and
    that of the other county.
    """
    ours, next_door, theirs = (world.places[name] for name in ("ours", "next_door", "theirs"))
    with seeing_everything():
        parties = {place.name: _sold(place) for place in (ours, next_door, theirs)}
        payouts = {place.name: _payout(place) for place in (ours, next_door, theirs)}
    own = make_client(parties["ours"], region=OUR_COUNTY)
    token, secret = make_token(own)
    revoked, revoked_secret = make_token(own)
    phones = [place.row(Consumer).clear_phone() for place in (ours, next_door)]
    secrets = {
        "own": secret,
        "unscoped": make_token(own, [])[1],
        "neighbour": _secret(parties["next_door"], OUR_COUNTY),
        "elsewhere": _secret(parties["ours"], THEIR_COUNTY),
        "partner": _secret(make_party("platform", "县小程序"), OUR_COUNTY, kind="partner"),
        "consumer": make_session(token, phones[0]),
        "stranger": make_session(token, phones[1]),
        "nobody": "",
        "garbage": "aft_nobody-has-ever-issued-this",
        "expired": make_token(own, created_at=NOW - timedelta(days=9), expires_at=NOW)[1],
        "revoked": revoked_secret,
        "suspended": _secret(parties["ours"], OUR_COUNTY, is_suspended=True),
        "ended": make_session(revoked, phones[0]),
        "signed_out": make_session(token, phones[0], ended_at=NOW),
    }
    with seeing_everything():
        ApiToken.objects.filter(pk=revoked.pk).update(revoked_at=NOW)
        rows = _rows(own, ours, payouts)
    return {kind: ApiVisitor(kind, secret) for kind, secret in secrets.items()}, rows


def _sold(place: Place) -> Party:
    """The platform over which everything in a village was bought."""
    party = make_party("platform", place.marks.firm("platform"))
    Order._base_manager.filter(station=place.row(Station)).update(platform=party, source=OrderSource.API)
    return party


def _secret(party: Party, region: str, *, kind: str = "", **fields) -> str:
    if kind:
        Party.objects.filter(pk=party.pk).update(kind=kind)
    return make_token(make_client(party, region=region, **fields))[1]


def _payout(place: Place) -> Payout:
    """A refund that goes back over the platform."""
    before, claim = place.row(Movement), place.claims["approved"]
    paid = Movement.objects.create(
        fund=before.fund,
        county_code=before.county_code,
        debit=before.debit,
        credit=before.credit,
        kind="advance",
        amount_fen=600,
        claim=claim,
        business_key=place.marks.word("apikey"),
        by=before.by,
        at=NOW,
    )
    return Payout.objects.create(
        compensation=claim.compensations.get(),
        claim=claim,
        fund=before.fund,
        station=claim.station,
        county_code=claim.county_code,
        channel="original",
        number=place.marks.also(f"P{paid.pk}"),
        amount_fen=600,
        state="to_instruct",
        movement=paid,
        made_by=before.by,
        made_at=NOW,
    )


def _rows(client: ApiClient, place: Place, payouts: dict[str, Payout]) -> Rows:
    """A subscription of an application with a delivery that was given up, and what else is asked for."""
    owned = {"client": client, "county_code": client.county_code, "created_at": NOW}
    key = sealing.new_person_key()
    subscription = WebhookSubscription.objects.create(
        url="https://hooks.example.com/ours",
        events=["*"],
        person_key=key,
        secret_prefix="afw_",
        secret_sealed=sealing.seal(key, "0" * 64),
        **owned,
    )
    event = WebhookEvent.objects.create(
        public_id=uuid4(), kind="claim.filed", occurred_at=NOW, data={}, **owned
    )
    delivery = WebhookDelivery.objects.create(
        event=event,
        subscription=subscription,
        county_code=client.county_code,
        state="dead",
        tries=9,
        next_try_at=NOW,
        tried_at=NOW,
        last_error="timeout",
    )
    station = place.row(Station)
    return Rows(
        known={
            "order_number": place.row(OrderLine).order.number,
            "payout_number": payouts["ours"].number,
            "own_subscription": subscription.pk,
            "own_delivery": delivery.pk,
            "station_text": station.pk,
        },
        payouts={name: payout.number for name, payout in payouts.items()},
        missing={
            "order_number": "zz-no-such-order",
            "payout_number": "Pffffffffffff",
            "own_subscription": MISSING_KEY,
            "own_delivery": MISSING_KEY,
            "station_text": MISSING_KEY,
        },
    )
