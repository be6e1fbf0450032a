"""Exams, practicals, certificates and quarterly checks of the demonstration, each by its service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from aftersales.ops.demo.training_words import TrainingWords, at, days_ago
from training.models import Certificate, Exam, PracticalExam, PracticalSheet, Question, Sitting, SittingAnswer
from training.rules.exams import PERMILLE, QuestionKind, read_paper
from training.rules.skills import last_day, quarters_back
from training.services import certificate_prints, certificates, practicals, sittings, skills_checks

MARK = 800
ANSWER_SECONDS = (22, 48)
QUARTERS = 4


@dataclass
class Learner:
    """Somebody who learns: since when, how well (in thousandths), and by whom they are taught."""

    user: User
    since: date
    skill: int
    trainer: User
    exam_days: list[int] = field(default_factory=lambda: [26])
    """Days after the beginning on which the theory exam is sat; all but the last are failed."""


class Examining:
    """Lets people sit exams, be examined and certified, in the order in which it happened."""

    def __init__(self, words: TrainingWords):
        self.words = words
        self.exam = Exam.objects.get(code="E-CERT")
        self.check = Exam.objects.get(code="E-QUARTER")
        self.sheets = list(PracticalSheet.objects.filter(retired_at__isnull=True).order_by("code"))
        self.questions = Question.objects.in_bulk()
        chance = self.words.random
        self.hardness = {key: chance.random() for key in self.questions}

    def sit(self, exam: Exam, user: User, moment: datetime, permille: int) -> Sitting:
        """Sit an exam: what is answered wrong is mostly what is hard. Handed in when all is answered."""
        sitting = sittings.start(exam, user=user, now=moment, seed=f"{user.username} {moment:%Y%m%d}")
        paper = read_paper(sitting.paper)
        wrong = len(paper) - -(-len(paper) * permille // PERMILLE)
        by_hardness = sorted(
            range(len(paper)),
            key=lambda place: -self.hardness[paper[place].question] - self.words.random.random() * 0.6,
        )
        mistaken, passed, rows = set(by_hardness[:wrong]), timedelta(), []
        for place, asked in enumerate(paper):
            passed += timedelta(seconds=self.words.random.randint(*ANSWER_SECONDS))
            question = self.questions[asked.question]
            rows.append(
                SittingAnswer(
                    sitting=sitting,
                    place=place + 1,
                    question=question,
                    county_code=sitting.county_code,
                    answer=mistake(question) if place in mistaken else question.answer,
                    sent=passed // timedelta(milliseconds=1),
                    saved_at=moment + passed,
                )
            )
        # As save_answer leaves them, in one statement: the places of one paper, each answered once.
        SittingAnswer.objects.bulk_create(rows)
        return sittings.hand_in(sitting, by=user, now=moment + passed + timedelta(seconds=40))

    def examine(self, sheet: PracticalSheet, learner: Learner, day: date, permille: int) -> PracticalExam:
        """Score somebody on a sheet, item by item, to about so many thousandths."""
        points = {item["code"]: item["points"] for item in sheet.items}
        lost = sum(points.values()) * (PERMILLE - permille) // PERMILLE
        for code in self.words.random.sample(sorted(points), len(points)):
            taken = min(lost, max(1, points[code] // 3), points[code])
            points[code] -= taken
            lost -= taken
        return practicals.record(
            sheet,
            user=learner.user,
            points=points,
            held_on=day,
            remark=self.words.one_of("remarks"),
            by=learner.trainer,
            now=at(day, 17, 30),
        )

    def certify(self, learner: Learner) -> Certificate:
        """The way to the certificate: theory, with its failed attempts, practice, issue."""
        return self._certified(learner, learner.since, learner.exam_days)

    def renew(self, learner: Learner, since: date) -> Certificate:
        """The way to the next certificate, close to the end of the one before."""
        return self._certified(learner, since, [0])

    def qualify_again(self, learner: Learner, since: date) -> None:
        """What the next certificate asks for, close to the end of the one before; the trainer issues it."""
        self._qualified(learner, since, [0])

    def _certified(self, learner: Learner, since: date, exam_days: list[int]) -> Certificate:
        day = self._qualified(learner, since, exam_days)
        issued = at(day + timedelta(days=2), 10, 20)
        return certificates.issue(learner.user, by=learner.trainer, now=issued)

    def _qualified(self, learner: Learner, since: date, exam_days: list[int]) -> date:
        self.theory(learner, since, exam_days)
        day = since + timedelta(days=exam_days[-1] + 2)
        self.examine(self.sheets[0], learner, day, max(MARK + 20, learner.skill))
        return day

    def theory(self, learner: Learner, since: date, exam_days: list[int], *, passes: bool = True) -> Sitting:
        """The theory exam on these days after a day; all but the last attempt are failed."""
        for number, days in enumerate(exam_days, 1):
            is_good = passes and number == len(exam_days)
            target = max(MARK + 20, learner.skill) if is_good else MARK - 60 * (len(exam_days) - number + 1)
            sitting = self.sit(
                self.exam, learner.user, self.words.evening(since + timedelta(days=days)), target
            )
        return sitting

    def quarters(self, learners: list[Learner], *, now: datetime, spared: set[int]) -> Iterator[bool]:
        """The checks of the last quarters; the running one has begun and spares those in `spared`.

        Yields for each whether it was passed. One person misses the practice of the quarter before.
        """
        today = days_ago(now, 0)
        for quarter in quarters_back(today, QUARTERS):
            is_running = last_day(quarter) >= today
            for number, learner in enumerate(learners):
                day = quarter + timedelta(days=12 + 3 * number)
                if day >= today - timedelta(days=2) or day < learner.since + timedelta(days=45):
                    continue
                if is_running and learner.user.pk in spared:
                    continue
                yield self._checked(learner, quarter, day, misses=not is_running and number == 6)

    def _checked(self, learner: Learner, quarter: date, day: date, *, misses: bool) -> bool:
        chance = self.words.random
        on_this_day = min(PERMILLE, max(MARK, learner.skill + chance.randrange(-60, 61, 10)))
        sat = self.sit(self.check, learner.user, self.words.evening(day), on_this_day)
        practised = day + timedelta(days=1)
        practical = (
            None
            if misses
            else self.examine(self.sheets[-1], learner, practised, max(MARK + 10, learner.skill))
        )
        return skills_checks.record(
            learner.user,
            quarter=quarter,
            sitting=sat,
            practical=practical,
            attitude_permille=880 + chance.randrange(0, 110, 10),
            remark=self.words.table["excuse"] if misses else "",
            by=learner.trainer,
            now=at(practised, 18, 10),
        ).has_passed


def mistake(question: Question) -> list[int]:
    """A wrong answer that somebody might give."""
    right = list(question.answer)
    if question.kind == QuestionKind.ORDERING:
        return [right[1], right[0], *right[2:]]
    if question.kind == QuestionKind.MULTIPLE:
        return right[:-1]
    return [(right[0] + 1) % len(question.options)]


def show_names(held: list[Certificate], *, now: datetime) -> int:
    """Every second holder agrees to be named on the public page; returns how many."""
    agreeing = held[::2]
    for certificate in agreeing:
        moment = min(now, at(certificate.issued_on + timedelta(days=1), 9))
        certificates.set_consent(certificate, shows_name=True, by=certificate.user, now=moment)
    return len(agreeing)


def print_all(held: list[Certificate], *, by: User, now: datetime) -> int:
    """One file with all certificates that count; nothing where the public address is not set up."""
    try:
        row = certificate_prints.ask(held, by=by, now=now)
    except Refused:
        return 0
    certificate_prints.make(row.pk, now=now)
    return row.count
