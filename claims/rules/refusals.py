"""docs/rules/approval.md, section 5: which rule a refusal rests on, and what may be done about it."""

from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    """The parts of the published rules of compensation that a refusal can rest on."""

    AMOUNT = "amount"
    NEEDED = "needed"


class Law(StrEnum):
    """Articles a letter cites. Sources: Consumer Rights Protection Law; provisions on repair, replacement
    and return of certain goods (部分商品修理更换退货责任规定)."""

    CONSUMER_25 = "consumer_25"
    CONSUMER_39 = "consumer_39"
    THREE_GUARANTEES_17 = "three_guarantees_17"


@dataclass(frozen=True)
class Ground:
    """What a refusal rests on: a section of the published rules, an article of the law, or the explanation
    of the person alone."""

    section: Section | None = None
    law: Law | None = None


EXPLAINED = Ground()

GROUNDS: dict[str, Ground] = {
    "out_of_scope": Ground(Section.AMOUNT),
    "too_late": EXPLAINED,
    "no_evidence": Ground(Section.NEEDED),
    "not_the_goods": Ground(Section.NEEDED),
    "below_tolerance": Ground(Section.AMOUNT),
    "already_settled": Ground(Section.AMOUNT),
    "misuse": Ground(law=Law.THREE_GUARANTEES_17),
    "no_return_right": Ground(law=Law.CONSUMER_25),
    "other": EXPLAINED,
}

REMEDIES_OF_LAW = Law.CONSUMER_39
"""Conciliation, mediation, complaint, arbitration, court: open after every refusal."""


def ground_of(code: str) -> Ground:
    """What a reason rests on; one that names no rule stands on its explanation."""
    return GROUNDS.get(code, EXPLAINED)
