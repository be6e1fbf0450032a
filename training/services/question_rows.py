"""One row of a list of questions: its columns, and what they say. docs/rules/exams.md, section 2."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.lib.errors import Refused
from training.models import Question
from training.models.choices import GoodsChoices, QuestionKindChoices, TopicChoices
from training.rules.exams import QuestionKind
from training.rules.questions import LETTERS, MOST_OPTIONS, TRUE_FALSE_OPTIONS, letters
from training.services.questions import check_code, checked

OPTION_COLUMNS = tuple(f"option_{letter.lower()}" for letter in LETTERS)
TITLES = {
    "code": gettext_lazy("Question number"),
    "kind": gettext_lazy("Kind of question"),
    "topic": gettext_lazy("Topic"),
    "goods_type": gettext_lazy("Goods type"),
    "text": gettext_lazy("Question text"),
    "option_a": gettext_lazy("Option A"),
    "option_b": gettext_lazy("Option B"),
    "option_c": gettext_lazy("Option C"),
    "option_d": gettext_lazy("Option D"),
    "option_e": gettext_lazy("Option E"),
    "option_f": gettext_lazy("Option F"),
    "answer": gettext_lazy("Right answer"),
    "explanation": gettext_lazy("Explanation"),
    "source": gettext_lazy("Source of the question"),
}
COLUMNS = tuple(TITLES)
NEEDED = ("code", "kind", "topic", "text", "answer")
SEPARATORS = re.compile(r"[\s,，、;；>→|-]+")
TRUE_FALSE_WORDS = {"正确": 0, "错误": 1, "对": 0, "错": 1, "√": 0, "×": 1}


class Columns:
    """Which column of a list means what, whether the list names it by our word or by its title in one of the
    languages; made once for a list."""

    def __init__(self) -> None:
        self._names = {name: name for name in COLUMNS} | _in_every_language(TITLES.items())
        self._kinds = _words(QuestionKindChoices)
        self._topics = _words(TopicChoices)
        self._goods = _words(GoodsChoices) | {"": ""}

    def missing(self, given: Iterable[str]) -> list[str]:
        """The titles of needed columns that a heading does not name."""
        known = {self._names.get(_plain(each)) for each in given}
        return [str(TITLES[name]) for name in NEEDED if name not in known]

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The code and the checked values of one row, as `questions.add` takes them. Raises Refused."""
        values = dict.fromkeys(COLUMNS, "")
        for title, cell in cells.items():
            if (name := self._names.get(_plain(title))) is not None:
                values[name] = cell
        code = values["code"].strip().upper()
        check_code(code)
        kind = _one_of(self._kinds, values["kind"], TITLES["kind"], QuestionKindChoices)
        options = _options(values, kind)
        return {
            "code": code,
            **checked(
                {
                    "kind": kind,
                    "topic": _one_of(self._topics, values["topic"], TITLES["topic"], TopicChoices),
                    "goods_type": _one_of(
                        self._goods, values["goods_type"], TITLES["goods_type"], GoodsChoices
                    ),
                    "text": _line(values["text"]),
                    "options": options,
                    "answer": answer_of(values["answer"], options, kind),
                    "explanation": _line(values["explanation"]),
                    "source": _line(values["source"]),
                }
            ),
        }


def cells_of(question: Question) -> list[str]:
    """A question as a row of a list that can be imported again."""
    options = [*question.options, *[""] * (MOST_OPTIONS - len(question.options))]
    return [
        question.code,
        question.get_kind_display(),
        question.get_topic_display(),
        question.get_goods_type_display() if question.goods_type else "",
        question.text,
        *options,
        letters(question.answer),
        question.explanation,
        question.source,
    ]


def answer_of(text: str, options: list[str], kind: str) -> list[int]:
    """Positions of the options that an answer names: letters, or the text of the one option.

    Raises Refused("answer_not_letters").
    """
    text = _line(text)
    if text in options:
        return [options.index(text)]
    if kind == QuestionKind.TRUE_FALSE and text in TRUE_FALSE_WORDS:
        return [TRUE_FALSE_WORDS[text]]
    signs = SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if any(sign not in LETTERS for sign in signs):
        raise Refused(
            _("The right answer is written in letters, such as B, AC or CABD."), code="answer_not_letters"
        )
    return [LETTERS.index(sign) for sign in signs]


def _words(choices) -> dict[str, str]:
    """Codes by what people write for them: the code itself, or its word in one of the languages."""
    return {value: value for value in choices.values} | _in_every_language(choices.choices)


def _in_every_language(pairs: Iterable[tuple[str, Any]]) -> dict[str, str]:
    pairs, found = list(pairs), {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {_plain(str(words)): code for code, words in pairs}
    return found


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _line(text: str) -> str:
    return " ".join(text.split())


def _one_of(words: Mapping[str, str], text: str, title: Any, choices) -> str:
    found = words.get(_plain(text))
    if found is None:
        raise Refused(
            _("%(column)s: “%(given)s” is not known. One of: %(choices)s.")
            % {"column": title, "given": text[:20], "choices": "、".join(map(str, choices.labels))},
            code="unknown_choice",
        )
    return found


def _options(values: Mapping[str, str], kind: str) -> list[str]:
    options = [_line(values[name]) for name in OPTION_COLUMNS]
    while options and not options[-1]:
        options.pop()
    if kind == QuestionKind.TRUE_FALSE and not options:
        return list(TRUE_FALSE_OPTIONS)
    return options
