"""docs/rules/diagnosis.md: questions that lead from a complaint on the phone to what is to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from claims.rules.classification import GoodsType


class Appliance(StrEnum):
    """What a checklist is about. GENERIC is for everything without one of its own."""

    WASHING_MACHINE = "washing_machine"
    FRIDGE = "fridge"
    TELEVISION = "television"
    RICE_COOKER = "rice_cooker"
    PHONE = "phone"
    WATER_PUMP = "water_pump"
    GENERIC = "generic"


class Advice(StrEnum):
    """Where a diagnosis leads (K-05: phone diagnosis, repair at home, feedback)."""

    SOLVED_BY_PHONE = "solved_by_phone"
    VISIT = "visit"
    VISIT_WITH_PART = "visit_with_part"
    WORKSHOP = "workshop"
    REPLACE = "replace"
    DANGER = "danger"


class RootCause(StrEnum):
    """What stands behind a known fault: the columns of the table of product type by cause (L-01)."""

    DEFECT = "defect"
    WEAR = "wear"
    USE = "use"
    INSTALLATION = "installation"
    SUPPLY = "supply"
    TRANSPORT = "transport"
    STORAGE = "storage"
    SERVICE = "service"


DIAGNOSED = frozenset(
    {
        GoodsType.APPLIANCE,
        GoodsType.ELECTRONICS,
        GoodsType.TOOLS,
        GoodsType.INDUSTRIAL,
        GoodsType.DAILY_GOODS,
    }
)
"""Goods that can have a fault which questions find."""

_WORDS: dict[Appliance, tuple[str, ...]] = {
    Appliance.WASHING_MACHINE: ("洗衣机", "脱水机", "甩干机"),
    Appliance.FRIDGE: ("冰箱", "冰柜", "冷柜"),
    Appliance.RICE_COOKER: ("电饭煲", "电饭锅", "电压力锅"),
    Appliance.WATER_PUMP: ("水泵", "抽水机", "潜水泵", "自吸泵"),
    Appliance.TELEVISION: ("电视",),
    Appliance.PHONE: ("手机",),
}
_BESIDE = ("手机壳", "手机膜", "手机支架", "电视柜", "电视架", "遥控器", "洗衣机罩", "冰箱贴")
"""Things that are only named after an appliance."""


@dataclass(frozen=True)
class Ending:
    """What to do, the sentence to tell the villager, the known fault and the parts to bring."""

    advice: Advice
    say: str
    issue: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """One answer on offer: it leads to another question or to the end."""

    key: str
    text: str
    next: str = ""
    ending: Ending | None = None


@dataclass(frozen=True)
class Step:
    """One question, with what the person on the phone should know before asking it."""

    id: str
    ask: str
    hint: str
    options: tuple[Option, ...]

    def option(self, key: str) -> Option | None:
        return next((each for each in self.options if each.key == key), None)


@dataclass(frozen=True)
class Checklist:
    """The questions about one kind of appliance. A version that was used never changes; a new one follows."""

    version: str
    appliance: Appliance
    steps: Mapping[str, Step]
    first: str
    number: int = 1


@dataclass(frozen=True)
class Walk:
    """How far a row of answers leads: what was passed, then the next question or the end.

    `is_whole` says that every answer that was given belongs to the way; after the first one that does not
    fit, the rest counts for nothing.
    """

    passed: tuple[tuple[Step, Option], ...]
    step: Step | None
    ending: Ending | None
    is_whole: bool

    @property
    def answers(self) -> list[list[str]]:
        """The answers that count, as they are kept."""
        return [[step.id, option.key] for step, option in self.passed]


def is_diagnosed(goods_type: str) -> bool:
    """Whether goods of this type can be asked about; fruit and fertiliser have photos instead."""
    return goods_type in DIAGNOSED


def appliance_of(product: str) -> Appliance:
    """The kind of appliance that a product's name speaks of; GENERIC when it names none."""
    if any(word in product for word in _BESIDE):
        return Appliance.GENERIC
    found = [
        (product.index(word), appliance)
        for appliance, words in _WORDS.items()
        for word in words
        if word in product
    ]
    return min(found, key=lambda each: each[0])[1] if found else Appliance.GENERIC


def walk(checklist: Checklist, answers: Sequence[Sequence[str]]) -> Walk:
    """Follow answers ([question, answer] in the order they were asked) through the questions.

    Never fails: answers that were made up, left over or given to another version stop the walk where they
    cease to fit.
    """
    passed: list[tuple[Step, Option]] = []
    step: Step | None = checklist.steps[checklist.first]
    ending: Ending | None = None
    for answer in answers:
        if step is None or len(answer) != 2 or answer[0] != step.id:
            return Walk(tuple(passed), step, ending, is_whole=False)
        option = step.option(answer[1])
        if option is None:
            return Walk(tuple(passed), step, ending, is_whole=False)
        passed.append((step, option))
        ending = option.ending
        step = checklist.steps[option.next] if ending is None else None
    return Walk(tuple(passed), step, ending, is_whole=True)
