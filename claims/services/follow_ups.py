"""Follow-ups: opened by a settlement, called, given up, void. docs/rules/follow-ups.md."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim, FollowUp, FollowUpAttempt
from claims.models.follow_ups import CalledHow, FollowUpKind, FollowUpState, OutcomeChoices, ScoreSource
from claims.queries import follow_ups as reading
from claims.rules.follow_ups import (
    ALLOWANCE,
    FRUITLESS,
    Outcome,
    is_exhausted,
    may_call,
)
from claims.services import clocks, follow_up_rows, scores

NOTE_SIGNS, ANSWER_SIGNS, LEAST_ANSWER_SIGNS = 200, 500, 4


def open_first(claim: Claim, *, due_at: datetime | None, by: User, now: datetime) -> FollowUp:
    """Note that somebody has to call the consumer of a claim that was just settled.

    Due when its clock says, else after seven days; the turn of the least loaded person who may call. Inside
    the resolution's transaction.
    """
    barred = reading.handlers_of(claim, claim.round)
    return follow_up_rows.open_call(
        claim, FollowUpKind.FIRST, due_at=due_at or now + ALLOWANCE, barred=barred, by=by, now=now
    )


def claim_reopened(claim: Claim, *, by: User, now: datetime) -> int:
    """Let the open follow-ups of earlier rounds lapse: the claim is worked on again. Returns how many.

    Their scores stay. Inside the reopening's transaction, which has ended the clock.
    """
    rows = FollowUp._base_manager.filter(claim=claim, round__lt=claim.round, state=FollowUpState.OPEN)
    lapsed = list(rows)
    for follow_up in lapsed:
        follow_up_rows.end(follow_up, FollowUpState.VOID, by=by, now=now)
    return len(lapsed)


def attempt(
    *,
    follow_up: FollowUp,
    number: int,
    how: str,
    outcome: str,
    stars: int | None = None,
    attitude: int | None = None,
    speed: int | None = None,
    efficiency: int | None = None,
    comment: str = "",
    note: str = "",
    answer: str = "",
    by: User,
    now: datetime,
) -> FollowUp:
    """Record one call or visit; `number` is which attempt the page said this would be.

    Somebody who was reached ends the follow-up: with a score, which the interviewer enters, or without one.
    Nobody reached ends it after three attempts on two days. A score of 1 or 2 opens a second follow-up for
    another person, due in 48 hours. A second follow-up wants `answer`: what the consumer was told.

    Raises Refused("follow_up_over"), Refused("handler_calls"), Refused("caller_again"), Refused("stale")
    when that attempt has been recorded meanwhile, Refused("score_missing"), Refused("answer_missing"),
    Refused("unknown_outcome"), Refused("too_long").
    """
    if how not in CalledHow.values or outcome not in OutcomeChoices.values:
        raise Refused(_("Choose how it was done and what came of it."), code="unknown_outcome")
    comment, note, answer = comment.strip(), note.strip(), answer.strip()
    for field, text, limit in (
        ("comment", comment, scores.COMMENT_SIGNS),
        ("note", note, NOTE_SIGNS),
        ("answer", answer, ANSWER_SIGNS),
    ):
        if len(text) > limit:
            raise Refused(
                _("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=field
            )
    details = scores.checked_sides(attitude=attitude, speed=speed, efficiency=efficiency)
    with transaction.atomic():
        claim, current = _locked(follow_up)
        _check_caller(current, claim, by)
        is_reached = outcome not in FRUITLESS
        if outcome == Outcome.ANSWERED:
            scores.check_stars(stars)
        if is_reached and current.kind == FollowUpKind.SECOND and len(answer) < LEAST_ANSWER_SIGNS:
            raise Refused(
                _("Write down what you told the consumer and what will be done."),
                code="answer_missing",
                field="answer",
            )
        tried = list(FollowUpAttempt._base_manager.filter(follow_up=current).order_by("number"))
        made = _written_attempt(
            current, tried, number=number, how=how, outcome=outcome, note=note, by=by, now=now
        )
        if is_reached:
            follow_up_rows.end(current, FollowUpState.DONE, answer=answer, by=by, now=now, outcome=outcome)
        elif is_exhausted(reading.tries_of([*tried, made])):
            follow_up_rows.end(current, FollowUpState.EXHAUSTED, by=by, now=now, outcome=outcome)
        if outcome == Outcome.ANSWERED:
            scores.give(
                current,
                claim,
                stars=stars,
                comment=comment,
                source=ScoreSource.INTERVIEWER,
                by=by,
                now=now,
                **details,
            )
        if current.state != FollowUpState.OPEN:
            follow_up_rows.stop_clock(current, claim, now=now)
    return current


def _locked(follow_up: FollowUp) -> tuple[Claim, FollowUp]:
    """The claim, locked first as everywhere, and the follow-up as it stands; it must still be open."""
    claim = clocks.lock(follow_up.claim)
    current = FollowUp.objects.select_related("claim").get(pk=follow_up.pk)
    if current.state != FollowUpState.OPEN:
        raise Refused(_("This follow-up is over; somebody has been faster."), code="follow_up_over")
    return claim, current


def _check_caller(follow_up: FollowUp, claim: Claim, by: User) -> None:
    handlers = reading.handlers_of(claim, follow_up.round)
    callers = reading.first_callers(follow_up)
    if may_call(by.pk, handlers=handlers, earlier_callers=callers):
        return
    if by.pk in handlers:
        raise Refused(
            _("You had a hand in this claim, so somebody else has to ask the consumer."),
            code="handler_calls",
        )
    raise Refused(
        _("You made the first call; the second one is for somebody else."),
        code="caller_again",
    )


def _written_attempt(
    follow_up: FollowUp, tried: list[FollowUpAttempt], *, number: int, how, outcome, note, by, now
) -> FollowUpAttempt:
    stale = Refused(
        _("Somebody has recorded an attempt meanwhile. Look at it first."), code="stale", field="number"
    )
    if number != len(tried) + 1:
        raise stale
    made = FollowUpAttempt(
        follow_up=follow_up,
        county_code=follow_up.county_code,
        number=number,
        how=how,
        outcome=outcome,
        note=note,
        by=by,
        at=now,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise stale from None
    trail.record(
        "follow_up.attempted",
        by=by,
        obj=follow_up,
        station_id=follow_up.claim.station_id,
        after={"number": number, "how": str(how), "outcome": str(outcome)},
        at=now,
    )
    return made
