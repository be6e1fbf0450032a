"""Telling people: messages are written in the transaction of what they tell of, and leave afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from aftersales.notices import channels, events, quiet_hours
from aftersales.notices.models import Delivery, Notice, Preference
from aftersales.web.row_writes import insert_new, insert_rows

Params = dict[str, str | int]


@dataclass(frozen=True)
class Message:
    """What one person is told. `key` says what about: the same person is told the same thing once.

    `params` hold codes, numbers, names of stations, ISO moments (names ending in `_at`) and fen (`_fen`);
    never a name, phone or address of a person. `url` is a page of ours.
    """

    event: str
    recipient_id: int
    key: str
    params: Params = field(default_factory=dict)
    url: str = ""
    county_code: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class OutsideMessage:
    """What somebody without an account is told, by default by SMS.

    `reach_kind` and `reach_id` say who ("claims.consumer", 12): the app that registered the kind with
    `reach.register` gives the address when the message leaves, so no address is stored with it.
    """

    event: str
    reach_kind: str
    reach_id: int
    key: str
    params: Params = field(default_factory=dict)
    url: str = ""
    county_code: str = ""
    urgent: bool = False
    channel: str = "sms"
    language: str = ""


def post(messages: Sequence[Message], *, now: datetime) -> int:
    """Put messages into inboxes and into the outbox of each recipient's other channels; return how many.

    Belongs into the transaction of what the messages tell of: when that is undone, nothing is sent. A key
    that its recipient has been told before is nothing, and does not count. Takes the same few statements
    for one message and for a thousand. Raises UnknownEvent, and ValueError for parameters that are neither
    text nor whole numbers and for pages that are not ours.
    """
    if not messages:
        return 0
    # In one order for everybody: two who tell the same people the same would else wait for each other.
    notices = sorted(
        (_notice(message, now) for message in messages), key=lambda row: (row.recipient_id, row.key)
    )
    with transaction.atomic(savepoint=False):
        new = insert_new(notices)
        if new and channels.active():
            _send_out([row for row in notices if row.pk in new], now)
    return len(new)


def post_outside(messages: Sequence[OutsideMessage], *, now: datetime) -> int:
    """Put messages to people without an account into the outbox; return how many.

    As `post`; messages for a channel that is not switched on are nothing. Raises ValueError for an event
    that is not meant for the outside.
    """
    active = channels.active()
    wanted = [row for message in messages if (row := _outside(message, now)).channel in active]
    if not wanted:
        return 0
    wanted.sort(key=lambda row: (row.channel, row.key))
    with transaction.atomic(savepoint=False):
        return len(insert_new(wanted))


def _notice(message: Message, now: datetime) -> Notice:
    event = events.get(message.event)
    return Notice(
        recipient_id=message.recipient_id,
        event=message.event,
        key=message.key,
        params=_checked(message.params),
        url=_own_page(message.url),
        county_code=message.county_code,
        is_urgent=message.urgent or event.urgent,
        created_at=now,
    )


def _send_out(notices: Iterable[Notice], now: datetime) -> None:
    recipients = {notice.recipient_id for notice in notices}
    preferences = {row.user_id: row for row in Preference.objects.filter(user_id__in=recipients)}
    deliveries = [
        Delivery(
            channel=channel,
            recipient_id=notice.recipient_id,
            event=notice.event,
            key=notice.key,
            params=notice.params,
            url=notice.url,
            county_code=notice.county_code,
            is_urgent=notice.is_urgent,
            created_at=now,
            next_try_at=quiet_hours.first_moment(
                preferences.get(notice.recipient_id), now, is_urgent=notice.is_urgent
            ),
        )
        for notice in notices
        for channel in channels.wanted(preferences.get(notice.recipient_id))
    ]
    insert_rows(deliveries)


def _outside(message: OutsideMessage, now: datetime) -> Delivery:
    event = events.get(message.event)
    if not event.outside:
        raise ValueError(f"{message.event} is not meant for people without an account.")
    is_urgent = message.urgent or event.urgent
    return Delivery(
        channel=message.channel,
        reach_kind=message.reach_kind,
        reach_id=message.reach_id,
        event=message.event,
        key=message.key,
        params=_checked(message.params),
        url=_own_page(message.url),
        language=message.language,
        county_code=message.county_code,
        is_urgent=is_urgent,
        created_at=now,
        next_try_at=quiet_hours.first_moment(None, now, is_urgent=is_urgent),
    )


def _checked(params: Params) -> Params:
    wrong = [name for name, value in params.items() if type(value) not in (str, int)]
    if wrong:
        raise ValueError(f"Parameters are text or whole numbers: {', '.join(wrong)}.")
    return dict(params)


def _own_page(url: str) -> str:
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise ValueError("The page of a message is a path of ours.")
    return url
