"""Who is told of a visit: who makes it, who handles the claim, the consumer. No name, phone or address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.notices.posting import Message, OutsideMessage
from aftersales.web import formats
from claims.models import Visit
from claims.services.results import CHANNEL, CONSUMERS
from stations.queries.staff import Staff


def window_of(visit: Visit) -> str:
    """The window as people read it, in Shanghai: 2026-11-23 14:00–16:00."""
    return f"{formats.moment(visit.starts_at)}–{formats.clock_time(visit.ends_at)}"


def planned(visit: Visit, *, by: User) -> list[Message]:
    """To who makes the visit and who handles the claim, but not to who planned it."""
    return _messages("visit.planned", visit, _concerned(visit, by))


def unassigned(visit: Visit, *, by: User, now: datetime) -> list[Message]:
    """To the heads of the station above, that somebody has to be found; nothing once somebody goes."""
    if _somebody(visit):
        return []
    station = visit.claim.station
    heads = Staff(now=now).heads_of(station.parent or station)
    return _messages("visit.unassigned", visit, set(heads) - {by.pk})


def given(visit: Visit, *, before: int | None, by: User) -> list[Message]:
    """To who makes the visit now, and to who did before (`before` is that account)."""
    if visit.technician_id == before:
        return []
    new = {visit.technician_id} - {None, by.pk}
    old = {before} - {None, by.pk}
    return _messages("visit.given", visit, new) + _messages("visit.taken_away", visit, old)


def moved(visit: Visit, *, before: Visit, by: User) -> list[Message]:
    """To who makes the visit and who handles the claim; to who made it `before`, that somebody else does."""
    told = _messages("visit.moved", visit, _concerned(visit, by), before=window_of(before))
    if before.technician_id != visit.technician_id:
        told += _messages("visit.taken_away", before, {before.technician_id} - {None, by.pk})
    return told


def failed(visit: Visit, *, by: User) -> list[Message]:
    """To who handles the claim and who planned the visit: it has to be agreed again."""
    people = {visit.claim.handler_id, visit.planned_by_id} - {None, by.pk}
    return _messages("visit.failed", visit, people, failure=visit.failure)


def cancelled(visit: Visit, *, by: User) -> list[Message]:
    """To who would have made the visit and who handles the claim."""
    return _messages("visit.cancelled", visit, _concerned(visit, by))


def announced(visit: Visit) -> list[OutsideMessage]:
    """To the consumer: in which window somebody comes, as soon as somebody does."""
    return [_to_consumer("visit.announced", visit)] if _somebody(visit) else []


def called_off(visit: Visit) -> list[OutsideMessage]:
    """To the consumer: that nobody comes in this window; nothing where nobody was announced."""
    return [_to_consumer("visit.called_off", visit)] if _somebody(visit) else []


def _somebody(visit: Visit) -> bool:
    return visit.technician_id is not None or visit.provider_id is not None


def _concerned(visit: Visit, by: User) -> set[int]:
    return {visit.technician_id, visit.claim.handler_id} - {None, by.pk}


def _messages(event: str, visit: Visit, people: Iterable[int], **more: str) -> list[Message]:
    return [
        Message(
            event=event,
            recipient_id=person,
            key=f"{event} {visit.pk}.{visit.version}",
            params={
                "number": visit.claim.number,
                "kind": str(visit.kind),
                "place": visit.place.name,
                "window": window_of(visit),
                **more,
            },
            url=reverse("claims:visit_detail", args=[visit.pk]),
            county_code=visit.county_code,
        )
        for person in sorted(people)
    ]


def _to_consumer(event: str, visit: Visit) -> OutsideMessage:
    return OutsideMessage(
        event=event,
        channel=CHANNEL,
        reach_kind=CONSUMERS,
        reach_id=visit.claim.consumer_id,
        key=f"{event} {visit.pk}.{timezone.localtime(visit.starts_at):%Y%m%d%H}",
        params={"number": visit.claim.number, "window": window_of(visit)},
        url=reverse("public:track"),
        county_code=visit.county_code,
    )
