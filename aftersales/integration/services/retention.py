"""How long codes, sessions and counts of other systems are kept: docs/integration.md, "What is kept"."""

from datetime import datetime, timedelta

from aftersales.integration.services import consumer_sessions, login_codes, usage

CODES_KEPT = timedelta(days=1)
SESSIONS_KEPT = timedelta(days=30)


def purge(*, now: datetime) -> dict[str, int]:
    """Forget what has had its time; returns how many of each."""
    return {
        "codes": login_codes.purge(before=now - CODES_KEPT),
        "sessions": consumer_sessions.purge(before=now - SESSIONS_KEPT),
        "minutes": usage.purge(now=now),
    }
