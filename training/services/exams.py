"""Theory exams as trainers set them: defined, retired; never changed. docs/rules/exams.md, section 3."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from training.models import Course, Exam
from training.models.choices import PurposeChoices, QuestionKindChoices, TopicChoices
from training.rules.exams import MOST_QUESTIONS, PERMILLE, DrawLine, Purpose, draw_rows, read_draw, shortages
from training.services.questions import counts_held

CODE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)*")
MINUTES = (5, 240)
ATTEMPTS = (1, 20)
WAIT_HOURS = (0, 720)


def define(
    *,
    code: str,
    title: str,
    purpose: str,
    lines: Sequence[DrawLine],
    minutes: int,
    pass_permille: int,
    attempts: int,
    wait_hours: int,
    course: Course | None = None,
    by: User,
    now: datetime,
) -> Exam:
    """Set an exam: from then on whoever may sit exams finds it. It never changes afterwards.

    `minutes` 5 to 240, `pass_permille` 1 to 1000, `attempts` 1 to 20, `wait_hours` 0 to 720 between two
    attempts.

    Raises Refused: "code_malformed", "text_missing", "too_long", "unknown_choice", "out_of_range",
    "no_lines", "count_invalid", "line_twice", "too_many_questions", "bank_too_small", "course_retired",
    "exam_exists".
    """
    code, title = code.strip().upper(), " ".join(title.split())
    _check_words(code, title, purpose)
    for name, value, (least, most) in (
        ("minutes", minutes, MINUTES),
        ("pass_permille", pass_permille, (1, PERMILLE)),
        ("attempts", attempts, ATTEMPTS),
        ("wait_hours", wait_hours, WAIT_HOURS),
    ):
        if not least <= value <= most:
            raise Refused(
                _("Enter a number from %(least)s to %(most)s.") % {"least": least, "most": most},
                code="out_of_range",
                field=name,
            )
    if course is not None and course.retired_at is not None:
        raise Refused(_("This course is no longer held."), code="course_retired", field="course")
    with transaction.atomic():
        rows = _checked_lines(lines)
        try:
            with transaction.atomic():
                exam = Exam.objects.create(
                    code=code,
                    title=title,
                    purpose=purpose,
                    course=course,
                    draw=rows,
                    minutes=minutes,
                    pass_permille=pass_permille,
                    attempts=attempts,
                    wait_hours=wait_hours,
                )
        except IntegrityError:
            raise Refused(_("There is an exam with this code."), code="exam_exists", field="code") from None
        trail.record("exam.defined", by=by, obj=exam, after=_trail_facts(exam), at=now)
    return exam


def retire(exam: Exam, *, reason: str, by: User, now: datetime) -> Exam:
    """Let nobody begin an exam any more; who sits it now may finish, and results stay.

    Raises Refused: "exam_retired"; "last_certificate_exam" when nobody could get a certificate any more.
    """
    with transaction.atomic():
        # Two that retire the last two exams at once wait here for each other.
        in_use = list(
            Exam.objects.select_for_update(no_key=True)
            .filter(purpose=Purpose.CERTIFICATE, retired_at__isnull=True)
            .values_list("pk", flat=True)
        )
        if in_use == [exam.pk]:
            raise Refused(
                _("This is the only exam for the certificate. Set another one first."),
                code="last_certificate_exam",
            )
        if not Exam.objects.filter(pk=exam.pk, retired_at__isnull=True).update(retired_at=now):
            raise Refused(_("This exam is no longer held."), code="exam_retired")
        trail.record("exam.retired", by=by, obj=exam, reason=reason, at=now)
    exam.refresh_from_db()
    return exam


def _check_words(code: str, title: str, purpose: str) -> None:
    if len(code) > Exam._meta.get_field("code").max_length or not CODE.fullmatch(code):
        raise Refused(
            _("Use letters, digits and hyphens only, for example E-FRUIT."),
            code="code_malformed",
            field="code",
        )
    if not title:
        raise Refused(_("This field is required."), code="text_missing", field="title")
    longest = Exam._meta.get_field("title").max_length
    if len(title) > longest:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": longest}, code="too_long", field="title"
        )
    if purpose not in PurposeChoices.values:
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="purpose")


def _checked_lines(lines: Sequence[DrawLine]) -> list[dict[str, Any]]:
    """The lines as they are kept, when the bank can serve them today."""
    rows = draw_rows(lines)
    try:
        read_draw(rows)
    except InvalidValue as wrong:
        codes = {"empty": "no_lines", "too_many": "too_many_questions"}
        raise Refused(
            {
                "empty": _("Say how many questions are drawn."),
                "count_invalid": _("A number of questions is a whole number from 1."),
                "line_twice": _("A topic and kind of question stands there twice."),
                "too_many": _("A paper has at most %(limit)s questions.") % {"limit": MOST_QUESTIONS},
            }[wrong.code],
            code=codes.get(wrong.code, wrong.code),
        ) from None
    if any(
        line.topic not in TopicChoices.values or line.kind not in ("", *QuestionKindChoices.values)
        for line in lines
    ):
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice")
    for line, there in shortages(lines, counts_held()):
        raise Refused(
            _("%(topic)s: %(count)s questions are to be drawn, and the bank has %(there)s.")
            % {
                "topic": words_of(line),
                "count": line.count,
                "there": there,
            },
            code="bank_too_small",
            details={"topic": line.topic, "kind": line.kind, "there": there},
        )
    return rows


def words_of(line: DrawLine) -> str:
    """Topic and kind of a line in words."""
    topic = TopicChoices(line.topic).label
    return f"{topic} · {QuestionKindChoices(line.kind).label}" if line.kind else str(topic)


def _trail_facts(exam: Exam) -> dict[str, Any]:
    return {
        "code": exam.code,
        "title": exam.title,
        "purpose": exam.purpose,
        "course": exam.course_id,
        "questions": sum(row["count"] for row in exam.draw),
        "minutes": exam.minutes,
        "pass_permille": exam.pass_permille,
        "attempts": exam.attempts,
        "wait_hours": exam.wait_hours,
    }
