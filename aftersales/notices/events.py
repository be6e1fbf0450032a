"""What people can be told of: every event with its words, registered by the app that knows it.

An app keeps its events in `notice_events.py` and registers them in `AppConfig.ready`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class UnknownEvent(LookupError):
    """A message was posted for an event that no app has registered."""


@dataclass(frozen=True)
class Event:
    """One kind of message. `title` and `body` are gettext_lazy texts with %(name)s for the parameters.

    `urgent` passes quiet hours. `outside` says that people without an account may be told as well.
    `labels` turns the codes of a parameter into words: {"level": {"county": _("county centre")}}.
    `more` names parameters that a replaced wording may use though the texts here do not. `secrets` work out
    a parameter only when the message leaves: neither the outbox nor its log can tell what it says.
    """

    code: str
    title: Any
    body: Any
    urgent: bool = False
    outside: bool = False
    labels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    more: tuple[str, ...] = ()
    secrets: Mapping[str, Callable[[str], str]] = field(default_factory=dict, compare=False)

    @property
    def placeholders(self) -> frozenset[str]:
        """Parameters that a wording of this event may name."""
        return frozenset(PLACEHOLDER.findall(f"{self.title} {self.body}")) | frozenset(self.more)


_registered: dict[str, Event] = {}


def register(*events: Event) -> None:
    """Make events known; registering the same one again is nothing, another one of that code an error."""
    for event in events:
        if _registered.setdefault(event.code, event) is not event and _registered[event.code] != event:
            raise ValueError(f"Two events are called {event.code}.")


def get(code: str) -> Event:
    """The event of a code. Raises UnknownEvent."""
    try:
        return _registered[code]
    except KeyError:
        raise UnknownEvent(code) from None


def find(code: str) -> Event | None:
    """The event of a code, or None: a stored message may outlive the event it was posted for."""
    return _registered.get(code)


def registered() -> list[Event]:
    """Every event, by code."""
    return [_registered[code] for code in sorted(_registered)]
