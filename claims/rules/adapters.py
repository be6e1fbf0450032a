"""What codes of outside platforms mean here, and which of theirs says what ours mean. docs/adapters.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from claims.rules.classification import Nature, Severity
from claims.rules.orders import OrderStep
from claims.rules.status import Status


class AdapterError(ValueError):
    """A description of a platform's codes that cannot be used; the text says what is wrong with it."""


class CodeKind(StrEnum):
    """What an outside code speaks of."""

    ORDER_STATE = "order_state"
    SERVICE = "service"
    REASON = "reason"
    CASE_STATUS = "case_status"


@dataclass(frozen=True)
class OutsideCode:
    """One code of a platform. What it does not say is None: a person or another code has to.

    `state` belongs to an order, `status` to a claim; `nature`, `severity` and `is_without_reason` to what the
    buyer asks for.
    """

    kind: CodeKind
    code: str
    words: str
    state: OrderStep | None = None
    nature: Nature | None = None
    severity: Severity | None = None
    is_without_reason: bool = False
    status: Status | None = None


@dataclass(frozen=True)
class Adapter:
    """The codes of one platform. `told` holds, for each kind, which code says what ours mean."""

    code: str
    name: str
    source: str
    codes: tuple[OutsideCode, ...]
    told: Mapping[CodeKind, Mapping[str, str]] = field(default_factory=dict)

    def meaning(self, kind: CodeKind, code: str) -> OutsideCode | None:
        """What a code of theirs means; None for one that is not known."""
        return next((each for each in self.codes if each.kind is kind and each.code == code), None)

    def outside(self, kind: CodeKind, ours: str) -> str | None:
        """Their code for a state of an order or a status of a claim of ours; None where they have none."""
        return self.told.get(kind, {}).get(ours)


OURS = {CodeKind.ORDER_STATE: ("state", OrderStep), CodeKind.CASE_STATUS: ("status", Status)}
KNOWN_KEYS = {
    CodeKind.ORDER_STATE: {"code", "words", "state"},
    CodeKind.SERVICE: {"code", "words", "nature", "severity", "is_without_reason"},
    CodeKind.REASON: {"code", "words", "nature", "severity"},
    CodeKind.CASE_STATUS: {"code", "words", "status"},
}
MEANINGS = {"state": OrderStep, "nature": Nature, "severity": Severity, "status": Status}


def read(described: Mapping[str, Any]) -> Adapter:
    """Check a description that was read from TOML. Raises AdapterError."""
    if unknown := set(described) - {"code", "name", "source", "told", *CodeKind}:
        raise AdapterError(f"unknown: {', '.join(sorted(unknown))}")
    texts = {name: described.get(name) for name in ("code", "name", "source")}
    if missing := [name for name, text in texts.items() if not (isinstance(text, str) and text)]:
        raise AdapterError(f"{missing[0]} is missing")
    codes = tuple(_code(kind, entry) for kind in CodeKind for entry in described.get(kind, ()))
    places = [(each.kind, each.code) for each in codes]
    if twice := [code for kind, code in places if places.count((kind, code)) > 1]:
        raise AdapterError(f"{twice[0]} is described twice")
    adapter = Adapter(**texts, codes=codes, told=_told(described.get("told", {})))
    _check_told(adapter)
    return adapter


def _code(kind: CodeKind, entry: Any) -> OutsideCode:
    if not isinstance(entry, Mapping) or not {"code", "words"} <= set(entry) <= KNOWN_KEYS[kind]:
        raise AdapterError(f"{kind} needs code and words, and knows {', '.join(sorted(KNOWN_KEYS[kind]))}")
    try:
        meanings = {name: of(entry[name]) for name, of in MEANINGS.items() if name in entry}
    except ValueError as error:
        raise AdapterError(f"{kind} {entry['code']}: {error}") from None
    if not all(isinstance(entry[name], str) and entry[name] for name in ("code", "words")):
        raise AdapterError(f"{kind}: code and words are texts")
    return OutsideCode(
        kind,
        entry["code"],
        entry["words"],
        is_without_reason=entry.get("is_without_reason") is True,
        **meanings,
    )


def _told(described: Any) -> dict[CodeKind, dict[str, str]]:
    if not isinstance(described, Mapping) or not set(described) <= set(OURS):
        raise AdapterError("told knows order_state and case_status")
    return {CodeKind(kind): dict(table) for kind, table in described.items()}


def _check_told(adapter: Adapter) -> None:
    """What we tell must be ours, be a code of theirs, and mean the same when it comes back."""
    for kind, table in adapter.told.items():
        column, ours = OURS[kind]
        for own, outside in table.items():
            if own not in list(ours):
                raise AdapterError(f"told.{kind}: {own} is none of ours")
            meaning = adapter.meaning(kind, outside)
            if meaning is None:
                raise AdapterError(f"told.{kind}: {outside} is not described")
            if getattr(meaning, column) is None:
                raise AdapterError(f"told.{kind}: {outside} says nothing about ours")
