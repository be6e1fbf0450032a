"""Whether a consumer has agreed that a need of help at home is known."""

from claims.models import Consumer, HomeHelp


def of_consumer(consumer: Consumer) -> HomeHelp | None:
    """The need that stands, if there is one and it is within the scope."""
    rows = HomeHelp.objects.filter(consumer=consumer, withdrawn_at__isnull=True)
    return rows.select_related("recorded_by").first()
