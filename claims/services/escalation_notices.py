"""Who is told what when a claim is warned, climbs, goes on or changes hands. docs/rules/escalation.md, 3."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from django.urls import reverse

from aftersales.notices.posting import Message
from claims.models import Claim
from claims.rules.escalation import Rung, Step, Tell, worth_telling
from claims.services.ladder import Ladder

ANY = "NUMBER"
EVENTS: dict[Tell, str] = {
    Tell.WARNED: "claim.warned",
    Tell.RAN_OUT: "claim.ran_out",
    Tell.CLIMBED_TO_YOU: "claim.climbed_to_you",
    Tell.CLIMBED_AWAY: "claim.climbed_away",
    Tell.RESUMED: "claim.resumed_by_itself",
}


def rungs_told(steps: Iterable[Step]) -> Iterable[Rung]:
    """The rungs whose people are told of these steps."""
    for tell, step in worth_telling(list(steps)):
        yield step.climbed_to if tell == Tell.CLIMBED_TO_YOU else step.rung


def messages_of(claim: Claim, handler_id: int | None, steps: Sequence[Step], ladder: Ladder) -> list[Message]:
    """What is told of steps of one claim; `handler_id` is who worked on it before the first of them."""
    told, has_it_now = [], set()
    first_climb = next((step for step in steps if step.climbed_to is not None), None)
    has_left = False
    for tell, step in worth_telling(steps):
        handler = None if has_left else handler_id
        recipients = _recipients(tell, step, handler, has_left, claim.county_code, ladder)
        has_left = has_left or step is first_climb
        if tell == Tell.CLIMBED_TO_YOU:
            has_it_now.update(recipients)
        told += [(tell, step, each) for each in recipients]
    return [
        _message(claim, tell, step, recipient, ladder)
        for tell, step, recipient in told
        # Who works on both rungs has not lost it.
        if tell != Tell.CLIMBED_AWAY or recipient not in has_it_now
    ]


def handed(
    claim: Claim, event: str, *, to: Rung, by_place: Rung, turn: int, but: int, ladder: Ladder
) -> list[Message]:
    """What the people of a rung are told when a claim is handed up or sent back to them by a person."""
    params = {"number": claim.number, "place": ladder.place(by_place)}
    key = f"claim {claim.pk} {event} r{claim.round} l{to.level:d} t{turn}"
    return [
        Message(event, recipient, key, params, page_of(claim.number), claim.county_code, claim.is_urgent)
        for recipient in ladder.people(to, claim.county_code)
        if recipient != but
    ]


def page_of(number: str) -> str:
    """The page of a claim."""
    return _page_of_any().replace(ANY, number)


@cache
def _page_of_any() -> str:
    """The page of a claim with a number to be filled in: a sweep tells of thousands."""
    return reverse("claims:claim_detail", args=[ANY])


def _recipients(
    tell: Tell, step: Step, handler: int | None, has_left: bool, county_code: str, ladder: Ladder
) -> Sequence[int]:
    if tell == Tell.CLIMBED_TO_YOU:
        return ladder.people(step.climbed_to, county_code)
    if handler is None and tell == Tell.CLIMBED_AWAY and has_left:
        return ladder.heads(step.rung, county_code)
    if handler is None:
        return ladder.people(step.rung, county_code)
    if tell in (Tell.WARNED, Tell.RAN_OUT):
        return list(dict.fromkeys([handler, *ladder.heads(step.rung, county_code)]))
    return [handler]


def _message(claim: Claim, tell: Tell, step: Step, recipient: int, ladder: Ladder) -> Message:
    params: dict[str, str | int] = {"number": claim.number, "due_at": _written(step, tell)}
    about = "pause"
    if step.clock is not None:
        params["clock"] = step.clock.clock.value
        about = f"{step.clock.clock.value} t{step.clock.turn}"
    if tell == Tell.CLIMBED_TO_YOU:
        params["place"] = ladder.place(step.rung)
    if tell == Tell.CLIMBED_AWAY:
        params["to"] = ladder.place(step.climbed_to)
    if tell == Tell.RESUMED:
        about += f" {params['due_at']}"
    return Message(
        EVENTS[tell],
        recipient,
        f"claim {claim.pk} {tell.value} {about} r{claim.round} l{step.rung.level:d}",
        params,
        page_of(claim.number),
        claim.county_code,
        claim.is_urgent,
    )


def _written(step: Step, tell: Tell) -> str:
    moment: datetime = step.clock.due_at if tell == Tell.WARNED else step.at
    return moment.isoformat()
