"""Sitting an exam: begun, answered place by place, handed in, or ended by the clock.
docs/rules/exams.md, sections 4 to 6."""

from __future__ import annotations

import logging
import math
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from aftersales.web import formats
from stations.access.scope import authority_of
from training.models import Exam, Question, Sitting, SittingAnswer
from training.queries.courses import required_unfinished
from training.queries.learners import learner_of
from training.queries.questions import bank, lines_of
from training.queries.sittings import asks_for_courses, attempts_at, past_of, terms_of
from training.rules.exams import (
    BankTooSmall,
    Place,
    Purpose,
    QuestionKind,
    SittingState,
    draw,
    is_possible,
    is_right,
    paper_rows,
    read_paper,
    score,
)
from training.rules.hours import HourKind
from training.rules.sittings import GRACE, Bar, Past, Phase, Turn, order_of, phase, retaken_from, turn
from training.services import hours

log = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
KEEP = "training.keep_questions"


def start(exam: Exam, *, user: User, now: datetime, seed: str | None = None) -> Sitting:
    """Begin an exam: the paper is drawn and the time runs. A sitting that is under way comes back as it is.

    Begun twice at the same moment, it is begun once. `seed` decides the paper; by default it is random.

    Raises Refused: "not_posted", "exam_retired", "keeps_questions" (whoever sees the right answers proves
    nothing by them, except in practice), "courses_unfinished" (the required courses come before the exam for
    the certificate), "waiting", "used_up", "passed", "bank_too_small", "sat_meanwhile".
    """
    agent = learner_of(user)
    under_way = _under_way(exam, user)
    if under_way is not None and end_if_over(under_way, now=now).state == SittingState.OPEN:
        return under_way
    _check_offered(exam, user, now)
    with transaction.atomic():
        earlier = attempts_at(user, exam)
        _check_turn(turn(past_of(earlier), terms_of(exam), now))
        seed = seed or secrets.token_hex(16)
        sitting = Sitting(
            exam=exam,
            user=user,
            station=agent.station,
            county_code=agent.county_code,
            attempt=len(earlier) + 1,
            seed=seed,
            paper=paper_rows(_drawn(exam, seed)),
            started_at=now,
            ends_at=now + exam.minutes * MINUTE,
        )
        try:
            with transaction.atomic():
                sitting.save(force_insert=True)
        except IntegrityError:
            twin = _under_way(exam, user)
            if twin is None:
                raise Refused(
                    _("You have just sat this exam. Look at the list again."), code="sat_meanwhile"
                ) from None
            return twin
        trail.record(
            "sitting.started",
            by=user,
            obj=sitting,
            after={"exam": exam.code, "attempt": sitting.attempt, "questions": len(sitting.paper)},
            at=now,
        )
    return sitting


def save_answer(
    sitting: Sitting, *, place: int, answer: Sequence[int], sent: int | None, by: User, now: datetime
) -> SittingAnswer:
    """Keep what was answered at a place (from 1), in place of what was answered there before.

    `answer` lists positions of options as the bank has them; empty takes an answer back. `sent` says when it
    was given, in milliseconds since the beginning: one that arrives late does not overwrite a later one.
    None counts as given now. The same answer sent again is nothing. What arrives within 30 seconds after the
    end still counts.

    Raises Refused: "not_candidate", "sitting_over", "time_over", "no_such_place", "answer_impossible",
    "answer_older" with the answer that counts in `details`.
    """
    with transaction.atomic():
        current = _locked(sitting)
        _check_candidate(current, by)
        if current.state == SittingState.SUBMITTED:
            raise _over()
        if current.state == SittingState.EXPIRED or phase(current.ends_at, now) == Phase.OVER:
            raise Refused(_("The time is over. What you had saved until then counts."), code="time_over")
        asked = _question_at(read_paper(current.paper), place)
        answer = list(answer)
        if not is_possible(asked.kind, len(asked.options), answer):
            raise Refused(_("This answer does not fit the question. Choose again."), code="answer_impossible")
        if asked.kind == QuestionKind.MULTIPLE:
            answer.sort()
        given = order_of(sent, current.started_at, now)
        saved = SittingAnswer._base_manager.filter(sitting=current, place=place).first()
        if saved is None:
            return SittingAnswer.objects.create(
                sitting=current,
                place=place,
                question=asked,
                county_code=current.county_code,
                answer=answer,
                sent=given,
                saved_at=now,
            )
        return _replaced(saved, answer, given, is_plain=sent is None, now=now)


