"""Whose turn a follow-up is: given when it opens, by a head, or handed over. docs/rules/follow-ups.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from claims.models import Claim, FollowUp
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.queries import follow_up_turns as reading
from claims.queries import follow_ups
from stations.queries.staff import Staff


def first_in_turn(claim: Claim, kind: str, *, barred: set[int], now: datetime) -> int | None:
    """The account whose turn a new follow-up of a claim is; None when nobody may call."""
    is_visit = reading.is_by_visit(claim)
    found = reading.candidates(claim, kind, barred=barred, is_visit=is_visit, now=now)
    return found[0].person_id if found else None


def set_caller(*, follow_up: FollowUp, to: User | None, by: User, now: datetime) -> FollowUp:
    """Make a call somebody's turn, or with None that of whoever has time. The person is told.

    Others who may call still may: a turn is a duty and no lock.

    Raises Refused("follow_up_over"), Refused("handler_calls"), Refused("caller_again") for somebody who had
    a hand in the claim or made the first call, Refused("caller_elsewhere") for somebody who does not work
    there.
    """
    with transaction.atomic():
        current = FollowUp.objects.select_related("claim__station__parent", "claim__consumer").get(
            pk=follow_up.pk
        )
        if to is not None:
            _check(current, to, now=now)
        if current.caller_id == (to.pk if to else None):
            return current
        changed = FollowUp.objects.filter(pk=current.pk, state=FollowUpState.OPEN).update(caller=to)
        if not changed:
            raise Refused(_("This follow-up is over; nobody has to call any more."), code="follow_up_over")
        trail.record(
            "follow_up.turn_given",
            by=by,
            obj=current,
            station_id=current.claim.station_id,
            before={"caller": current.caller_id},
            after={"caller": to.pk if to else None},
            at=now,
        )
        current.caller = to
        if to is not None and to.pk != by.pk:
            post([given(current, now=now)], now=now)
    return current


def hand_over(*, follow_ups: Sequence[FollowUp], to: User, by: User, now: datetime) -> int:
    """Make all of these calls somebody else's turn, or none of them. Raises what set_caller refuses."""
    with transaction.atomic():
        for follow_up in follow_ups:
            set_caller(follow_up=follow_up, to=to, by=by, now=now)
    return len(follow_ups)


def given(follow_up: FollowUp, *, now: datetime) -> Message:
    """What somebody is told whose turn a call has become."""
    is_second = follow_up.kind == FollowUpKind.SECOND
    return Message(
        "follow_up.given_second" if is_second else "follow_up.given",
        follow_up.caller_id,
        f"follow-up {follow_up.pk} given {now.isoformat()}",
        {"number": follow_up.claim.number, "due_at": follow_up.due_at.isoformat()},
        reverse("claims:follow_up", args=[follow_up.pk]),
        follow_up.county_code,
    )


def remind(*, now: datetime) -> int:
    """Tell everybody how many calls they have to make today, and the heads of a county how many are overdue.

    Once a day for each person and county, however often it runs. Wants a scope that reaches everything.
    Returns how many messages are new.
    """
    day, page = timezone.localdate(now).isoformat(), reverse("claims:follow_up_list")
    messages = [
        Message("follow_up.due_many", person, f"follow-ups due {county} {day}", {"count": n}, page, county)
        for person, county, n in reading.due_by_caller(now)
    ]
    overdue = reading.overdue_by_county(now)
    staff = Staff(now=now)
    staff.read([], overdue)
    messages += [
        Message(
            "follow_up.overdue_many",
            head,
            f"follow-ups overdue {county} {day}",
            {"count": number},
            f"{page}?show=all",
            county,
        )
        for county, number in sorted(overdue.items())
        for head in staff.heads_in(county)
    ]
    return post(messages, now=now)


def _check(follow_up: FollowUp, to: User, *, now: datetime) -> None:
    if to.pk in follow_ups.handlers_of(follow_up.claim, follow_up.round):
        raise Refused(
            _("This person had a hand in the claim, so somebody else has to ask the consumer."),
            code="handler_calls",
            field="to",
        )
    if to.pk in follow_ups.first_callers(follow_up):
        raise Refused(
            _("This person made the first call; the second one is for somebody else."),
            code="caller_again",
            field="to",
        )
    if to.pk not in {each.person_id for each in reading.candidates_for(follow_up, now=now)}:
        raise Refused(
            _("Choose somebody who works at the station, in its township or for the county."),
            code="caller_elsewhere",
            field="to",
        )
