"""The bank of questions: entered, corrected by another one, retired, restored. docs/rules/exams.md."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import InvalidValue, Refused
from aftersales.web.service_forms import is_unprintable
from training.models import Exam, Question
from training.models.choices import GoodsChoices, QuestionKindChoices, TopicChoices
from training.queries import questions as reading
from training.rules import questions as rules
from training.rules.exams import QuestionKind
from training.services import attachments

FIELDS = ("kind", "topic", "goods_type", "text", "options", "answer", "explanation", "source")
TEXTS = ("text", "explanation", "source")
CODE = re.compile(r"[A-Z0-9]+(?:[-.][A-Z0-9]+)*")
CHOICES = {
    "kind": QuestionKindChoices.values,
    "topic": TopicChoices.values,
    "goods_type": ["", *GoodsChoices.values],
}


def add(
    *,
    code: str,
    picture: bytes | BinaryIO | None = None,
    caption: str = "",
    by: User,
    now: datetime,
    **values: Any,
) -> Question:
    """Put a question into the bank; `values` are FIELDS, `answer` positions in `options` from 0.

    Raises Refused: "code_malformed", "question_exists", "text_missing", "too_long", "unprintable",
    "unknown_choice", the codes of training.rules.questions.check, "picture_missing" for a picture question
    without one, and what attachments.add refuses of a picture.
    """
    code = code.strip().upper()
    check_code(code)
    values = checked(values)
    with transaction.atomic():
        question = _create(code, values, None)
        _add_picture(question, picture, caption, None, by, now)
        trail.record("question.added", by=by, obj=question, after=trail_facts(question), at=now)
    return question


def replace(
    question: Question,
    *,
    picture: bytes | BinaryIO | None = None,
    caption: str = "",
    by: User,
    now: datetime,
    **values: Any,
) -> Question:
    """Put a corrected question in the place of another one, which is retired; gives the new one.

    What was asked in an exam stays what it was. The new code is the old one with .2, .3, …; without a new
    picture the old one is taken along.

    Raises Refused: "question_retired", "nothing_changed", "bank_too_small" when an exam in use could no
    longer be drawn, and what `add` refuses of the values.
    """
    values = checked(values)
    if picture is None and not differs(question, values):
        raise Refused(_("Nothing was changed."), code="nothing_changed")
    with transaction.atomic():
        before = counts_held()
        successor = supersede(question, values, by=by, now=now)
        _add_picture(successor, picture, caption, question, by, now)
        refuse_when_exams_fall_short(before)
    return successor


def add_picture(
    question: Question, *, picture: bytes | BinaryIO, caption: str, by: User, now: datetime
) -> Question:
    """Give a question that waits for its picture one; from then on it may be drawn.

    Raises Refused: "question_retired", "picture_there" (a picture that was asked with stays), and what
    attachments.add refuses.
    """
    with transaction.atomic():
        row = Question.objects.select_for_update(no_key=True).get(pk=question.pk)
        if row.retired_at is not None:
            raise _retired()
        if attachments.of(row).exists():
            raise Refused(
                _("This question has its picture. Correct the question to give it another one."),
                code="picture_there",
            )
        attachments.add(row, upload=picture, caption=caption or row.text[:100], by=by, now=now)
    return row


def retire(question: Question, *, reason: str, by: User, now: datetime) -> Question:
    """Ask a question no more; papers already drawn keep it.

    Raises Refused: "question_retired", "bank_too_small" when an exam in use could no longer be drawn.
    """
    with transaction.atomic():
        before = counts_held()
        _mark_retired(question, now)
        refuse_when_exams_fall_short(before)
        trail.record("question.retired", by=by, obj=question, reason=reason, at=now)
    question.refresh_from_db()
    return question


def restore(question: Question, *, reason: str, by: User, now: datetime) -> Question:
    """Ask a retired question again. Raises Refused: "question_in_use", "question_replaced"."""
    if Question.objects.filter(replaces=question).exists():
        raise Refused(_("A corrected question stands in the place of this one."), code="question_replaced")
    with transaction.atomic():
        if not Question.objects.filter(pk=question.pk, retired_at__isnull=False).update(retired_at=None):
            raise Refused(_("This question is in use."), code="question_in_use")
        trail.record("question.restored", by=by, obj=question, reason=reason, at=now)
    question.refresh_from_db()
    return question


def check_code(code: str) -> None:
    """Raises Refused "code_malformed"."""
    longest = Question._meta.get_field("code").max_length
    if len(code) > longest or not CODE.fullmatch(code):
        raise Refused(
            _("Use letters, digits and hyphens only, for example Q-301; at most %(limit)s characters.")
            % {"limit": longest},
            code="code_malformed",
            field="code",
        )


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a question without outer blanks. Raises Refused as `add` says."""
    cleaned = {name: values.get(name, "") for name in FIELDS}
    for name, offered in CHOICES.items():
        if cleaned[name] not in offered:
            raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field=name)
    for name in TEXTS:
        cleaned[name] = _text(name, cleaned[name])
    cleaned["options"] = [str(each).strip() for each in cleaned["options"]]
    if cleaned["kind"] == QuestionKind.TRUE_FALSE and not any(cleaned["options"]):
        cleaned["options"] = list(rules.TRUE_FALSE_OPTIONS)
    cleaned["answer"] = list(cleaned["answer"])
    if any(is_unprintable(sign) for each in cleaned["options"] for sign in each):
        raise _unprintable("options")
    try:
        rules.check(cleaned["kind"], cleaned["options"], cleaned["answer"])
    except InvalidValue as wrong:
        raise Refused(fault_words()[wrong.code], code=wrong.code, field=_field_of(wrong.code)) from None
    if cleaned["kind"] == QuestionKind.MULTIPLE:
        cleaned["answer"].sort()
    return cleaned


