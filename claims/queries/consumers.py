"""Finding consumers whose name and phone are sealed. Keeps to the scope of the person acting."""

from django.db.models import QuerySet

from aftersales.accounts.sealing import phone_index
from aftersales.lib.phones import PhoneError, normalise_phone
from claims.models import Consumer
from claims.queries.claims import consumers_named


def consumers_found(text: str) -> QuerySet[Consumer]:
    """Consumers with this whole phone number; where the text is no number, whose name begins with it."""
    text = text.strip()
    if not text:
        return Consumer.objects.none()
    try:
        return Consumer.objects.filter(phone_index=phone_index(normalise_phone(text)))
    except PhoneError:
        return Consumer.objects.filter(pk__in=consumers_named(text))
