"""Hostile and plausible requests made from the OpenAPI document, and every answer held against it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection

from aftersales.web.api.document import document
from tests.api_schema import template
from tests.rights.api_examples import PARAMETERS, filled
from tests.rights.routes import Route, api_routes
from tests.rights.watch import undone

DONE_FILE = Path(__file__).resolve().parents[2] / "var" / "fuzz.json"
# A value may be of the right form and still name nothing, or be of no use in this state of things.
ACCEPTED_THOUGH_MALFORMED = {
    "POST /api/v1/orders/batches/": "one bad order never spoils the others: each has a result of its own",
}
"""Operations that may answer with success to what the document forbids, and why."""
REFUSED_THOUGH_WELL_FORMED = [200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 422, 428]


@lru_cache(maxsize=1)
def schema():
    """The document with the application behind it."""
    config = schemathesis.Config.from_dict(
        {"checks": {"positive_data_acceptance": {"expected-statuses": REFUSED_THOUGH_WELL_FORMED}}}
    )
    return schemathesis.openapi.from_wsgi("/api/schema/?lang=en", get_wsgi_application(), config=config)


def names() -> list[str]:
    """Every operation, as METHOD path; those that write come first."""
    told = [f"{method.upper()} {path}" for path, item in document("en")["paths"].items() for method in item]
    return sorted(told, key=lambda name: name.startswith("GET "))


@lru_cache(maxsize=1)
def routes() -> dict[str, Route]:
    """The doors by their path in the document."""
    return {template(route.pattern): route for route in api_routes()}


def known_to(name: str, known: Mapping[str, str]) -> dict[str, str]:
    """What goes into the path of an operation to reach a row of our own."""
    route = routes()[name.partition(" ")[2]]
    return filled(dict(zip(route.parameters, PARAMETERS.get(route.name, ()), strict=True)), known)


def is_for_consumers(name: str) -> bool:
    """Whether a consumer's session is let in at all."""
    method, path = name.split(" ", 1)
    return document("en")["paths"][path][method.lower()]["x-for-consumers"]


def fuzz(name: str, *, examples: int, secrets: Mapping[str, str], known: Mapping[str, Any]) -> Counter:
    """Send `examples` requests of each kind to one operation; returns how often each status was answered.

    Of those with a well-formed path, half go to a row that is there: `known` by parameter; half of the
    well-formed If-Match name its version. Every other request is a consumer's where they are let in.
    Whatever a request wrote is taken back. Raises what a check of Schemathesis raises.
    """
    method, path = name.split(" ", 1)
    operation = schema()[path][method]
    for_consumers = is_for_consumers(name)
    excluded = [negative_data_rejection] if name in ACCEPTED_THOUGH_MALFORMED else []
    statuses: Counter = Counter()

    def send(case) -> None:
        # Told by the case alone, so that a request that fails is the same one when it is sent again.
        told = repr((case.path_parameters, case.query, sorted(case.headers), case.body))
        lot = crc32(told.encode("utf-8", "replace"))
        if lot & 1 and case.path_parameters and not case.meta.is_negative_at(ParameterLocation.PATH):
            case.path_parameters.update(known)
        if lot & 2 and "If-Match" in case.headers and not case.meta.is_negative_at(ParameterLocation.HEADER):
            case.headers["If-Match"] = '"1"'
        secret = secrets["consumer" if for_consumers and lot & 4 else "own"]
        headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
        # Not left out: the case would count as one that breaks the document for that alone.
        case.headers["Authorization"] = headers["Authorization"]
        # It asks twice more, without a token and with a wrong one: one success of an operation is enough.
        asked = [ignored_auth] if any(status < 300 for status in statuses) else []
        with undone():
            answer = case.call(headers=headers)
            statuses[answer.status_code] += 1
            case.validate_response(answer, headers=headers, excluded_checks=[*excluded, *asked])

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        carry_out = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=examples < 100,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )(given(case=operation.as_strategy(generation_mode=mode))(lambda case: send(case)))
        carry_out()
    return statuses


def fingerprint(examples: int) -> str:
    """What a finished operation was finished with: the document and the number of examples."""
    told = json.dumps([document("en"), examples], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def finished(examples: int) -> dict[str, Any]:
    """The operations that were gone through with this document and number of examples."""
    if not DONE_FILE.exists():
        return {}
    kept = json.loads(DONE_FILE.read_text())
    return kept["operations"] if kept["fingerprint"] == fingerprint(examples) else {}


def note(name: str, statuses: Counter, examples: int) -> None:
    """Remember that an operation is done, so that the next run goes on behind it."""
    done = {**finished(examples), name: dict(sorted(statuses.items()))}
    fresh = DONE_FILE.with_suffix(".new")
    fresh.write_text(json.dumps({"fingerprint": fingerprint(examples), "operations": done}, indent=1))
    fresh.replace(DONE_FILE)
