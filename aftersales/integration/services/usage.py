"""How often tokens are used: kept by the minute for three months; and who is told that one ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from aftersales.integration import queries
from aftersales.integration.models import ApiToken, TokenMinute
from aftersales.notices.posting import Message, post
from aftersales.web.api.callers import Caller

KEPT_DAYS = 90
WARNED_DAYS = (14, 3)
"""How many days before its end somebody is told of a token that nobody has replaced."""

OUTCOME = """
    INSERT INTO integration_tokenminute (token_id, subject, minute, requests, refused, faults, throttled)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (subject, minute) DO UPDATE SET
        requests = integration_tokenminute.requests + excluded.requests,
        refused = integration_tokenminute.refused + excluded.refused,
        faults = integration_tokenminute.faults + excluded.faults,
        throttled = integration_tokenminute.throttled + excluded.throttled
"""


def note_outcome(caller: Caller, status: int, *, counted_at: datetime | None, now: datetime) -> None:
    """Count an answer that was no success, in one statement: 4xx refused, 429 too many, 5xx a fault.

    `counted_at` is when the request itself was counted; one that was turned away before counts here too.
    """
    minute = (counted_at or now).replace(second=0, microsecond=0)
    outcome = (400 <= status < 500 and status != 429, status >= 500, status == 429)
    values = [
        caller.token_id,
        caller.subject,
        connection.ops.adapt_datetimefield_value(minute),
        int(counted_at is None),
        *map(int, outcome),
    ]
    with connection.cursor() as cursor:
        cursor.execute(OUTCOME, values)


def purge(*, now: datetime) -> int:
    """Forget the minutes of more than three months ago; returns how many."""
    return TokenMinute.objects.filter(minute__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]


def warn_of_ends(*, now: datetime) -> int:
    """Tell who issued a token 14 and 3 days before it ends without a successor; returns how many messages
    are new. Wants a scope that reaches everything. May run twice."""
    messages = [
        _message(token, days)
        for token in queries.unreplaced(now=now, within=timedelta(days=max(WARNED_DAYS)))
        for days in [min(each for each in WARNED_DAYS if token.expires_at <= now + timedelta(days=each))]
        if _recipient(token) is not None
    ]
    with transaction.atomic():
        return post(messages, now=now)


def _recipient(token: ApiToken) -> int | None:
    people = (token.created_by, token.client.created_by)
    return next((user.pk for user in people if user is not None and user.is_active), None)


def _message(token: ApiToken, days: int) -> Message:
    return Message(
        event="api_token.ends_soon",
        recipient_id=_recipient(token),
        key=f"api_token.ends_soon:{token.pk}:{days}",
        params={
            "application": token.client.name,
            "prefix": f"{token.prefix}…",
            "ends_on": timezone.localdate(token.expires_at).isoformat(),
        },
        url=reverse("integration:client", args=[token.client_id]),
        county_code=token.county_code,
    )
