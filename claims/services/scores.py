"""Scores that consumers give, themselves or to an interviewer, and the answer to low ones.

docs/rules/follow-ups.md. A score is written once and never changed.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import InvalidValue, Refused
from aftersales.notices.posting import Message, post
from claims.models import Claim, FollowUp, Score
from claims.models.follow_ups import FollowUpKind, FollowUpState, ScoreSource
from claims.queries import follow_ups as reading
from claims.rules.follow_ups import ANSWER_ALLOWANCE, checked_stars, is_low
from claims.services import clocks, follow_up_rows, follow_up_turns
from stations.queries.staff import Staff

COMMENT_SIGNS = 500


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
    check_stars(stars)
    details = checked_sides(attitude=attitude, speed=speed, efficiency=efficiency)
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
            follow_up_rows.end(current, FollowUpState.DONE, by=None, now=now, outcome=ScoreSource.SELF)
            if was_open:
                follow_up_rows.stop_clock(current, claim, now=now)
        return give(
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


def give(follow_up: FollowUp, claim: Claim, *, stars: int, source, by: User | None, now: datetime, **said):
    """Keep a score inside the caller's transaction; a low one opens the second follow-up.

    Raises Refused("score_given") where this source has given one for the follow-up already.
    """
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


def checked_sides(**stars: int | None) -> dict[str, int | None]:
    """Attitude, speed and whether it was solved, each 1 to 5 or left out. Raises Refused("score_missing")."""
    for name, value in stars.items():
        if value is not None:
            check_stars(value, field=name)
    return stars


def check_stars(stars: int | None, *, field: str = "stars") -> None:
    """Refuse what is no score from 1 to 5: Refused("score_missing")."""
    try:
        checked_stars(stars)
    except InvalidValue:
        raise Refused(_("Choose a score from 1 to 5."), code="score_missing", field=field) from None


def _answer_low(follow_up: FollowUp, claim: Claim, *, by: User | None, now: datetime) -> None:
    """A low score has somebody else call again, once for each round; the county is told either way."""
    due_at = now + ANSWER_ALLOWANCE
    barred = reading.handlers_of(claim, follow_up.round) | reading.callers_of_first(claim, follow_up.round)
    second = FollowUp._base_manager.filter(
        claim=claim, round=follow_up.round, kind=FollowUpKind.SECOND
    ).first()
    if second is None:
        second = follow_up_rows.open_call(
            claim, FollowUpKind.SECOND, due_at=due_at, barred=barred, by=by, now=now
        )
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


def _given() -> Refused:
    return Refused(_("You have given your score already. Thank you."), code="score_given")
