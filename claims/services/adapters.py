"""Codes of outside platforms put into ours for a request. docs/adapters.md."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused
from claims.rules.adapters import Adapter, CodeKind, OutsideCode, read

TOLD = (CodeKind.ORDER_STATE, CodeKind.CASE_STATUS)
FOLDER = Path(__file__).resolve().parent.parent / "data" / "adapters"


@cache
def every() -> Mapping[str, Adapter]:
    """The platforms whose codes are known, by code. Raises AdapterError for a description that is wrong."""
    found = [read(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.toml"))]
    return {adapter.code: adapter for adapter in found}


def choices() -> list[tuple[str, str]]:
    """Code and name of each, for a form."""
    return [(adapter.code, adapter.name) for adapter in every().values()]


def translate(adapter: str, kind: CodeKind, code: str, *, field: str) -> OutsideCode:
    """What an outside code means.

    Raises Refused with adapter_missing where the application names no platform, outside_code_unknown.
    """
    known = every().get(adapter)
    if known is None:
        raise Refused(
            _("This application has no platform whose codes are known. Send ours."),
            code="adapter_missing",
            field=field,
        )
    meaning = known.meaning(kind, code)
    if meaning is None:
        raise Refused(
            _("%(platform)s has no code %(code)s here. Send ours, or have it added.")
            % {"platform": known.name, "code": code},
            code="outside_code_unknown",
            field=field,
        )
    return meaning


def with_state(values: Mapping[str, Any], adapter: str) -> dict[str, Any]:
    """What was sent about an order, with `outside_state` put into ours.

    Raises Refused with state_twice where both are sent, and what `translate` refuses.
    """
    ours = dict(values)
    outside = ours.pop("outside_state", "")
    if not outside:
        return ours
    if ours.get("state"):
        raise Refused(_("Send either your code or ours."), code="state_twice", field="outside_state")
    state = translate(adapter, CodeKind.ORDER_STATE, outside, field="outside_state").state
    return {**ours, "state": state.value} if state else ours


def with_class(values: Mapping[str, Any], adapter: str) -> dict[str, Any]:
    """What was sent about a claim, with `outside_service` and `outside_reason` put into ours.

    A reason says more than a service, and what is sent in our codes counts before both. Raises what
    `translate` refuses.
    """
    ours = dict(values)
    for kind, name in ((CodeKind.REASON, "outside_reason"), (CodeKind.SERVICE, "outside_service")):
        code = ours.pop(name, "")
        if not code:
            continue
        meaning = translate(adapter, kind, code, field=name)
        for column in ("nature", "severity"):
            if getattr(meaning, column) and not ours.get(column):
                ours[column] = getattr(meaning, column).value
        if meaning.is_without_reason:
            ours.setdefault("is_without_reason", True)
    return ours
