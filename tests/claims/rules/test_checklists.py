import copy
import re

import pytest

from aftersales.lib.errors import InvalidValue
from claims.queries import checklists as files
from claims.rules.checklists import MOST_QUESTIONS, faults, read
from claims.rules.diagnosis import Advice, Appliance

TABLE = {
    "version": "generic-1",
    "appliance": "generic",
    "steps": [
        {
            "id": "danger",
            "ask": "冒烟吗？",
            "answers": {
                "yes": {"text": "有", "advice": "danger", "issue": "GE-01", "say": "拔掉插头。"},
                "no": {"text": "没有", "next": "plug"},
            },
        },
        {
            "id": "plug",
            "ask": "插紧了吗？",
            "answers": {
                "yes": {"text": "好了", "advice": "solved_by_phone", "say": "插紧就好。"},
                "no": {
                    "text": "没好",
                    "advice": "visit_with_part",
                    "parts": ["GE-CORD"],
                    "say": "带线上门。",
                },
            },
        },
    ],
}
KNOWN = {"issues": {"GE-01": "generic", "FR-01": "fridge"}, "parts": {"GE-CORD"}}


def changed(change) -> dict:
    table = copy.deepcopy(TABLE)
    change(table)
    return table


def answer(table, step: int, key: str) -> dict:
    return table["steps"][step]["answers"][key]


def chain(length: int) -> dict:
    """Questions in a row; the last one ends."""
    steps = [
        {
            "id": f"q{number}",
            "ask": "问？",
            "answers": {
                "yes": {"text": "是", "advice": "danger", "say": "停。"},
                "no": {"text": "否", "next": f"q{number + 1}"},
            },
        }
        for number in range(length)
    ]
    steps[-1]["answers"]["no"] = {"text": "否", "advice": "visit", "say": "上门。"}
    return {"version": "generic-1", "appliance": "generic", "steps": steps}


def test_the_example_is_sound():
    assert faults(read(TABLE), **KNOWN) == []
    assert faults(read(chain(MOST_QUESTIONS)), **KNOWN) == []


FAULTS = [
    (lambda t: answer(t, 0, "no").update(next="cord"), "danger: leads to cord, which is not there"),
    (lambda t: answer(t, 0, "no").update(next="danger"), "danger: asked twice on one way"),
    (
        lambda t: t["steps"][0]["answers"].update(no={"text": "没有", "advice": "visit", "say": "上门。"}),
        "plug: nothing leads to it",
    ),
    (lambda t: answer(t, 0, "yes").update(advice="visit"), "danger: the first question is about danger"),
    (lambda t: answer(t, 0, "yes").update(issue="GE-09"), "GE-09 is no known fault of this appliance"),
    (lambda t: answer(t, 0, "yes").update(issue="FR-01"), "FR-01 is no known fault of this appliance"),
    (lambda t: answer(t, 1, "no").update(parts=["XX-1"]), "plug.no: XX-1 is no part"),
    (lambda t: answer(t, 1, "no").update(parts=[]), "plug.no: parts belong to a visit with a part"),
    (
        lambda t: answer(t, 0, "yes").update(parts=["GE-CORD"]),
        "danger.yes: parts belong to a visit with a part",
    ),
    (lambda t: answer(t, 1, "yes").update(say=""), "plug.yes: say of 1 to 200 signs"),
    (lambda t: answer(t, 1, "yes").update(say="好" * 201), "plug.yes: say of 1 to 200 signs"),
    (lambda t: t["steps"][1].update(ask="？" * 61), "plug: ask of 1 to 60 signs"),
    (lambda t: t["steps"][1].update(hint="？" * 121), "plug: hint of at most 120 signs"),
    (lambda t: answer(t, 1, "yes").update(text=""), "plug: text of 1 to 30 signs"),
    (lambda t: t["steps"][1]["answers"].pop("no"), "plug: one answer is no question"),
    (
        lambda t: t["steps"][1]["answers"].update(
            {"a.b": {"text": "别的", "advice": "visit", "say": "上门。"}}
        ),
        "plug: a.b is no key",
    ),
]


@pytest.mark.parametrize(("change", "told"), FAULTS)
def test_a_fault_is_named(change, told):
    found = faults(read(changed(change)), **KNOWN)

    assert [told in each for each in found].count(True) == 1
    assert all(each.startswith("generic-1: ") for each in found)


def test_a_list_that_is_too_long_is_named():
    assert faults(read(chain(MOST_QUESTIONS + 1)), **KNOWN) == [
        f"generic-1: q{MOST_QUESTIONS}: more than {MOST_QUESTIONS} questions",
        f"generic-1: q{MOST_QUESTIONS}: nothing leads to it",
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.pop("version"),
        lambda t: t.update(version="generic"),
        lambda t: t.update(version="fridge-1"),
        lambda t: t.update(appliance="toaster"),
        lambda t: t.update(steps=[]),
        lambda t: t["steps"].append(t["steps"][0]),
        lambda t: t["steps"][0].pop("answers"),
        lambda t: answer(t, 0, "yes").pop("say"),
        lambda t: answer(t, 0, "yes").update(next="plug"),
        lambda t: answer(t, 0, "yes").update(advice="wait"),
        lambda t: answer(t, 0, "no").pop("next"),
        lambda t: answer(t, 0, "no").update(nxet="plug"),
    ],
)
def test_a_table_that_is_no_checklist_is_refused(change):
    with pytest.raises(InvalidValue) as refused:
        read(changed(change))

    assert refused.value.code == "checklist_malformed"


def endings(checklist):
    """Everything the questions can lead to."""
    return [option.ending for step in checklist.steps.values() for option in step.options if option.ending]


def test_the_checklists_of_the_programme_are_sound():
    assert files.faults() == []
    assert {each: files.current(each).appliance for each in Appliance} == {each: each for each in Appliance}


def test_every_appliance_can_end_on_the_phone_at_home_and_in_danger():
    reached = {each: {ending.advice for ending in endings(files.current(each))} for each in Appliance}

    everywhere = set.intersection(*reached.values())
    assert everywhere >= {Advice.SOLVED_BY_PHONE, Advice.DANGER}
    assert all(
        advices & {Advice.VISIT, Advice.VISIT_WITH_PART, Advice.WORKSHOP} for advices in reached.values()
    )


def test_danger_ends_at_once_and_tells_to_switch_off():
    """Whoever is told of smoke, a shock, gas or a swollen battery hears what to do first, on every list."""
    warnings = [
        (checklist.version, ending.say)
        for checklist in files.versions().values()
        for ending in endings(checklist)
        if ending.advice == Advice.DANGER
    ]
    silent = [each for each in warnings if not re.search("拔|拉闸|拉总闸|停用|关气瓶", each[1])]

    assert silent == []
    assert len(warnings) >= len(Appliance)


def test_every_known_fault_of_an_appliance_is_one_that_questions_find():
    named = {ending.issue for checklist in files.versions().values() for ending in endings(checklist)}
    idle = [
        row["code"] for row in files.rows_of("issues.csv") if row["appliance"] and row["code"] not in named
    ]

    assert idle == []
