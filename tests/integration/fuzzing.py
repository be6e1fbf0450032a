"""Hostile and plausible requests made from the OpenAPI document, and every answer held against it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from aftersales.web.api.document import document

DONE_FILE = Path(__file__).resolve().parents[2] / "var" / "fuzz.json"
# A value may be of the right form and still name nothing, or be of no use in this state of things.
REFUSED_THOUGH_WELL_FORMED = [200, 201, 202, 204, 304, 400, 401, 403, 404, 409, 422, 428]


@lru_cache(maxsize=1)
def schema():
    """The document with the application behind it."""
    config = schemathesis.Config.from_dict(
        {
            "checks": {
                "positive_data_acceptance": {"expected-statuses": REFUSED_THOUGH_WELL_FORMED},
                "negative_data_rejection": {"enabled": False},
            }
        }
    )
    return schemathesis.openapi.from_wsgi("/api/schema/?lang=en", get_wsgi_application(), config=config)


def names() -> list[str]:
    """Every operation, as METHOD path."""
    return [f"{method.upper()} {path}" for path, item in document("en")["paths"].items() for method in item]


def fuzz(name: str, *, examples: int, secret: str, known: Mapping[str, Any]) -> Counter:
    """Send `examples` requests of each kind to one operation; returns how often each status was answered.

    Half of those with a parameter in the path go to a row that is there: `known` by parameter.
    Raises what a check of Schemathesis raises.
    """
    method, path = name.split(" ", 1)
    operation = schema()[path][method]
    statuses: Counter = Counter()
    headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}

    def send(case) -> None:
        case.headers.pop("Authorization", None)
        if statuses.total() % 2 and case.path_parameters:
            case.path_parameters.update({key: known[key] for key in case.path_parameters if key in known})
        answer = case.call(headers=headers)
        statuses[answer.status_code] += 1
        case.validate_response(answer, headers=headers)

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
