"""One summary instead of a flood: many messages that wait for one person and channel leave as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftersales.notices.events import Event
from aftersales.notices.models import Delivery, DeliveryState
from aftersales.notices.wording import Wordings, Words
from aftersales.web.row_writes import insert_rows, update_rows

SUMMARY = "notices.summary"
EVENTS = (Event(SUMMARY, _("New messages: %(count)s"), _("They are waiting in your inbox.")),)

MOST_SINGLE = 3
"""Up to so many messages leave one by one."""
TITLES_SHOWN = 5
MOST_FOLDED = 2000


def can_be_folded(delivery: Delivery) -> bool:
    """What is urgent, was tried before or goes to somebody without an inbox leaves alone."""
    return not (delivery.is_urgent or delivery.tried_at or delivery.recipient_id is None)


def fold(due: Sequence[Delivery], *, channel: str, now: datetime) -> list[Delivery]:
    """Put summaries in place of what is too much for one person at once; return what is to be sent.

    Takes in everything that waits for these persons, also what stands further back in the queue. Belongs
    into the transaction that took the rows.
    """
    people = {delivery.recipient_id for delivery in due if can_be_folded(delivery)}
    if not people:
        return list(due)
    further = (
        Delivery.objects.filter(
            channel=channel,
            state=DeliveryState.WAITING,
            recipient_id__in=people,
            is_urgent=False,
            tried_at=None,
            next_try_at__lte=now,
        )
        .exclude(pk__in=[delivery.pk for delivery in due])
        .select_for_update(skip_locked=True)[:MOST_FOLDED]
    )
    together = sorted(
        (row for row in [*due, *further] if can_be_folded(row)), key=lambda row: row.recipient_id
    )
    summaries, members = [], []
    for _person, rows in groupby(together, key=lambda row: row.recipient_id):
        rows = list(rows)
        if len(rows) > MOST_SINGLE:
            summaries.append(_summary(rows, channel, now))
            members += rows
    if not members:
        return list(due)
    insert_rows(summaries)
    update_rows(members, ["state", "digest_id"])
    folded = {row.pk for row in members}
    return [*(row for row in due if row.pk not in folded), *summaries]


def _summary(rows: Sequence[Delivery], channel: str, now: datetime) -> Delivery:
    summary = Delivery(
        channel=channel,
        recipient_id=rows[0].recipient_id,
        event=SUMMARY,
        params={"count": len(rows)},
        url=reverse("notices:inbox"),
        county_code=rows[0].county_code,
        created_at=now,
        next_try_at=now,
    )
    for row in rows:
        row.state = DeliveryState.FOLDED
        row.digest_id = summary.pk
    return summary


def members_of(summaries: Iterable[UUID]) -> Mapping[UUID, list[Delivery]]:
    """What each summary stands for, oldest first."""
    found: dict[UUID, list[Delivery]] = {}
    rows = Delivery.objects.filter(digest_id__in=list(summaries)).order_by("created_at", "pk")
    for row in rows.only("digest_id", "event", "params"):
        found.setdefault(row.digest_id, []).append(row)
    return found


def with_titles(
    words: Words, members: Sequence[Delivery], wordings: Wordings, *, channel: str, language: str
):
    """The words of a summary with the titles of its first messages under its own."""
    titles = [
        wordings.words(row.event, row.params, channel=channel, language=language).title
        for row in members[:TITLES_SHOWN]
    ]
    more = ["…"] if len(members) > TITLES_SHOWN else []
    return Words(words.title, "\n".join([*(f"- {title}" for title in titles), *more, words.text]))
