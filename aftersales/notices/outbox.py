"""Sending what waits: one batch of one channel at a time, never inside a transaction.

A batch is taken in a short transaction that counts the try and sets the moment of the next one, then sent,
then marked in a second transaction. A sender that dies in between has done no harm: what it had not marked
is due again later, with the same id, and its receiver can drop the copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, DateTimeField, F, Value, When

from aftersales.accounts import sealing
from aftersales.audit.trail import system_scope
from aftersales.lib.masking import mask_email, mask_phone
from aftersales.notices import channels, digests, quiet_hours, reach
from aftersales.notices.channels import EMAIL, Channel, Letter
from aftersales.notices.models import Delivery, DeliveryState, Preference
from aftersales.notices.wording import Wordings
from aftersales.web.row_writes import update_rows

BACK_OFF_MINUTES = (1, 5, 15, 60, 240)
"""After the first try, the second, and so on; a try beyond the last one is the end."""
MOST_TRIES = len(BACK_OFF_MINUTES) + 1
LONGEST_WAIT = timedelta(days=1)
"""Neither quiet hours nor a try that failed put a message off for longer."""

NO_ADDRESS, UNREADABLE = "no_address", "unreadable_address"
SENDER_DIED, CHANNEL_OFF = "sender_died", "channel_off"


@dataclass(frozen=True)
class Drained:
    """What came of one batch; `is_more` says that another one may be waiting and is worth a try at once."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    is_more: bool = False


@dataclass
class Taken:
    """A batch that this process alone may send, and how each person wants it."""

    deliveries: list[Delivery] = field(default_factory=list)
    preferences: dict[int, Preference] = field(default_factory=dict)
    exhausted: int = 0
    is_full: bool = False


def channels_due(*, now: datetime) -> list[str]:
    """The channels for which something is due. What waits for one that is switched off is given up.

    What lies further ahead than anything is put off was put off by a clock that was fast, and is due now.
    """
    with system_scope("outbox", quiet=True):
        waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
        waiting.filter(channel__in=channels.KNOWN, next_try_at__gt=now + LONGEST_WAIT).update(next_try_at=now)
        due = waiting.filter(next_try_at__lte=now)
        codes = list(due.order_by("channel").values_list("channel", flat=True).distinct())
        off = [code for code in codes if code not in channels.active()]
        if off:
            due.filter(channel__in=off).update(state=DeliveryState.DEAD, last_error=CHANNEL_OFF)
    return [code for code in codes if code not in off]


def drain(code: str, *, now: datetime, limit: int | None = None) -> Drained:
    """Send one batch of a channel. Several processes may do so at once; none sends what another has taken.

    Must not be called inside a transaction.
    """
    channel = channels.active().get(code)
    if channel is None:
        return Drained()
    with system_scope("outbox", quiet=True):
        taken = _take(channel, now, limit or channel.batch)
        if not taken.deliveries:
            return Drained(dead=taken.exhausted, is_more=taken.is_full)
        letters, outcomes = _letters(channel, taken)
    outcomes.update(channel.send([letter for letter in letters if letter.id not in outcomes]))
    with system_scope("outbox", quiet=True):
        return _settle(channel, taken, letters, outcomes, now)


def _take(channel: Channel, now: datetime, limit: int) -> Taken:
    with transaction.atomic():
        due = list(
            Delivery.objects.filter(channel=channel.code, state=DeliveryState.WAITING, next_try_at__lte=now)
            .order_by("next_try_at")
            .select_for_update(skip_locked=True)[:limit]
        )
        if not due:
            return Taken()
        is_full = len(due) == limit
        people = {row.recipient_id for row in due if row.recipient_id}
        preferences = {
            row.user_id: row for row in Preference.objects.filter(user_id__in=people, user__is_active=True)
        }
        due, exhausted = _without_exhausted(due)
        due = _without_asleep(due, preferences, now)
        deliveries = digests.fold(due, channel=channel.code, now=now)
        Delivery.objects.filter(pk__in=[row.pk for row in deliveries], state=DeliveryState.WAITING).update(
            tries=F("tries") + 1, tried_at=now, next_try_at=_next_try(now)
        )
    for row in deliveries:
        row.tries += 1
    return Taken(deliveries, preferences, exhausted, is_full)


def _next_try(now: datetime) -> Case:
    """The moment after the try that is being counted; `tries` is still the number before it."""
    return Case(
        *(
            When(tries=tries, then=Value(now + timedelta(minutes=minutes)))
            for tries, minutes in enumerate(BACK_OFF_MINUTES)
        ),
        default=Value(now + timedelta(minutes=BACK_OFF_MINUTES[0])),
        output_field=DateTimeField(),
    )


def _without_exhausted(due: Sequence[Delivery]) -> tuple[list[Delivery], int]:
    """Give up what was tried often enough and is due again: its sender died at the last try."""
    exhausted = [row.pk for row in due if row.tries >= MOST_TRIES]
    if exhausted:
        Delivery.objects.filter(pk__in=exhausted).update(state=DeliveryState.DEAD, last_error=SENDER_DIED)
    return [row for row in due if row.tries < MOST_TRIES], len(exhausted)


