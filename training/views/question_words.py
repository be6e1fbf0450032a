"""How pages show a question: its options with letters, and what its answers say about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from training.models import Question
from training.rules.exams import QuestionKind
from training.rules.item_statistics import Finding
from training.rules.questions import LETTERS

FINDINGS = {
    Finding.TOO_FEW: (_("too few answers to judge"), "neutral"),
    Finding.REVERSED: (_("the best are wrong more often: check the right answer"), "bad"),
    Finding.TOO_HARD: (_("very hard: check wording and answer"), "warn"),
    Finding.WEAK: (_("hardly tells good and weak apart"), "warn"),
    Finding.TOO_EASY: (_("very easy: nearly everybody knows it"), "info"),
    Finding.FINE: (_("tells good and weak apart"), "good"),
}


@dataclass(frozen=True)
class Option:
    """One option as it stands on a page: its letter there, whether it is right, its place in the right order,
    and how often it was chosen."""

    letter: str
    text: str
    is_right: bool
    step: int | None = None
    chosen: int = 0


def options_of(
    question: Question, *, order: tuple[int, ...] = (), chosen: Mapping[int, int] | None = None
) -> list[Option]:
    """The options of a question, in the order of the bank or in that of a paper."""
    is_ordering = question.kind == QuestionKind.ORDERING
    return [
        Option(
            letter=LETTERS[place],
            text=question.options[position],
            is_right=not is_ordering and position in question.answer,
            step=question.answer.index(position) + 1 if is_ordering else None,
            chosen=(chosen or {}).get(position, 0),
        )
        for place, position in enumerate(order or range(len(question.options)))
    ]