def hand_in(sitting: Sitting, *, by: User, now: datetime) -> Sitting:
    """End an exam: it is marked at once, and nothing about it changes any more.

    After the time, with its grace, it ends as of its time. Raises Refused: "not_candidate", "sitting_over".
    """
    with transaction.atomic():
        current = _locked(sitting)
        _check_candidate(current, by)
        if current.state != SittingState.OPEN:
            raise _over()
        if phase(current.ends_at, now) == Phase.OVER:
            return _expired(current, now=now)
        ended_at = min(now, current.ends_at)
        return _ended(current, SittingState.SUBMITTED, verb="sitting.handed_in", by=by, at=ended_at, now=now)


def end_if_over(sitting: Sitting, *, now: datetime) -> Sitting:
    """End an exam whose time is over; any other comes back as it stands."""
    if sitting.state != SittingState.OPEN or phase(sitting.ends_at, now) != Phase.OVER:
        return sitting
    return _expire(sitting, now=now)[0]


def sweep_expired(now: datetime) -> int:
    """End every exam whose time is over, and tell whoever sat it; returns how many. May run twice or late.

    One that cannot be ended is logged and stops no other.
    """
    count = 0
    with system_scope("end exams whose time is over", quiet=True):
        over = Sitting.objects.filter(state=SittingState.OPEN, ends_at__lt=now - GRACE)
        for sitting in over.order_by("ends_at", "id"):
            try:
                count += _expire(sitting, now=now)[1]
            except Exception:
                log.exception("sitting %s could not be ended", sitting.pk)
    return count


def _expire(sitting: Sitting, *, now: datetime) -> tuple[Sitting, bool]:
    """End an exam whose time is over, unless somebody was faster; says also whether this call did it."""
    with transaction.atomic():
        current = _locked(sitting)
        if current.state != SittingState.OPEN:
            return current, False
        return _expired(current, now=now), True


def _under_way(exam: Exam, user: User) -> Sitting | None:
    rows = Sitting._base_manager.filter(exam=exam, user=user, state=SittingState.OPEN)
    return rows.select_related("exam").first()


def _check_offered(exam: Exam, user: User, now: datetime) -> None:
    if Exam.objects.filter(pk=exam.pk, retired_at__isnull=False).exists():
        raise Refused(_("This exam is no longer held."), code="exam_retired")
    if exam.purpose != Purpose.PRACTICE and KEEP in authority_of(user, now=now).permissions:
        raise Refused(_("You keep the question bank, so you cannot sit this exam."), code="keeps_questions")
    if asks_for_courses(exam) and (missing := required_unfinished(user)):
        raise Refused(
            _("First finish the required courses: %(titles)s.")
            % {"titles": ", ".join(course.title for course in missing)},
            code="courses_unfinished",
        )


def _check_turn(found: Turn) -> None:
    if found.may_begin:
        return
    at = formats.moment(found.from_at)
    words = {
        Bar.WAITING: _("You can try again from %(at)s."),
        Bar.USED_UP: _("All attempts are used up. You can try again from %(at)s."),
        Bar.PASSED: _("You have passed this exam. You can sit it again from %(at)s."),
    }
    raise Refused(words[found.bar] % {"at": at}, code=found.bar.value)


def _drawn(exam: Exam, seed: str) -> tuple[Place, ...]:
    lines = lines_of(exam)
    try:
        return draw(bank({line.topic for line in lines}), lines, seed)
    except BankTooSmall as error:
        log.warning("exam %s cannot be drawn: %s", exam.code, error)
        raise Refused(
            _("There are too few questions for this exam at the moment. Please tell your trainer."),
            code="bank_too_small",
        ) from error


def _locked(sitting: Sitting) -> Sitting:
    """The sitting as it stands. Whoever saves, hands in or ends the same one waits here."""
    rows = Sitting._base_manager.select_for_update(of=("self",), no_key=True)
    return rows.select_related("exam").get(pk=sitting.pk)


def _check_candidate(sitting: Sitting, by: User) -> None:
    if by.pk != sitting.user_id:
        raise Refused(_("This is the exam of somebody else."), code="not_candidate")


