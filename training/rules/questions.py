"""docs/rules/exams.md, section 1: what a question of the bank needs so that it can be asked and marked."""

from __future__ import annotations

from collections.abc import Sequence

from aftersales.lib.errors import InvalidValue
from training.rules.exams import QuestionKind

FEWEST_OPTIONS = 2
FEWEST_TO_ORDER = 3
MOST_OPTIONS = 6
OPTION_SIGNS = 200
LETTERS = "ABCDEF"
TRUE_FALSE_OPTIONS = ("正确", "错误")
"""What a true/false question offers, in this order, on every paper."""


def check(kind: str, options: Sequence[str], answer: Sequence[int]) -> None:
    """Whether options and right answer (positions in them, from 0) make a question of this kind.

    Raises InvalidValue: "too_few_options" (below 2, below 3 to put in order), "too_many_options" (above 6),
    "option_empty", "option_too_long" (above 200 signs), "option_twice", "not_true_false", "answer_missing",
    "answer_not_an_option", "one_answer", "several_answers", "order_incomplete".
    """
    _check_options(kind, options)
    if not answer:
        raise InvalidValue("answer_missing", "no right answer")
    if len(set(answer)) < len(answer) or any(not 0 <= each < len(options) for each in answer):
        raise InvalidValue("answer_not_an_option", "the right answer names no option, or one twice")
    if kind == QuestionKind.MULTIPLE:
        if len(answer) < FEWEST_OPTIONS:
            raise InvalidValue("several_answers", "at least two are right")
    elif kind == QuestionKind.ORDERING:
        if len(answer) < len(options):
            raise InvalidValue("order_incomplete", "the order names every option")
    elif len(answer) > 1:
        raise InvalidValue("one_answer", "exactly one is right")


def _check_options(kind: str, options: Sequence[str]) -> None:
    fewest = FEWEST_TO_ORDER if kind == QuestionKind.ORDERING else FEWEST_OPTIONS
    if len(options) < fewest:
        raise InvalidValue("too_few_options", f"at least {fewest} options")
    if len(options) > MOST_OPTIONS:
        raise InvalidValue("too_many_options", f"at most {MOST_OPTIONS} options")
    if not all(each.strip() for each in options):
        raise InvalidValue("option_empty", "an option without text")
    if any(len(each) > OPTION_SIGNS for each in options):
        raise InvalidValue("option_too_long", f"an option has at most {OPTION_SIGNS} signs")
    if len({" ".join(each.split()).casefold() for each in options}) < len(options):
        raise InvalidValue("option_twice", "two options say the same")
    if kind == QuestionKind.TRUE_FALSE and tuple(options) != TRUE_FALSE_OPTIONS:
        raise InvalidValue("not_true_false", "true/false offers right and wrong, in this order")


def letters(answer: Sequence[int]) -> str:
    """An answer as people write it: [2, 0] is "CA"."""
    return "".join(LETTERS[each] for each in answer)


def corrected_code(code: str, *, longest: int) -> str:
    """The code of the question that takes another one's place: Q-001, Q-001.2, Q-001.3, …

    A code that is too long for it is cut in front of the dot.
    """
    stem, dot, number = code.rpartition(".")
    if dot and number.isascii() and number.isdigit() and stem:
        following = f".{int(number) + 1}"
    else:
        stem, following = code, ".2"
    return stem[: longest - len(following)] + following
