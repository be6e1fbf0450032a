"""Lists of questions: read from XLSX or CSV, looked at, brought in. docs/rules/exams.md, section 2."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from aftersales.lib.tally import Tally
from aftersales.web.list_rows import read_rows
from stations.services.row_faults import refusal_of_fault
from training.models import Question
from training.rules.exams import QuestionKind
from training.services import attachments
from training.services.question_layout import LAYOUT
from training.services.question_rows import NEEDED, Columns
from training.services.questions import (
    counts_held,
    differs,
    refuse_when_exams_fall_short,
    supersede,
    trail_facts,
)

MOST_ROWS = 1000
CODES_AT_ONCE = 500


class Effect(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CORRECTED = "corrected"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class QuestionRow:
    """A row that can be read: its line in the file, and code and values as `questions.add` takes them."""

    line: int
    code: str
    values: Mapping[str, Any]


@dataclass
class Reading:
    """A list as it was read: good rows, and the line and reason of each refused one."""

    rows: list[QuestionRow] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Planned:
    """A good row and what becomes of it; `question` is the one it corrects or repeats."""

    row: QuestionRow
    effect: Effect
    question: Question | None = None

    @property
    def waits_for_picture(self) -> bool:
        is_known = self.question is not None and self.question.kind == QuestionKind.PICTURE
        return self.row.values["kind"] == QuestionKind.PICTURE and not is_known


@dataclass(frozen=True)
class Plan:
    """What bringing a list in would do, with the rows it would refuse, in the order of their lines."""

    rows: list[Planned]
    refused: list[tuple[int, str]]

    def number(self, effect: str) -> int:
        """How many rows have an effect."""
        return sum(planned.effect == effect for planned in self.rows)


def read(path: Path) -> Reading:
    """Read the rows of a CSV or XLSX list, at most 1,000; nothing is written.

    Columns are named by our words (question_rows.COLUMNS) or by their titles in any language, in any order;
    further ones are ignored. Of a workbook the sheet is read that exports write, else the first.
    """
    found, columns, codes = Reading(), Columns(), set()
    for row in read_rows(path, layout=LAYOUT, needed=()):
        if row.fault:
            found.refused.append((row.line, refusal_of_fault(row.fault, NEEDED)))
            continue
        if not any(row.values.values()):
            continue
        if missing := columns.missing(row.values):
            found.refused.append(
                (1, _("the heading must name the columns %(columns)s") % {"columns": "、".join(missing)})
            )
            break
        if len(found.rows) >= MOST_ROWS:
            found.refused.append(
                (row.line, _("a list has at most %(limit)s questions; divide it") % {"limit": MOST_ROWS})
            )
            break
        try:
            values = columns.read(row.values)
            code = values.pop("code")
            if code in codes:
                raise Refused(_("This question number stands in the list already."), code="twice")
        except Refused as refused:
            found.refused.append((row.line, str(refused)))
            continue
        codes.add(code)
        found.rows.append(QuestionRow(row.line, code, values))
    if not found.rows and not found.refused:
        found.refused.append((1, _("the file has no questions")))
    return found


def plan(found: Reading) -> Plan:
    """What becomes of each row: new, corrected (a known number that says something else), or unchanged.

    A known number means the question that stands in its place today; one that was retired without another in
    its place stays retired, and a row that would change it is refused.
    """
    known = _standing([row.code for row in found.rows])
    planned, refused = [], list(found.refused)
    for row in found.rows:
        question = known.get(row.code)
        if question is None:
            planned.append(Planned(row, Effect.NEW))
        elif not differs(question, row.values):
            planned.append(Planned(row, Effect.UNCHANGED, question))
        elif question.retired_at is not None:
            refused.append((row.line, _("This question is no longer asked.")))
        else:
            planned.append(Planned(row, Effect.CORRECTED, question))
    return Plan(planned, sorted(refused))


def bring_in(
    rows: Sequence[QuestionRow],
    *,
    refused: Iterable[tuple[int, str]] = (),
    keep_good: bool = False,
    file_name: str,
    by: User,
    now: datetime,
) -> Plan:
    """Enter the rows of a list in one transaction; gives what was done.

    Bringing the same rows in again changes nothing. Without `keep_good` a single refused row stops all.

    Raises Refused: "rows_refused" (`details` holds how many), "nothing_to_do", "question_exists" when
    somebody entered one of them a moment ago, and "bank_too_small" when an exam in use could no longer be
    drawn.
    """
    with transaction.atomic():
        before = counts_held()
        done = plan(Reading(list(rows), list(refused)))
        if done.refused and not keep_good:
            raise Refused(
                _("Rows with mistakes: %(number)s. Nothing was brought in.") % {"number": len(done.refused)},
                code="rows_refused",
                details={"number": len(done.refused)},
            )
        if not done.rows:
            raise Refused(_("There is no row that could be brought in."), code="nothing_to_do")
        for planned in done.rows:
            if planned.effect == Effect.CORRECTED:
                _correct(planned, by=by, now=now)
        for question in _enter([each.row for each in done.rows if each.effect == Effect.NEW]):
            trail.record("question.added", by=by, obj=question, after=trail_facts(question), at=now)
        refuse_when_exams_fall_short(before)
        trail.record(
            "question.imported",
            by=by,
            after={"file": file_name[:100], **{str(effect): done.number(effect) for effect in Effect}},
            at=now,
        )
    return done


def import_list(
    *,
    path: Path,
    keep_good: bool = False,
    by: User,
    now: datetime,
    refuse: Callable[[Path, int, str], None],
) -> Tally:
    """Read a list and bring it in, for the command; `refuse` is told line and reason of each refused row.

    Without `keep_good` nothing goes in when a row is refused. A refusal of the whole list counts on line 1.
    """
    found = read(path)
    foreseen = plan(found)
    for line, reason in foreseen.refused:
        refuse(path, line, reason)
    tally = Tally(refused=len(foreseen.refused))
    if (foreseen.refused and not keep_good) or not foreseen.rows:
        return tally
    try:
        done = bring_in(
            found.rows,
            refused=found.refused,
            keep_good=keep_good,
            file_name=path.name,
            by=by,
            now=now,
        )
    except Refused as reason:
        refuse(path, 1, str(reason))
        tally.refused += 1
        return tally
    tally.imported = done.number(Effect.NEW)
    tally.updated = done.number(Effect.CORRECTED)
    tally.unchanged = done.number(Effect.UNCHANGED)
    return tally


def _standing(codes: Sequence[str]) -> dict[str, Question]:
    """For each known code the question that stands in its place today."""
    found: dict[str, Question] = {}
    for start in range(0, len(codes), CODES_AT_ONCE):
        some = codes[start : start + CODES_AT_ONCE]
        found |= {question.code: question for question in Question.objects.filter(code__in=some)}
    by_key = {question.pk: code for code, question in found.items()}
    while by_key:
        successors = list(Question.objects.filter(replaces__in=list(by_key)))
        by_key = {each.pk: by_key[each.replaces_id] for each in successors}
        found |= {by_key[each.pk]: each for each in successors}
    return found


def _enter(rows: Sequence[QuestionRow]) -> list[Question]:
    try:
        with transaction.atomic():
            return Question.objects.bulk_create(Question(code=row.code, **row.values) for row in rows)
    except IntegrityError:
        raise Refused(
            _("Somebody has just entered one of these questions. Look at the list once more."),
            code="question_exists",
        ) from None


def _correct(planned: Planned, *, by: User, now: datetime) -> None:
    successor = supersede(planned.question, planned.row.values, by=by, now=now)
    attachments.copy(planned.question, successor, by=by, now=now)
