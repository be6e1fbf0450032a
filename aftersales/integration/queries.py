"""What the pages show of applications: how they stand, and how much they ask. Keeps to the scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncHour
from django.utils import timezone

from aftersales.integration.models import ApiClient, ApiToken, TokenMinute, WebhookSubscription

RECENT = timedelta(days=7)
ENDS_SOON = timedelta(days=30)
COUNTS = ("requests", "refused", "faults", "throttled")


@dataclass(frozen=True)
class Usage:
    """Requests of a stretch of time; `requests` are all of them, the others are parts of it."""

    requests: int = 0
    refused: int = 0
    faults: int = 0
    throttled: int = 0

    @property
    def answered(self) -> int:
        return max(self.requests - self.refused - self.faults - self.throttled, 0)


@dataclass
class Standing:
    """How one application stands now: its tokens that count, and its requests of the last seven days."""

    tokens: int = 0
    ending: int = 0
    first_end: datetime | None = None
    last_used_at: datetime | None = None
    usage: Usage = field(default_factory=Usage)


def clients_found(*, word: str = "", state: str = "") -> QuerySet[ApiClient]:
    """Applications whose name or party contains the word; "active" or "suspended" ones only."""
    rows = ApiClient.objects.select_related("party")
    if word:
        rows = rows.filter(Q(name__icontains=word) | Q(party__name__icontains=word))
    if state in ("active", "suspended"):
        rows = rows.filter(is_suspended=state == "suspended")
    return rows


def current_tokens(now: datetime) -> QuerySet[ApiToken]:
    """Tokens that count: neither revoked nor expired."""
    return ApiToken.objects.filter(revoked_at=None, expires_at__gt=now)


def standings(clients: Sequence[ApiClient], *, now: datetime) -> dict[int, Standing]:
    """How these applications stand, by key, in three statements however many there are."""
    keys = [client.pk for client in clients]
    found = {key: Standing() for key in keys}
    held = current_tokens(now).filter(client__in=keys).order_by().values("client")
    for row in held.annotate(
        tokens=Count("pk"),
        ending=Count("pk", filter=Q(expires_at__lte=now + ENDS_SOON)),
        first_end=Min("expires_at"),
    ):
        standing = found[row["client"]]
        standing.tokens, standing.ending = row["tokens"], row["ending"]
        standing.first_end = row["first_end"]
    every = ApiToken.objects.filter(client__in=keys).order_by().values("client")
    for row in every.annotate(used=Max("last_used_at")):
        found[row["client"]].last_used_at = row["used"]
    asked = TokenMinute.objects.filter(token__client__in=keys, minute__gte=now - RECENT)
    for row in _summed(asked.values("token__client")):
        found[row["token__client"]].usage = _usage(row)
    return found


def tokens_of(client: ApiClient) -> QuerySet[ApiToken]:
    """All tokens of an application, the newest first, with who issued and revoked them."""
    rows = ApiToken.objects.filter(client=client).select_related("created_by", "revoked_by")
    return rows.order_by("-created_at", "-pk")


def subscriptions_of(client: ApiClient) -> dict[str, int]:
    """How many subscriptions of an application are active and how many were stopped."""
    rows = WebhookSubscription.objects.filter(client=client, ended_at=None)
    return rows.aggregate(active=Count("pk", filter=Q(is_active=True)), all=Count("pk"))


def usage_of(client: ApiClient, *, since: datetime, until: datetime) -> Usage:
    """All requests of an application in a stretch of time."""
    rows = _minutes(client, since, until)
    return _usage(rows.aggregate(**{name: Sum(name) for name in COUNTS}))


def by_day(client: ApiClient, *, first: date, last: date) -> dict[date, Usage]:
    """Requests of each day, days without any included."""
    rows = _minutes(client, _midnight(first), _midnight(last + timedelta(days=1)))
    told = {row["day"]: _usage(row) for row in _summed(rows.annotate(day=TruncDate("minute")).values("day"))}
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day: told.get(day, Usage()) for day in days}


def by_hour(client: ApiClient, day: date) -> dict[int, Usage]:
    """Requests of each of the 24 hours of a day."""
    rows = _minutes(client, _midnight(day), _midnight(day + timedelta(days=1)))
    hours = _summed(rows.annotate(hour=TruncHour("minute")).values("hour"))
    told = {timezone.localtime(row["hour"]).hour: _usage(row) for row in hours}
    return {hour: told.get(hour, Usage()) for hour in range(24)}


def by_token(client: ApiClient, *, since: datetime, until: datetime) -> list[tuple[ApiToken, Usage]]:
    """Requests under each token of an application that was used, the busiest first."""
    told = {row["token"]: _usage(row) for row in _summed(_minutes(client, since, until).values("token"))}
    tokens = ApiToken.objects.filter(pk__in=told)
    return sorted(
        ((token, told[token.pk]) for token in tokens), key=lambda pair: (-pair[1].requests, pair[0].pk)
    )


def unreplaced(*, now: datetime, within: timedelta) -> Iterable[ApiToken]:
    """Tokens that end soon and have no successor yet, of applications that are not suspended."""
    return (
        current_tokens(now)
        .filter(expires_at__lte=now + within, client__is_suspended=False)
        .exclude(pk__in=ApiToken.objects.exclude(replaces=None).values("replaces"))
        .select_related("client", "created_by", "client__created_by")
        .order_by("pk")
    )


def _minutes(client: ApiClient, since: datetime, until: datetime) -> QuerySet[TokenMinute]:
    return TokenMinute.objects.filter(token__client=client, minute__gte=since, minute__lt=until)


def _summed(rows: QuerySet) -> QuerySet:
    return rows.order_by().annotate(**{f"sum_{name}": Sum(F(name)) for name in COUNTS})


def _usage(row: dict) -> Usage:
    return Usage(**{name: row.get(f"sum_{name}", row.get(name)) or 0 for name in COUNTS})


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))
