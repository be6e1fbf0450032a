"""Reading exams that people sit: what is offered, how often, the paper, and what came of it.

The results of a person count wherever they were posted, so what somebody reads of their own goes past the
scope, by their account alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from aftersales.accounts.models import User
from training.models import Attachment, Exam, Question, Sitting, SittingAnswer
from training.queries.courses import required_unfinished
from training.rules.exams import Purpose, QuestionKind, SittingState, read_paper
from training.rules.sittings import GRACE, Past, Terms, Turn, as_shown, turn

RESULTS_SHOWN = 20
RESULTS_ORDER = ("-ended_at", "-pk")


@dataclass(frozen=True)
class Offered:
    """An exam as it stands for one person: whether they may begin, the sitting under way, the last result,
    and whether required courses come first (told by `offered` alone)."""

    exam: Exam
    turn: Turn
    questions: int
    under_way: Sitting | None = None
    last: Sitting | None = None
    lacks_courses: bool = False


@dataclass
class Asked:
    """One place of a paper: the question, its options as they stand there, and what was answered.

    `place` counts from 1. `chosen` holds positions as shown; `sent` orders the answers given.
    """

    place: int
    question: Question
    order: tuple[int, ...]
    answer: SittingAnswer | None = None
    pictures: list[Attachment] = field(default_factory=list)

    @property
    def options(self) -> list[str]:
        return [self.question.options[position] for position in self.order]

    @property
    def chosen(self) -> list[int]:
        shown = as_shown(self.order, self.answer.answer) if self.answer else []
        return shown if self.question.kind == QuestionKind.ORDERING else sorted(shown)

    @property
    def is_answered(self) -> bool:
        return bool(self.answer and self.answer.answer)

    @property
    def is_right(self) -> bool:
        return bool(self.answer and self.answer.is_right)

    @property
    def sent(self) -> int:
        return self.answer.sent if self.answer else 0

    @property
    def chosen_texts(self) -> list[str]:
        """What was answered, in words."""
        return [self.options[position] for position in self.chosen]

    @property
    def right_texts(self) -> list[str]:
        """What is right, in words."""
        return [self.question.options[position] for position in self.question.answer]


def own(user: User) -> QuerySet[Sitting]:
    """Everything this person sat."""
    return Sitting._base_manager.filter(user=user)


def ended(user: User) -> QuerySet[Sitting]:
    """What this person sat to the end, the newest first."""
    return own(user).exclude(state=SittingState.OPEN).select_related("exam").order_by(*RESULTS_ORDER)


def is_under_way(user: User, now: datetime) -> bool:
    """Whether this person sits an exam at this moment that counts for something."""
    rows = own(user).filter(state=SittingState.OPEN, ends_at__gte=now - GRACE)
    return rows.exclude(exam__purpose=Purpose.PRACTICE).exists()


def terms_of(exam: Exam) -> Terms:
    """How often an exam may be tried, for the rule."""
    return Terms(exam.purpose, exam.attempts, timedelta(hours=exam.wait_hours))


def past_of(sittings: Sequence[Sitting]) -> list[Past]:
    """Ended sittings of one person at one exam for the rule, the oldest first; wants `is_spent` on each."""
    over = [each for each in sittings if each.state != SittingState.OPEN]
    return [
        Past(each.ended_at, has_passed=each.has_passed, is_spent=each.is_spent)
        for each in sorted(over, key=lambda each: each.attempt)
    ]


def attempts_at(user: User, exam: Exam) -> list[Sitting]:
    """Every attempt of a person at an exam, the oldest first, for `past_of`."""
    return list(_with_spent(own(user).filter(exam=exam)).order_by("attempt"))


def turn_of(user: User, exam: Exam, now: datetime) -> Turn:
    """Whether this person may begin this exam now, as far as attempts go."""
    return turn(past_of(attempts_at(user, exam)), terms_of(exam), now)


def offered(user: User, now: datetime) -> list[Offered]:
    """Every exam in use as it stands for this person; what is under way in one that was retired as well."""
    sat: dict[int, list[Sitting]] = {}
    for sitting in _with_spent(own(user)).select_related("exam").order_by("attempt"):
        sat.setdefault(sitting.exam_id, []).append(sitting)
    under_way = Q(pk__in=[key for key, rows in sat.items() if rows[-1].state == SittingState.OPEN])
    exams = Exam.objects.filter(Q(retired_at__isnull=True) | under_way).order_by("purpose", "code")
    lacks = bool(required_unfinished(user))
    return [
        replace(_offer(exam, sat.get(exam.pk, []), now), lacks_courses=lacks and asks_for_courses(exam))
        for exam in exams
    ]


def offer_of(user: User, exam: Exam, now: datetime) -> Offered:
    """One exam as it stands for this person."""
    return _offer(exam, attempts_at(user, exam), now)


def asks_for_courses(exam: Exam) -> bool:
    """Whether the required courses have to be finished before the exam."""
    return exam.purpose == Purpose.CERTIFICATE


def paper_of(sitting: Sitting, *, with_pictures: bool = True) -> list[Asked]:
    """The whole paper with what was answered, in three queries."""
    places = read_paper(sitting.paper)
    questions = Question.objects.in_bulk([place.question for place in places])
    answers = {row.place: row for row in SittingAnswer._base_manager.filter(sitting=sitting)}
    pictures: dict[int, list[Attachment]] = {}
    if with_pictures:
        for picture in Attachment.objects.filter(question__in=questions).order_by("position", "id"):
            pictures.setdefault(picture.question_id, []).append(picture)
    return [
        Asked(
            number,
            questions[place.question],
            place.order,
            answers.get(number),
            pictures.get(place.question, []),
        )
        for number, place in enumerate(places, start=1)
    ]


def asked_at(sitting: Sitting, place: int) -> Asked | None:
    """One place of the paper (from 1) without its pictures, in two queries; None where there is none."""
    places = read_paper(sitting.paper)
    if not 1 <= place <= len(places):
        return None
    found = places[place - 1]
    answer = SittingAnswer._base_manager.filter(sitting=sitting, place=place).first()
    return Asked(place, Question.objects.get(pk=found.question), found.order, answer)


def asks(user: User, question_id: int) -> bool:
    """Whether a paper of this person asks this question, so that they may see its pictures."""
    return any(
        place.question == question_id
        for paper in own(user).values_list("paper", flat=True)
        for place in read_paper(paper)
    )


def _with_spent(rows: QuerySet[Sitting]) -> QuerySet[Sitting]:
    """Adds `is_spent`: the pass went into a certificate that does not count any more."""
    return rows.annotate(is_spent=Q(certificate__revoked_at__isnull=False))


def _offer(exam: Exam, rows: Sequence[Sitting], now: datetime) -> Offered:
    under_way = next((each for each in rows if each.state == SittingState.OPEN), None)
    over = [each for each in rows if each.state != SittingState.OPEN]
    return Offered(
        exam=exam,
        turn=turn(past_of(rows), terms_of(exam), now),
        questions=sum(line["count"] for line in exam.draw),
        under_way=under_way,
        last=over[-1] if over else None,
    )