def fault_words() -> dict[str, str]:
    """What is said for the codes of training.rules.questions.check."""
    return {
        "too_few_options": _("Give at least two options, three for putting in order."),
        "too_many_options": _("Give at most %(limit)s options.") % {"limit": rules.MOST_OPTIONS},
        "option_empty": _("An option is empty."),
        "option_too_long": _("An option has at most %(limit)s characters.") % {"limit": rules.OPTION_SIGNS},
        "option_twice": _("Two options say the same."),
        "not_true_false": _("A question of this kind offers 正确 and 错误 and nothing else."),
        "answer_missing": _("Say which answer is right."),
        "answer_not_an_option": _("The right answer names an option that is not there, or one twice."),
        "one_answer": _("Exactly one answer is right in this kind of question."),
        "several_answers": _("At least two answers are right in this kind of question."),
        "order_incomplete": _("The right order names every option once."),
    }


def differs(question: Question, values: Mapping[str, Any]) -> bool:
    """Whether a question says something else than these checked values."""
    return any(getattr(question, name) != values[name] for name in FIELDS)


def supersede(question: Question, values: Mapping[str, Any], *, by: User, now: datetime) -> Question:
    """Retire a question and enter the one in its place, without its picture; for callers in a transaction.

    Raises Refused("question_retired").
    """
    _mark_retired(question, now)
    longest = Question._meta.get_field("code").max_length
    code = rules.corrected_code(question.code, longest=longest)
    while Question.objects.filter(code=code).exists():
        code = rules.corrected_code(code, longest=longest)
    successor = _create(code, values, question)
    trail.record(
        "question.replaced",
        by=by,
        obj=successor,
        before=trail_facts(question),
        after=trail_facts(successor),
        at=now,
    )
    return successor


def trail_facts(question: Question) -> dict:
    """What the trail keeps of a question: enough to see what was changed, no long texts."""
    return {
        "code": question.code,
        "kind": question.kind,
        "topic": question.topic,
        "text": question.text[:80],
        "answer": rules.letters(question.answer),
    }


def counts_held() -> dict[tuple[str, str], int]:
    """What the bank has by topic and kind, held to the end of the transaction: whoever else takes a question
    away or sets an exam waits here, so that two changes that fit one by one are not made together."""
    list(Exam.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    return reading.counts()


def refuse_when_exams_fall_short(before: Mapping[tuple[str, str], int]) -> None:
    """Raise Refused("bank_too_small") when an exam that could be drawn with the counts of before no longer
    can; call it inside the transaction of the change."""
    after = reading.counts()
    if after == before:
        return
    short_before = {exam.pk for exam, _line, _there in reading.short_exams(before)}
    for exam, line, there in reading.short_exams(after):
        if exam.pk not in short_before:
            raise Refused(
                _(
                    "The exam “%(exam)s” draws %(count)s questions on %(topic)s, and only %(there)s would be "
                    "left. Add a question first, or correct this one instead."
                )
                % {
                    "exam": exam.title,
                    "count": line.count,
                    "topic": TopicChoices(line.topic).label,
                    "there": there,
                },
                code="bank_too_small",
                details={"exam": exam.code, "there": there},
            )


def _create(code: str, values: Mapping[str, Any], replaces: Question | None) -> Question:
    try:
        with transaction.atomic():
            return Question.objects.create(code=code, replaces=replaces, **values)
    except IntegrityError:
        if replaces is not None:
            raise _retired() from None
        raise Refused(
            _("There is a question with this number."), code="question_exists", field="code"
        ) from None


def _mark_retired(question: Question, now: datetime) -> None:
    if not Question.objects.filter(pk=question.pk, retired_at__isnull=True).update(retired_at=now):
        raise _retired()


def _add_picture(
    question: Question,
    picture: bytes | BinaryIO | None,
    caption: str,
    old: Question | None,
    by: User,
    now: datetime,
) -> None:
    if picture is not None:
        attachments.add(question, upload=picture, caption=caption or question.text[:100], by=by, now=now)
    elif old is not None:
        attachments.copy(old, question, by=by, now=now)
    if question.kind == QuestionKind.PICTURE and not attachments.of(question).exists():
        raise Refused(_("A question of this kind needs a picture."), code="picture_missing", field="picture")


def _text(name: str, text: str) -> str:
    column = Question._meta.get_field(name)
    text = str(text).strip()
    if not text and not column.blank:
        raise Refused(_("This field is required."), code="text_missing", field=name)
    if len(text) > column.max_length:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": column.max_length}, code="too_long", field=name
        )
    if any(is_unprintable(sign) for sign in text):
        raise _unprintable(name)
    return text


def _unprintable(field: str) -> Refused:
    return Refused(
        _("This contains characters that cannot be printed. Type the text again."),
        code="unprintable",
        field=field,
    )


def _retired() -> Refused:
    return Refused(_("This question is no longer asked."), code="question_retired")


def _field_of(code: str) -> str:
    about_options = ("too_few_options", "too_many_options", "option_empty", "option_too_long", "option_twice")
    return "options" if code in (*about_options, "not_true_false") else "answer"
