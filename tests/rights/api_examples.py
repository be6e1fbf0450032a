"""What to put into the addresses of the API, and what to send there."""

from __future__ import annotations

import re
from typing import Any

from tests.claims.pictures import jpeg
from tests.rights.examples import MISSING_CODE, MISSING_KEY, Nowhere, facts
from tests.rights.routes import Route
from tests.rights.world import Place

WELL_FORMED = (str(MISSING_KEY), MISSING_CODE, "00000000-0000-4000-8000-000000000000", "2026-10", "none")
"""Values of which each kind of parameter takes one, and which fit nothing there is."""

PARAMETERS: dict[str, tuple[str, ...]] = {
    "api:order": ("order",),
    "api:claim": ("claim:proposed",),
    "api:claim_progress": ("claim:proposed",),
    "api:claim_options": ("claim:proposed",),
    "api:claim_choice": ("claim:proposed",),
    "api:claim_withdrawal": ("claim:proposed",),
    "api:claim_score": ("claim:executed",),
    "api:claim_appeal": ("claim:refused",),
    "api:claim_photos": ("claim:proposed",),
    "api:photo_file": ("photo",),
    "api:payout": ("payout_number",),
    "api:payout_confirmation": ("payout_number",),
    "api:webhook": ("own_subscription",),
    "api:webhook_test": ("own_subscription",),
    "api:webhook_secret": ("own_subscription",),
    "api:webhook_deliveries": ("own_subscription",),
    "api:delivery_replay": ("own_delivery",),
    "api:region": ("region",),
    "api:station": ("station",),
    "api:handbook_article": ("=take-photos",),
    "api:certificate": ("=none",),
    "api:region_figures": ("county", "=2026-10"),
    "api:report": ("county", "=2026-Q2", "=1"),
}
"""What of a place goes into the parameters of an address, in their order; with "=" it stands for itself."""

QUERIES: dict[str, dict[str, str]] = {
    "api:orders": {"station": "station"},
    "api:claims": {"number": "claim:proposed"},
    "api:stations_near": {"lon": "=106.7", "lat": "=27"},
}
"""What the query holds where an address wants to be asked for something."""

NARROWED: dict[str, tuple[dict[str, str], ...]] = {
    "api:orders": ({"station": "station"}, {"number": "order_number"}),
    "api:claims": (
        {"number": "claim:proposed"},
        {"order": "order"},
        {"station": "station"},
        {"order_number": "order_number"},
    ),
    "api:payouts": ({"number": "payout_number"},),
    "api:follow_ups": ({"claim": "claim:executed"},),
}
"""Filters by which one could find out about a row: asked for a foreign one and for one that is not there."""

BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("api:claims", "POST"): {
        "order_line": "line",
        "goods_type": "=fresh_fruit",
        "nature": "=quality",
        "severity": "=minor",
        "consented": True,
        "bad_quantity": "=1",
    },
    ("api:order", "PATCH"): {"state": "=closed"},
    ("api:claim_choice", "POST"): {"option": "=coupon", "asked_how": "=message"},
    ("api:claim_withdrawal", "POST"): {"reason": "=changed their mind"},
    ("api:claim_score", "POST"): {"stars": 5},
    ("api:claim_appeal", "POST"): {"text": "=the photos show it"},
    ("api:payout_confirmation", "POST"): {"outcome": "=paid", "reference": "=R1"},
    ("api:order_batches", "POST"): {
        "orders": [
            {
                "number": "=N-1",
                "station": "station_text",
                "ordered_at": "=2026-11-15T10:00:00+08:00",
                "lines": [
                    {"product": "=梨", "goods_type": "=fresh_fruit", "quantity": "=2", "paid": "=9.90"}
                ],
            }
        ]
    },
    ("api:webhooks", "POST"): {"url": "=https://hooks.example.com/x", "events": ["=*"]},
    ("api:webhook", "PATCH"): {"description": "=ours"},
    ("api:session_codes", "POST"): {"phone": "=13900001234"},
    ("api:sessions", "POST"): {"id": "=00000000-0000-4000-8000-000000000000", "code": "=123456"},
}
"""What is sent, with the keys of the place it is about."""

PICTURES = {("api:photos", "POST"): "?draft=rights&station={station}", ("api:claim_photos", "POST"): ""}
"""Where the body is a picture, and what the query says about it."""


def any_values(route: Route) -> dict[str, str]:
    """Values for the parameters of a route that lead to its door, whatever is behind it."""
    return {
        name: next(value for value in WELL_FORMED if re.fullmatch(form, value))
        for name, form in zip(route.parameters, route.forms, strict=True)
    }


def known_of(place: Place | Nowhere, own: dict[str, object]) -> dict[str, str]:
    """What one can ask for of a place; `own` are keys of the application's rows beside those of the place."""
    return {name: str(value) for name, value in {**facts(place), **own}.items()}


def filled(values: Any, known: dict[str, str]) -> Any:
    """The same with the keys of a place in it."""
    if isinstance(values, dict):
        return {name: filled(value, known) for name, value in values.items()}
    if isinstance(values, list):
        return [filled(value, known) for value in values]
    if not isinstance(values, str):
        return values
    return values.removeprefix("=") if values.startswith("=") else known[values]


def address(route: Route, method: str, known: dict[str, str]) -> str:
    """The address of a door about a place, with what its query has to hold."""
    sources = PARAMETERS.get(route.name, ())
    url = route.url(filled(dict(zip(route.parameters, sources, strict=True)), known))
    if (route.name, method) in PICTURES:
        return url + PICTURES[route.name, method].format(**known)
    asked = filled(QUERIES.get(route.name, {}), known) if method in ("GET", "HEAD") else {}
    return url + ("?" + "&".join(f"{name}={value}" for name, value in asked.items()) if asked else "")


def body(route: Route, method: str, known: dict[str, str]) -> tuple[bytes | dict, str]:
    """What is sent to a door about a place, and its media type."""
    if (route.name, method) in PICTURES:
        return jpeg(7), "image/jpeg"
    return filled(BODIES.get((route.name, method), {}), known), "application/json"