def _without_asleep(
    due: Sequence[Delivery], preferences: Mapping[int, Preference], now: datetime
) -> list[Delivery]:
    """Put off what would disturb somebody now; it does not count as a try."""
    asleep, awake = [], []
    for row in due:
        moment = quiet_hours.first_moment(preferences.get(row.recipient_id), now, is_urgent=row.is_urgent)
        if moment > now:
            row.next_try_at = moment
            asleep.append(row)
        else:
            awake.append(row)
    update_rows(asleep, ["next_try_at"])
    return awake


def _letters(channel: Channel, taken: Taken) -> tuple[list[Letter], dict[UUID, str]]:
    """The batch in words, and why, by id, for those that cannot leave."""
    rows = taken.deliveries
    members = digests.members_of(row.pk for row in rows if row.event == digests.SUMMARY)
    codes = {row.event for row in rows} | {row.event for each in members.values() for row in each}
    wordings = Wordings(codes)
    addresses, unreadable = _addresses(channel, taken)
    letters = [_letter(channel, row, taken, wordings, members, addresses.get(row.pk, "")) for row in rows]
    stuck = {}
    if channel.address_kind:
        stuck = {letter.id: NO_ADDRESS for letter in letters if not letter.address}
    return letters, stuck | dict.fromkeys(unreadable, UNREADABLE)


def _letter(channel, row, taken, wordings, members, address) -> Letter:
    preference = taken.preferences.get(row.recipient_id)
    language = row.language or (preference.language if preference else "") or settings.LANGUAGE_CODE
    words = wordings.words(row.event, row.params, channel=channel.code, language=language, is_leaving=True)
    if row.pk in members:
        words = digests.with_titles(words, members[row.pk], wordings, channel=channel.code, language=language)
    return Letter(
        id=row.pk,
        event=row.event,
        address=address,
        title=words.title,
        text=words.text,
        url=f"{settings.PUBLIC_URL}{row.url}" if settings.PUBLIC_URL and row.url else "",
        language=language,
        created_at=row.created_at,
    )


def _addresses(channel: Channel, taken: Taken) -> tuple[dict[UUID, str], set[UUID]]:
    """Where each letter goes, in the clear and in memory alone, and whose address could not be read.

    One statement for each kind of people without an account.
    """
    found: dict[UUID, str] = {}
    unreadable: set[UUID] = set()
    if not channel.address_kind:
        return found, unreadable
    outside = _outside_phones(taken.deliveries)
    for row in taken.deliveries:
        preference = taken.preferences.get(row.recipient_id)
        try:
            if row.recipient_id is None:
                found[row.pk] = outside[row.reach_kind].get(row.reach_id, "")
            elif preference is not None:
                token = getattr(preference, f"{channel.address_kind}_sealed")
                found[row.pk] = sealing.unseal(preference.person_key, token)
        except sealing.SealError:
            unreadable.add(row.pk)
    return found, unreadable


def _outside_phones(rows: Sequence[Delivery]) -> dict[str, Mapping[int, str]]:
    kinds: dict[str, list[int]] = {}
    for row in rows:
        if row.recipient_id is None:
            kinds.setdefault(row.reach_kind, []).append(row.reach_id)
    return {kind: reach.phones(kind, keys) for kind, keys in kinds.items()}


def _settle(
    channel: Channel, taken: Taken, letters: Sequence[Letter], outcomes: Mapping[UUID, str], now: datetime
) -> Drained:
    tries = {row.pk: row.tries for row in taken.deliveries}
    delivered = [key for key, error in outcomes.items() if not error]
    failed = {key: error for key, error in outcomes.items() if error}
    dead = [key for key, error in failed.items() if error == NO_ADDRESS or tries[key] >= MOST_TRIES]
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    with transaction.atomic():
        if delivered:
            waiting.filter(pk__in=delivered).update(
                state=DeliveryState.DELIVERED, delivered_at=now, last_error=""
            )
        for error in sorted(set(failed.values())):
            keys = [key for key, its in failed.items() if its == error]
            waiting.filter(pk__in=keys).update(last_error=error)
        if dead:
            waiting.filter(pk__in=dead).update(state=DeliveryState.DEAD)
        _note_addresses(channel, taken, letters)
    # Where nothing gets through, batch after batch would keep the workers from everything else.
    is_away = not delivered and not set(failed.values()) <= {NO_ADDRESS, UNREADABLE}
    return Drained(
        len(delivered), len(failed), len(dead) + taken.exhausted, is_more=taken.is_full and not is_away
    )


def _note_addresses(channel: Channel, taken: Taken, letters: Sequence[Letter]) -> None:
    """Keep the masks of the addresses for the log; nothing for a channel that has none."""
    mask = mask_email if channel.address_kind == EMAIL else mask_phone
    masks = {letter.id: mask(letter.address) for letter in letters if letter.address}
    changed = [row for row in taken.deliveries if masks.get(row.pk, "") != row.address_masked]
    for row in changed:
        row.address_masked = masks.get(row.pk, "")
    update_rows(changed, ["address_masked"])
