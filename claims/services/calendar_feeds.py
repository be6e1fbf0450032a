"""The secret address under which somebody's own calendar reads their visits: made, renewed, revoked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import CalendarFeed
from claims.queries.calendar_feeds import hashed

TOKEN_BYTES = 32
READ_NOTED_EVERY = timedelta(minutes=15)


def make(*, by: User, now: datetime) -> str:
    """A new secret for one's own calendar; an earlier address stops working at once.

    The secret is answered here and never again: only its hash is kept.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        feed, is_first = CalendarFeed.objects.update_or_create(
            user=by, defaults={"token_hash": hashed(token), "made_at": now, "read_at": None}
        )
        verb = "calendar_feed.made" if is_first else "calendar_feed.renewed"
        trail.record(verb, by=by, obj=feed, county_code=by.county_code, at=now)
    return token


def revoke(*, by: User, now: datetime) -> None:
    """End one's own address. Raises Refused("no_feed") where there is none."""
    with transaction.atomic():
        feed = CalendarFeed.objects.filter(user=by).first()
        if feed is None:
            raise Refused(_("There is no address to revoke."), code="no_feed")
        trail.record("calendar_feed.revoked", by=by, obj=feed, county_code=by.county_code, at=now)
        feed.delete()


def note_read(*, feed: CalendarFeed, now: datetime) -> None:
    """Remember that a calendar has read the feed, at most every quarter of an hour."""
    unread = Q(read_at__isnull=True) | Q(read_at__lt=now - READ_NOTED_EVERY)
    CalendarFeed.objects.filter(unread, pk=feed.pk).update(read_at=now)
