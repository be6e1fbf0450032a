"""Follow-ups: opened by a settlement, called, scored, given up, void. docs/rules/follow-ups.md."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import InvalidValue, Refused
from aftersales.notices.posting import Message, post
from claims.models import Claim, FollowUp, FollowUpAttempt, Score
from claims.models.follow_ups import CalledHow, FollowUpKind, FollowUpState, OutcomeChoices, ScoreSource
from claims.queries import follow_ups as reading
from claims.rules.clocks import Clock
from claims.rules.follow_ups import (
    ALLOWANCE,
    ANSWER_ALLOWANCE,
    FRUITLESS,
    Outcome,
    checked_stars,
    is_exhausted,
    is_low,
    may_call,
)
from claims.services import clocks, follow_up_turns
from stations.queries.staff import Staff

NOTE_SIGNS, COMMENT_SIGNS, ANSWER_SIGNS, LEAST_ANSWER_SIGNS = 200, 500, 500, 4
VERBS = {
    FollowUpState.DONE: "follow_up.done",
    FollowUpState.EXHAUSTED: "follow_up.exhausted",
    FollowUpState.VOID: "follow_up.lapsed",
}


def open_first(claim: Claim, *, due_at: datetime | None, by: User, now: datetime) -> FollowUp:
    """Note that somebody has to call the consumer of a claim that was just settled.

    Due when its clock says, else after seven days; the turn of the least loaded person who may call. Inside
    the resolution's transaction.
    """
    barred = reading.handlers_of(claim, claim.round)
    return _open(claim, FollowUpKind.FIRST, due_at=due_at or now + ALLOWANCE, barred=barred, by=by, now=now)


def claim_reopened(claim: Claim, *, by: User, now: datetime) -> int:
    """Let the open follow-ups of earlier rounds lapse: the claim is worked on again. Returns how many.

    Their scores stay. Inside the reopening's transaction, which has ended the clock.
    """
    rows = FollowUp._base_manager.filter(claim=claim, round__lt=claim.round, state=FollowUpState.OPEN)
    lapsed = list(rows)
    for follow_up in lapsed:
        _end(follow_up, FollowUpState.VOID, by=by, now=now)
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
        ("comment", comment, COMMENT_SIGNS),
        ("note", note, NOTE_SIGNS),
        ("answer", answer, ANSWER_SIGNS),
    ):
        if len(text) > limit:
            raise Refused(
                _("Use at most %(limit)s characters.") % {"limit": limit}, code="too_long", field=field
            )
    details = _dimensions(attitude=attitude, speed=speed, efficiency=efficiency)
    with transaction.atomic():
        claim, current = _locked(follow_up)
        _check_caller(current, claim, by)
        is_reached = outcome not in FRUITLESS
        if outcome == Outcome.ANSWERED:
            _checked(stars)
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
            _end(current, FollowUpState.DONE, answer=answer, by=by, now=now, outcome=outcome)
        elif is_exhausted(reading.tries_of([*tried, made])):
            _end(current, FollowUpState.EXHAUSTED, by=by, now=now, outcome=outcome)
        if outcome == Outcome.ANSWERED:
            _score(
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
            _stop_clock(current, claim, now=now)
    return current


def score_by_consumer(
    *,
    follow_up: FollowUp,
    stars: int,
    attitude: int | None = None,
    speed: int | None = None,
    efficiency: int | None = None,
    comment: str = "",
    signed_in: User | None = None,
    now: datetime,
) -> Score:
    """Keep the score that a consumer has given on the public page; the door has made sure who it is.

    Ends an open follow-up, and makes one that had given up a done one. Once for each round. `signed_in` is
    the account at work in that browser, if there is one: only the consumer's own may be.

    Raises Refused("staff_scores"), Refused("score_given"), Refused("score_closed") when the round no longer
    counts or its time is over, Refused("score_missing"), Refused("too_long").
    """
    if not may_score_here(follow_up.claim, signed_in):
        raise Refused(
            _("Somebody is signed in here who works on claims. The consumer scores on a phone of their own."),
            code="staff_scores",
        )
    _checked(stars)
    details = _dimensions(attitude=attitude, speed=speed, efficiency=efficiency)
    comment = comment.strip()
    if len(comment) > COMMENT_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": COMMENT_SIGNS},
            code="too_long",
            field="comment",
        )
    with system_scope("a consumer scores their claim", quiet=True), transaction.atomic():
        claim = clocks.lock(follow_up.claim)
        if Score.objects.filter(follow_up=follow_up, source=ScoreSource.SELF).exists():
            raise _given()
        current = reading.open_to_own_score(claim, now=now)
        if current is None or current.pk != follow_up.pk:
            raise Refused(_("This claim can no longer be scored here."), code="score_closed")
        if current.state in (FollowUpState.OPEN, FollowUpState.EXHAUSTED):
            was_open = current.state == FollowUpState.OPEN
            _end(current, FollowUpState.DONE, by=None, now=now, outcome=ScoreSource.SELF)
            if was_open:
                _stop_clock(current, claim, now=now)
        return _score(
            current,
            claim,
            stars=stars,
            comment=comment,
            source=ScoreSource.SELF,
            by=None,
            now=now,
            **details,
        )


def may_score_here(claim: Claim, signed_in: User | None) -> bool:
    """Whether a consumer's own score may come from this browser: nobody is signed in, or the consumer is.

    So nobody who works on claims scores one for its consumer, and nobody looks on while they score.
    """
    return signed_in is None or signed_in.pk == claim.consumer.user_id


def _open(
    claim: Claim, kind: str, *, due_at: datetime, barred: set[int], by: User | None, now: datetime
) -> FollowUp:
    opened = FollowUp(
        claim=claim,
        county_code=claim.county_code,
        round=claim.round,
        kind=kind,
        opened_at=now,
        due_at=due_at,
        caller_id=follow_up_turns.first_in_turn(claim, kind, barred=barred, now=now),
    )
    opened.save(force_insert=True)
    trail.record(
        "follow_up.opened",
        by=by,
        obj=opened,
        station_id=claim.station_id,
        after={"kind": str(kind), "due_at": due_at.isoformat(), "caller": opened.caller_id},
        at=now,
    )
    return opened


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


def _end(
    follow_up: FollowUp, state: str, *, answer: str = "", by: User | None, now: datetime, outcome: str = ""
) -> None:
    before = follow_up.state
    ended = FollowUp._base_manager.filter(pk=follow_up.pk, state=before).update(
        state=state, ended_at=now, answer=answer
    )
    if not ended:
        raise Refused(_("This follow-up is over; somebody has been faster."), code="follow_up_over")
    follow_up.state, follow_up.ended_at, follow_up.answer = state, now, answer
    trail.record(
        VERBS[state],
        by=by,
        obj=follow_up,
        station_id=follow_up.claim.station_id,
        before={"state": str(before)},
        after={"state": str(state), "outcome": str(outcome)},
        at=now,
    )


def _stop_clock(follow_up: FollowUp, claim: Claim, *, now: datetime) -> None:
    if follow_up.kind == FollowUpKind.FIRST:
        clocks.stop(claim, Clock.FOLLOW_UP, at=now)


def _score(follow_up: FollowUp, claim: Claim, *, stars: int, source, by: User | None, now: datetime, **said):
    given = Score(
        follow_up=follow_up,
        claim=claim,
        county_code=claim.county_code,
        round=follow_up.round,
        stars=stars,
        source=source,
        by=by,
        at=now,
        **said,
    )
    try:
        with transaction.atomic():
            given.save(force_insert=True)
    except IntegrityError:
        raise _given() from None
    trail.record(
        "score.given",
        by=by,
        obj=given,
        station_id=claim.station_id,
        after={"stars": stars, "source": str(source), "kind": str(follow_up.kind)},
        at=now,
    )
    if is_low(stars):
        _answer_low(follow_up, claim, by=by, now=now)
    return given


def _answer_low(follow_up: FollowUp, claim: Claim, *, by: User | None, now: datetime) -> None:
    """A low score has somebody else call again, once for each round; the county is told either way."""
    due_at = now + ANSWER_ALLOWANCE
    barred = reading.handlers_of(claim, follow_up.round) | reading.callers_of_first(claim, follow_up.round)
    second = FollowUp._base_manager.filter(
        claim=claim, round=follow_up.round, kind=FollowUpKind.SECOND
    ).first()
    if second is None:
        second = _open(claim, FollowUpKind.SECOND, due_at=due_at, barred=barred, by=by, now=now)
        if second.caller_id is not None:
            post([follow_up_turns.given(second, now=now)], now=now)
            barred = barred | {second.caller_id}
    told = [person for person in Staff(now=now).in_county(claim.county_code) if person not in barred]
    post(
        [
            Message(
                "claim.low_score",
                person,
                f"claim {claim.pk} low score r{follow_up.round} {follow_up.kind}",
                {"number": claim.number, "due_at": due_at.isoformat()},
                reverse("claims:follow_up", args=[second.pk]),
                claim.county_code,
            )
            for person in told
        ],
        now=now,
    )


def _dimensions(**stars: int | None) -> dict[str, int | None]:
    for name, value in stars.items():
        if value is not None:
            _checked(value, field=name)
    return stars


def _checked(stars: int | None, *, field: str = "stars") -> None:
    try:
        checked_stars(stars)
    except InvalidValue:
        raise Refused(_("Choose a score from 1 to 5."), code="score_missing", field=field) from None


def _given() -> Refused:
    return Refused(_("You have given your score already. Thank you."), code="score_given")
