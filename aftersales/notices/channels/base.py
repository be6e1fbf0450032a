"""What a way out of the house looks like to the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

EMAIL, PHONE = "email", "phone"


@dataclass(frozen=True)
class Letter:
    """One message in words, ready to leave. The receiver knows it by its id, however often it comes."""

    id: UUID
    event: str
    address: str
    title: str
    text: str
    url: str
    language: str
    created_at: datetime


class Channel(Protocol):
    """One way out: what it is called, which address it needs, and how a batch of letters leaves."""

    code: str
    label: Any
    address_kind: str
    """EMAIL, PHONE, or "" for a channel that needs no address."""
    batch: int
    """How many letters one run takes: they must all have been tried before the first may be tried again."""

    def send(self, letters: Iterable[Letter]) -> Mapping[UUID, str]:
        """Try every letter once; return why, by id, for those that did not get through ("" for the others).

        Reasons are short codes for the log ("timeout", "http_500") and name no person. Called outside any
        transaction.
        """
