"""docs/rules/exams.md: kinds of questions, papers drawn by rule and seed, what is right, and the score."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aftersales.lib.errors import InvalidValue

PERMILLE = 1000
MOST_QUESTIONS = 200
"""So many questions a paper has at most."""


class QuestionKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    PICTURE = "picture"
    ORDERING = "ordering"


class SittingState(StrEnum):
    """Where a theory exam of one person stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"


class Purpose(StrEnum):
    """What an exam is for: the certificate, the quarterly skills check (E-04), or practice alone."""

    CERTIFICATE = "certificate"
    SKILLS_CHECK = "skills_check"
    PRACTICE = "practice"


@dataclass(frozen=True)
class BankQuestion:
    """What drawing needs to know of a question: `key` is written on the paper, `code` decides by lot."""

    key: int
    code: str
    topic: str
    kind: str
    options: int


@dataclass(frozen=True)
class DrawLine:
    """`count` questions of a topic; an empty kind takes any kind."""

    topic: str
    kind: str
    count: int


@dataclass(frozen=True)
class Place:
    """One place of a paper: the question's key, and which option (from 0) stands first, second, …"""

    question: int
    order: tuple[int, ...]


class BankTooSmall(InvalidValue):
    """The bank has fewer questions than a line asks for; `line` says which, `there` how many were left."""

    def __init__(self, line: DrawLine, there: int) -> None:
        super().__init__(
            "bank_too_small", f"{line.topic} {line.kind or 'any'}: {there} instead of {line.count}"
        )
        self.line = line
        self.there = there


def read_draw(rows: Iterable[Mapping[str, Any]]) -> tuple[DrawLine, ...]:
    """The lines as they are kept with an exam, in their order.

    Raises InvalidValue "empty", "count_invalid", "line_twice" or "too_many".
    """
    lines = tuple(DrawLine(str(row["topic"]), str(row.get("kind", "")), row["count"]) for row in rows)
    if not lines:
        raise InvalidValue("empty", "a paper needs at least one line")
    if any(type(line.count) is not int or line.count < 1 for line in lines):
        raise InvalidValue("count_invalid", "a count is a whole number from 1")
    if len({(line.topic, line.kind) for line in lines}) < len(lines):
        raise InvalidValue("line_twice", "a topic and kind stands in one line only")
    if sum(line.count for line in lines) > MOST_QUESTIONS:
        raise InvalidValue("too_many", f"a paper has at most {MOST_QUESTIONS} questions")
    return lines


def draw_rows(lines: Iterable[DrawLine]) -> list[dict[str, Any]]:
    """Lines as they are kept with an exam."""
    return [{"topic": line.topic, "kind": line.kind, "count": line.count} for line in lines]


def draw(bank: Iterable[BankQuestion], lines: Iterable[DrawLine], seed: str) -> tuple[Place, ...]:
    """A paper: for each line its questions by lot, all in an order by lot, options shuffled.

    The lot is a digest of seed and code, so the same seed over the same bank gives the same paper on every
    machine and in every order of the bank. No question comes twice: lines that name a kind choose first.
    Options of true/false questions keep their order. Raises BankTooSmall.
    """
    left = sorted(bank, key=lambda question: (_lot(seed, question.code), question.code))
    drawn: list[BankQuestion] = []
    for line in sorted(lines, key=lambda line: not line.kind):
        fitting = [question for question in left if _fits(question, line)]
        if len(fitting) < line.count:
            raise BankTooSmall(line, len(fitting))
        chosen = fitting[: line.count]
        drawn += chosen
        taken = {question.key for question in chosen}
        left = [question for question in left if question.key not in taken]
    drawn.sort(key=lambda question: (_lot(seed, "place", question.code), question.code))
    return tuple(Place(question.key, _order(question, seed)) for question in drawn)


def shortages(lines: Iterable[DrawLine], counts: Mapping[tuple[str, str], int]) -> list[tuple[DrawLine, int]]:
    """The lines that a bank cannot serve, each with how many it has left for it, in their order.

    `counts` says how many questions there are of each topic and kind. Lines that name a kind choose first.
    """
    left = dict(counts)
    short: dict[DrawLine, int] = {}
    given = list(lines)
    for line in sorted(given, key=lambda line: not line.kind):
        fitting = [key for key in left if key[0] == line.topic and line.kind in ("", key[1])]
        there = sum(left[key] for key in fitting)
        if there < line.count:
            short[line] = there
        if line.kind:
            left[line.topic, line.kind] = max(0, there - line.count)
    return [(line, short[line]) for line in given if line in short]


def _fits(question: BankQuestion, line: DrawLine) -> bool:
    return question.topic == line.topic and line.kind in ("", question.kind)


def _order(question: BankQuestion, seed: str) -> tuple[int, ...]:
    places = range(question.options)
    if question.kind == QuestionKind.TRUE_FALSE:
        return tuple(places)
    return tuple(sorted(places, key=lambda place: _lot(seed, "option", question.code, place)))


def _lot(*parts: object) -> bytes:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()


def paper_rows(paper: Iterable[Place]) -> list[dict[str, Any]]:
    """A paper as it is kept with a sitting."""
    return [{"question": place.question, "order": list(place.order)} for place in paper]


def read_paper(rows: Iterable[Mapping[str, Any]]) -> tuple[Place, ...]:
    """A paper from what is kept with a sitting."""
    return tuple(Place(row["question"], tuple(row["order"])) for row in rows)


def is_possible(kind: str, options: int, answer: Any) -> bool:
    """Whether an answer has the form of its kind, right or wrong; nothing (`[]`) is always possible.

    An answer lists positions of options as the bank has them, from 0, not as the paper shows them: one for
    single, picture and true/false, some for multiple, all of them in the chosen order for ordering.
    """
    if not isinstance(answer, list) or any(type(place) is not int for place in answer):
        return False
    if len(set(answer)) < len(answer) or any(not 0 <= place < options for place in answer):
        return False
    if not answer or kind == QuestionKind.MULTIPLE:
        return True
    return len(answer) == (options if kind == QuestionKind.ORDERING else 1)


def is_right(kind: str, answer_key: Sequence[int], answer: Sequence[int]) -> bool:
    """Whether an answer is wholly right; there is no part of a point.

    Multiple: exactly all right ones, in any order. Ordering: every place. All others: the one.
    """
    if kind == QuestionKind.MULTIPLE:
        return sorted(answer) == sorted(answer_key)
    return list(answer) == list(answer_key)


def score(right: int, places: int) -> int:
    """The score in thousandths, rounded down, so that nobody passes by rounding. What is empty is wrong.

    Raises InvalidValue "right_out_of_range".
    """
    if not 0 <= right <= places or places == 0:
        raise InvalidValue("right_out_of_range", "right answers are between 0 and the places of the paper")
    return right * PERMILLE // places
