"""Who is told of an appeal: those who answer it, those whose claim it is, and the consumer."""

from datetime import datetime

from django.urls import reverse

from aftersales.notices.posting import Message, OutsideMessage
from claims.models import Appeal
from claims.rules.approval import Level
from claims.services.results import CHANNEL, CONSUMERS
from stations.queries.staff import Staff


def filed(appeal: Appeal, *, now: datetime) -> list[Message]:
    """To the people of the level that answers, but not to who refused."""
    staff = Staff(now=now)
    at_platform = appeal.needs_level == Level.PLATFORM
    people = staff.at_platform(appeal.county_code) if at_platform else staff.heads_in(appeal.county_code)
    return [
        _message("appeal.filed", appeal, person, {"answer_by": appeal.answer_by.isoformat()})
        for person in people
        if person not in (appeal.refused_by_id, appeal.filed_by_id)
    ]


def answered(appeal: Appeal, *, but: int) -> list[Message]:
    """To who handles the claim, who filed it and the appeal, and who refused it."""
    claim = appeal.claim
    people = {claim.handler_id, claim.filed_by_id, appeal.filed_by_id, appeal.refused_by_id} - {None, but}
    return [_message(f"appeal.{appeal.state}", appeal, person, {}) for person in sorted(people)]


def to_consumer(appeal: Appeal) -> OutsideMessage:
    """That there is an answer; what it says is on the progress page."""
    return OutsideMessage(
        event="appeal.answered",
        channel=CHANNEL,
        reach_kind=CONSUMERS,
        reach_id=appeal.claim.consumer_id,
        key=f"appeal.answered:{appeal.pk}",
        params={"number": appeal.claim.number},
        url=reverse("public:track"),
        county_code=appeal.county_code,
    )


def _message(event: str, appeal: Appeal, person: int, params: dict[str, str | int]) -> Message:
    return Message(
        event=event,
        recipient_id=person,
        key=f"{event} {appeal.pk}",
        params={"number": appeal.claim.number, **params},
        url=reverse("claims:appeal_detail", args=[appeal.pk]),
        county_code=appeal.county_code,
    )
