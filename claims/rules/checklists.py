"""docs/rules/diagnosis.md, section 3: reading a checklist from its file, and what makes it fit for use."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from aftersales.lib.errors import InvalidValue
from claims.rules.diagnosis import Advice, Appliance, Checklist, Ending, Option, Step

MOST_QUESTIONS = 10
"""A diagnosis on the phone is shorter than the patience of who holds it."""

KEY = re.compile(r"[a-z][a-z0-9_]{0,23}")
VERSION = re.compile(r"([a-z_]{1,24})-([1-9][0-9]{0,3})")
ASK_SIGNS, HINT_SIGNS, OPTION_SIGNS, SAY_SIGNS = 60, 120, 30, 200


def read(table: Mapping[str, Any]) -> Checklist:
    """A checklist out of a table as it stands in its file.

    Raises InvalidValue with checklist_malformed and a sentence that names the place.
    """
    try:
        steps = [_step(each) for each in table["steps"]]
        version, appliance = table["version"], Appliance(table["appliance"])
        named = VERSION.fullmatch(version)
        if named is None or named[1] != appliance:
            raise ValueError("the version is the appliance and a number")
        checklist = Checklist(
            version=version,
            appliance=appliance,
            steps={step.id: step for step in steps},
            first=steps[0].id,
            number=int(named[2]),
        )
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as wrong:
        raise InvalidValue("checklist_malformed", f"{table.get('version', '?')}: {wrong!r}") from wrong
    if len(checklist.steps) != len(steps):
        raise InvalidValue("checklist_malformed", f"{version}: a question twice")
    return checklist


def _step(table: Mapping[str, Any]) -> Step:
    options = tuple(_option(key, value) for key, value in table["answers"].items())
    return Step(table["id"], table["ask"], table.get("hint", ""), options)


def _option(key: str, table: Mapping[str, Any]) -> Option:
    if unknown := set(table) - {"text", "next", "advice", "say", "issue", "parts"}:
        raise ValueError(f"{key}: {sorted(unknown)}")
    if "advice" not in table:
        return Option(key, table["text"], next=table["next"])
    if "next" in table:
        raise ValueError(f"{key}: next and advice")
    ending = Ending(
        Advice(table["advice"]), table["say"], table.get("issue", ""), tuple(table.get("parts", ()))
    )
    return Option(key, table["text"], ending=ending)


@dataclass
class _Inspection:
    checklist: Checklist
    seen: set[str] = field(default_factory=set)
    found: list[str] = field(default_factory=list)

    def follow(self, step_id: str, way: tuple[str, ...]) -> None:
        if step_id in way:
            self.found.append(f"{step_id}: asked twice on one way")
            return
        if step_id not in self.checklist.steps:
            self.found.append(f"{way[-1]}: leads to {step_id}, which is not there")
            return
        if len(way) >= MOST_QUESTIONS:
            self.found.append(f"{step_id}: more than {MOST_QUESTIONS} questions")
            return
        self.seen.add(step_id)
        for option in self.checklist.steps[step_id].options:
            if option.ending is None:
                self.follow(option.next, (*way, step_id))


def faults(checklist: Checklist, *, issues: Mapping[str, str], parts: Collection[str]) -> list[str]:
    """What is wrong with a checklist, a sentence each; empty when it may be used.

    Every way ends within MOST_QUESTIONS questions and asks none twice, the first question is about danger,
    and what an end names is known: `issues` are the appliances of known faults by code, `parts` the numbers
    of spare parts.
    """
    looked = _Inspection(checklist)
    looked.follow(checklist.first, ())
    found = looked.found
    found += [f"{each}: nothing leads to it" for each in checklist.steps if each not in looked.seen]
    first = checklist.steps[checklist.first]
    if not any(each.ending and each.ending.advice == Advice.DANGER for each in first.options):
        found.append(f"{first.id}: the first question is about danger")
    for step in checklist.steps.values():
        found += _words(step)
        for option in step.options:
            if option.ending is not None:
                where = f"{step.id}.{option.key}"
                found += _ending(where, option.ending, checklist.appliance, issues, parts)
    return [f"{checklist.version}: {each}" for each in found]


def _words(step: Step) -> list[str]:
    keys = [step.id, *(option.key for option in step.options)]
    found = [f"{step.id}: {key} is no key" for key in keys if not KEY.fullmatch(key)]
    if len(step.options) < 2:
        found.append(f"{step.id}: one answer is no question")
    lengths = [("ask", step.ask, ASK_SIGNS), *(("text", each.text, OPTION_SIGNS) for each in step.options)]
    found += [
        f"{step.id}: {name} of 1 to {most} signs" for name, text, most in lengths if not 0 < len(text) <= most
    ]
    if len(step.hint) > HINT_SIGNS:
        found.append(f"{step.id}: hint of at most {HINT_SIGNS} signs")
    return found


def _ending(where, ending: Ending, appliance, issues: Mapping[str, str], parts: Collection[str]) -> list[str]:
    found = []
    if not 0 < len(ending.say) <= SAY_SIGNS:
        found.append(f"{where}: say of 1 to {SAY_SIGNS} signs")
    if ending.issue and issues.get(ending.issue) != appliance:
        found.append(f"{where}: {ending.issue} is no known fault of this appliance")
    if bool(ending.parts) != (ending.advice == Advice.VISIT_WITH_PART):
        found.append(f"{where}: parts belong to a visit with a part")
    return found + [f"{where}: {each} is no part" for each in ending.parts if each not in parts]
