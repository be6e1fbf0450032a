"""The words of the OpenAPI document in Chinese, and examples of real requests and answers."""

import json
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
WRITTEN = ("summary", "description")
TAGS_FIRST = ("token", "sessions", "orders", "claims", "photos", "payouts", "webhooks", "events")


@lru_cache(maxsize=1)
def chinese() -> dict[str, str]:
    """English sentence to Chinese sentence."""
    return tomllib.loads((DATA / "zh.toml").read_text())["words"]


@lru_cache(maxsize=1)
def areas() -> dict[str, dict[str, str]]:
    """What the operations under a first word of the path are about, in both languages."""
    return tomllib.loads((DATA / "areas.toml").read_text())


@lru_cache(maxsize=1)
def examples() -> dict[str, dict[str, Any]]:
    """A request and its answer for each operation, taken down from the suite."""
    return json.loads((DATA / "examples.json").read_text())


def sentences(node: Any) -> Iterator[tuple[dict, str]]:
    """Every place of a document that holds words for people: where it stands, and under which name."""
    if isinstance(node, dict):
        for name, inner in node.items():
            if name in WRITTEN and isinstance(inner, str):
                yield node, name
            elif name not in ("example", "examples", "enum"):
                yield from sentences(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from sentences(inner)


def translate(told: dict[str, Any]) -> None:
    """Put the sentences of a document into Chinese where they have not been already."""
    words = chinese()
    for node, name in list(sentences(told)):
        node[name] = "\n\n".join(words.get(each, each) for each in node[name].split("\n\n"))


def illustrate(told: dict[str, Any]) -> None:
    """Give operations their examples."""
    known = examples()
    for item in told["paths"].values():
        for operation in item.values():
            example = known.get(operation["operationId"])
            if example is None:
                continue
            if "request" in example and "requestBody" in operation:
                _put(operation["requestBody"], example["request"])
            if "response" in example:
                _put(operation["responses"].get(example["status"], {}), example["response"])


def _put(where: dict, value: Any) -> None:
    kind = where.get("content", {}).get("application/json")
    if kind is not None:
        kind["example"] = value


def describe_areas(told: dict[str, Any], language: str) -> None:
    """Say what each tag is about, the important ones first."""
    used = {tag for item in told["paths"].values() for each in item.values() for tag in each["tags"]}
    ordered = sorted(used, key=lambda tag: (TAGS_FIRST.index(tag) if tag in TAGS_FIRST else 99, tag))
    short = language[:2]
    told["tags"] = [
        {
            "name": tag,
            "x-displayName": areas().get(tag, {}).get(f"{short}_name", tag),
            "description": areas().get(tag, {}).get(short, tag),
        }
        for tag in ordered
    ]
