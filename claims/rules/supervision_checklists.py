"""docs/rules/supervision.md, section 3: reading the checklist of a theme, and what makes it fit for use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aftersales.lib.errors import InvalidValue
from claims.rules.supervision import LONGEST_DAYS, Severity, Theme

FEWEST, MOST = 8, 12
"""Questions of a checklist: enough to judge a claim, few enough to go through forty of them."""
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
VERSION = re.compile(r"([a-z_]{1,24})-([1-9][0-9]{0,3})")
ASK_SIGNS, BASIS_SIGNS = 80, 80


class Answer(StrEnum):
    """What was found about one question; what cannot be judged does not apply and is no fault."""

    YES = "yes"
    NO = "no"
    DOES_NOT_APPLY = "na"


@dataclass(frozen=True)
class Question:
    """One question, worded so that "yes" is as it should be; where the promise comes from; what a "no" is."""

    key: str
    ask: str
    basis: str
    severity: Severity
    days: int


@dataclass(frozen=True)
class Checklist:
    """The questions of a theme in one version; a check keeps the version it was opened with."""

    version: str
    theme: Theme
    number: int
    questions: tuple[Question, ...]

    def question(self, key: str) -> Question | None:
        return next((each for each in self.questions if each.key == key), None)


def read(table: Mapping[str, Any]) -> Checklist:
    """A checklist out of a table as it stands in its file.

    Raises InvalidValue("checklist_malformed") with a sentence that names the place.
    """
    try:
        named = VERSION.fullmatch(table["version"])
        if named is None or named[1] != table["theme"]:
            raise ValueError("the version is the theme and a number")
        questions = tuple(
            Question(each["key"], each["ask"], each["basis"], Severity(each["severity"]), int(each["days"]))
            for each in table["questions"]
        )
        return Checklist(table["version"], Theme(table["theme"]), int(named[2]), questions)
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        raise InvalidValue("checklist_malformed", f"{table.get('version', '?')}: {wrong!r}") from wrong


def faults(checklist: Checklist) -> list[str]:
    """What is wrong with a checklist, a sentence each; empty when it may be used."""
    found, keys = [], [each.key for each in checklist.questions]
    if not FEWEST <= len(keys) <= MOST:
        found.append(f"{FEWEST} to {MOST} questions")
    if len(set(keys)) != len(keys):
        found.append("a question twice")
    for each in checklist.questions:
        if not KEY.fullmatch(each.key):
            found.append(f"{each.key} is no key")
        if not 0 < len(each.ask) <= ASK_SIGNS or not 0 < len(each.basis) <= BASIS_SIGNS:
            found.append(f"{each.key}: ask and basis of 1 to {ASK_SIGNS} signs")
        if not 1 <= each.days <= LONGEST_DAYS:
            found.append(f"{each.key}: 1 to {LONGEST_DAYS} days")
    return [f"{checklist.version}: {each}" for each in found]


def answers_fit(checklist: Checklist, answers: Mapping[str, str]) -> bool:
    """Whether every question, and nothing else, is answered with one of the answers."""
    return set(answers) == {each.key for each in checklist.questions} and set(answers.values()) <= set(Answer)
