"""Finding consumers whose name and phone are sealed. Keeps to the scope of the person acting."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from django.db.models import QuerySet

from aftersales.accounts.sealing import Erased, phone_index
from aftersales.lib.phones import PhoneError, normalise_phone
from claims.models import Consumer
from claims.queries.claims import consumers_named
from claims.rules.dispatch import words_of
from stations.models import Agent, Station

DIALECTS_SHOWN = 12


def consumers_found(text: str) -> QuerySet[Consumer]:
    """Consumers with this whole phone number; where the text is no number, whose name begins with it."""
    text = text.strip()
    if not text:
        return Consumer.objects.none()
    try:
        return Consumer.objects.filter(phone_index=phone_index(normalise_phone(text)))
    except PhoneError:
        return Consumer.objects.filter(pk__in=consumers_named(text))


def dialects_at(station: Station | None) -> list[str]:
    """Dialects and languages that people at a station speak, or anybody in reach without one; the most
    frequent first."""
    people = Agent.objects.filter(left_on__isnull=True).exclude(dialects="").order_by()
    if station is not None:
        people = people.filter(station=station)
    lines = people.values_list("dialects", flat=True)[:500]
    spoken = Counter(word for line in lines for word in sorted(words_of(line)))
    return [word for word, _count in spoken.most_common(DIALECTS_SHOWN)]


def phones(keys: Sequence[int]) -> dict[int, str]:
    """The phone numbers of consumers in the clear, for a message to them that leaves now; in one statement.

    Who was erased or has no phone is left out. Wants a scope that reaches everything.
    """
    found = {}
    for consumer in Consumer.objects.filter(pk__in=keys):
        with suppress(Erased):
            if phone := consumer.clear_phone():
                found[consumer.pk] = phone
    return found