def _over() -> Refused:
    return Refused(_("This exam is handed in; nothing about it changes any more."), code="sitting_over")


def _question_at(paper: Sequence[Place], place: int) -> Question:
    if not 1 <= place <= len(paper):
        raise Refused(_("The paper has no such question."), code="no_such_place")
    return Question.objects.only("kind", "options").get(pk=paper[place - 1].question)


def _replaced(
    saved: SittingAnswer, answer: list[int], given: int, *, is_plain: bool, now: datetime
) -> SittingAnswer:
    """The answer in place of an earlier one. Two plain posts of one moment: the one that arrives last."""
    older = {"sent__lte": given} if is_plain else {"sent__lt": given}
    rows = SittingAnswer._base_manager.filter(pk=saved.pk, **older)
    if rows.update(answer=answer, sent=given, saved_at=now):
        saved.answer, saved.sent, saved.saved_at = answer, given, now
        return saved
    if saved.sent == given and saved.answer == answer:
        return saved
    raise Refused(
        _("A later answer to this question is saved already; that one counts."),
        code="answer_older",
        details={"answer": saved.answer, "sent": saved.sent},
    )


def _expired(sitting: Sitting, *, now: datetime) -> Sitting:
    by = system_user()
    over = _ended(sitting, SittingState.EXPIRED, verb="sitting.expired", by=by, at=sitting.ends_at, now=now)
    told = Message(
        "exam.time_over",
        over.user_id,
        f"sitting {over.pk} expired",
        {"exam": over.exam.title},
        url=reverse("training:sitting_result", args=[over.pk]),
        county_code=over.county_code,
    )
    post([told], now=now)
    return over


def _ended(
    sitting: Sitting, state: SittingState, *, verb: str, by: User, at: datetime, now: datetime
) -> Sitting:
    """Mark what was saved and end the sitting as of a moment. Inside the transaction that holds the lock."""
    right, last_saved_at = _marked(sitting)
    permille = score(right, len(sitting.paper))
    has_passed = permille >= sitting.exam.pass_permille
    earlier = [each for each in attempts_at(sitting.user, sitting.exam) if each.pk != sitting.pk]
    past = [*past_of(earlier), Past(at, has_passed)]
    outcome = {
        "state": state,
        "ended_at": at,
        "score_permille": permille,
        "has_passed": has_passed,
        "may_be_retaken_at": retaken_from(past, terms_of(sitting.exam)),
    }
    if not Sitting._base_manager.filter(pk=sitting.pk, state=SittingState.OPEN).update(**outcome):
        raise _over()
    for name, value in outcome.items():
        setattr(sitting, name, value)
    trail.record(
        verb,
        by=by,
        obj=sitting,
        after={"exam": sitting.exam.code, "score_permille": permille, "passed": has_passed},
        at=now,
    )
    _count_hours(sitting, last_saved_at, now)
    return sitting


def _marked(sitting: Sitting) -> tuple[int, datetime | None]:
    """Write down of each answer whether it is right; returns how many are, and when the last one came."""
    answers = list(SittingAnswer._base_manager.filter(sitting=sitting).select_related("question"))
    right = [row.pk for row in answers if is_right(row.question.kind, row.question.answer, row.answer)]
    rows = SittingAnswer._base_manager.filter(sitting=sitting)
    rows.filter(pk__in=right).update(is_right=True)
    rows.exclude(pk__in=right).update(is_right=False)
    return len(right), max((row.saved_at for row in answers), default=None)


def _count_hours(sitting: Sitting, last_saved_at: datetime | None, now: datetime) -> None:
    """The minutes up to the last answer are minutes of learning, except in practice."""
    if last_saved_at is None or sitting.exam.purpose == Purpose.PRACTICE:
        return
    spent = min(last_saved_at, sitting.ends_at) - sitting.started_at
    try:
        hours.record(
            sitting.user,
            day=timezone.localdate(sitting.started_at),
            minutes=max(1, math.ceil(spent / MINUTE)),
            kind=HourKind.EXAM,
            note=sitting.exam.title,
            business_key=f"exam:{sitting.pk}",
            by=sitting.user,
            now=now,
        )
    except Refused as refused:
        # Somebody who has left meanwhile learns nowhere; the exam ends all the same.
        if refused.code != "not_posted":
            raise
