"""Reading the ledger of hours. What somebody has learned is theirs, wherever they learned it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, Sum

from aftersales.accounts.models import User
from stations.models import Agent
from training.models import HourEntry
from training.rules import hours
from training.rules.hours import Standing

LONGEST_PERIOD = timedelta(days=366)


def standing(user: User, today: date) -> Standing:
    """How somebody stands against the hours that are asked for today."""
    joined_on = Agent._base_manager.filter(user=user).values_list("joined_on", flat=True).first()
    return standings({user.pk: joined_on}, today)[user.pk]


def standings(joined: dict[int, date | None], today: date) -> dict[int, Standing]:
    """How many people stand, by the keys of their accounts, from the days they joined; one statement.

    The caller has read the people within the scope; their hours count wherever they were learned.
    """
    learned: dict[int, list[tuple[date, int]]] = defaultdict(list)
    since = min(date(today.year, 1, 1), today - LONGEST_PERIOD)
    rows = (
        HourEntry._base_manager.filter(user__in=list(joined), day__gte=since)
        .order_by()
        .values_list("user_id", "day")
        .annotate(sum=Sum("minutes"))
    )
    for user_id, day, minutes in rows:
        learned[user_id].append((day, minutes))
    return {
        user_id: hours.standing(joined_on, today, learned[user_id]) for user_id, joined_on in joined.items()
    }


def correction_prefix(entry_id: int) -> str:
    """How the business keys of the corrections of an entry begin."""
    return f"correction:{entry_id}:"


def net_minutes(entry: HourEntry) -> int:
    """What is left of an entry after its corrections."""
    taken = HourEntry._base_manager.filter(business_key__startswith=correction_prefix(entry.pk))
    return entry.minutes + (taken.aggregate(sum=Sum("minutes"))["sum"] or 0)


def ledger_of(user: User):
    """All entries of one person, newest first, wherever they were learned; for the person alone."""
    return HourEntry._base_manager.filter(user=user).select_related("station")


def recorded_on(users: Iterable[int], day: date) -> dict[int, int]:
    """Minutes of a day by person, corrections taken off."""
    rows = HourEntry._base_manager.filter(Q(user__in=list(users)), day=day).order_by().values_list("user_id")
    return dict(rows.annotate(sum=Sum("minutes")))
