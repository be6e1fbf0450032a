"""From an event and its parameters to words in a language; it never fails.

The words come from the platform desk's own wording where there is one that fits, else from the event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import override

from aftersales.notices import events
from aftersales.notices.events import PLACEHOLDER, Event
from aftersales.notices.models import NoticeTemplate
from aftersales.web import formats

MISSING = "—"
HIDDEN = "••••••"


@dataclass(frozen=True)
class Words:
    """A message as a person reads it."""

    title: str
    text: str


class Wordings:
    """What the platform desk has put in place of the defaults, read in one statement."""

    def __init__(self, codes: Iterable[str]):
        found = NoticeTemplate.objects.filter(event__in=set(codes))
        self._own = {
            (row.event, row.channel, row.language): (row.title, row.body)
            for row in found.only("event", "channel", "language", "title", "body")
        }

    def words(
        self,
        code: str,
        params: Mapping[str, str | int],
        *,
        channel: str,
        language: str,
        is_leaving: bool = False,
    ) -> Words:
        """The words for a channel ("" for the inbox), in a language; secrets only in what is leaving."""
        event = events.find(code)
        if event is None:
            return Words(code, "")
        with override(language or settings.LANGUAGE_CODE):
            values = shown(event, params, is_leaving=is_leaving)
            own = self._own.get((code, channel, language)) or self._own.get((code, "", language))
            if own is not None and not missing_from(own, values):
                return Words(fill(own[0], values), fill(own[1], values))
            return Words(fill(str(event.title), values), fill(str(event.body), values))


def missing_from(texts: Iterable[str], values: Mapping[str, str]) -> list[str]:
    """Placeholders in the texts for which there is no value."""
    return sorted({name for text in texts for name in PLACEHOLDER.findall(text)} - values.keys())


def unknown_in(event: Event, texts: Iterable[str]) -> list[str]:
    """Placeholders in the texts that the event has no parameter for."""
    return sorted({name for text in texts for name in PLACEHOLDER.findall(text)} - event.placeholders)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of %(name)s; a dash where there is none."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], MISSING), text).replace("%%", "%")


def shown(event: Event, params: Mapping[str, str | int], *, is_leaving: bool = False) -> dict[str, str]:
    """Parameters as people read them, in the language of the moment: moments local, fen as yuan, codes in
    words, secrets as dots unless the message is leaving."""
    return {name: _shown(event, name, value, is_leaving) for name, value in params.items()}


def _shown(event: Event, name: str, value: str | int, is_leaving: bool) -> str:
    if name in event.secrets:
        return event.secrets[name](str(value)) if is_leaving else HIDDEN
    words = event.labels.get(name, {}).get(value)
    if words is not None:
        return str(words)
    if name.endswith("_at") and isinstance(value, str):
        return formats.moment(_instant(value)) or value
    if name.endswith("_fen") and isinstance(value, int):
        return formats.money(value)
    return str(value)


def _instant(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
