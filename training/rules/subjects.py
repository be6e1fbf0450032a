"""docs/rules/handbook.md: what a text is about. The codes of goods and problems are those of claims.

`claims` and `training` do not import each other: a claim's page links here with its codes, and a test holds
the two lists together (tests/training/test_subjects.py).
"""

from __future__ import annotations

from enum import StrEnum


class Goods(StrEnum):
    """Goods types as in claims.rules.classification.GoodsType; ANY for texts about all of them."""

    ANY = ""
    PRODUCE = "produce"
    FRESH_FRUIT = "fresh_fruit"
    VEGETABLES = "vegetables"
    MEAT_EGGS = "meat_eggs"
    AQUATIC = "aquatic"
    GRAIN_OIL = "grain_oil"
    TEA_DRY_GOODS = "tea_dry_goods"
    INDUSTRIAL = "industrial"
    APPLIANCE = "appliance"
    ELECTRONICS = "electronics"
    DAILY_GOODS = "daily_goods"
    CLOTHING = "clothing"
    MOTHER_BABY = "mother_baby"
    AGRICULTURAL_INPUTS = "agricultural_inputs"
    SEED = "seed"
    FERTILISER = "fertiliser"
    PESTICIDE = "pesticide"
    FEED = "feed"
    TOOLS = "tools"


_G = Goods

PARENT: dict[Goods, Goods] = {
    **dict.fromkeys(
        (_G.FRESH_FRUIT, _G.VEGETABLES, _G.MEAT_EGGS, _G.AQUATIC, _G.GRAIN_OIL, _G.TEA_DRY_GOODS), _G.PRODUCE
    ),
    **dict.fromkeys(
        (_G.APPLIANCE, _G.ELECTRONICS, _G.DAILY_GOODS, _G.CLOTHING, _G.MOTHER_BABY), _G.INDUSTRIAL
    ),
    **dict.fromkeys((_G.SEED, _G.FERTILISER, _G.PESTICIDE, _G.FEED, _G.TOOLS), _G.AGRICULTURAL_INPUTS),
}
"""The group above each goods type; a text about a group counts for everything in it."""


class Problem(StrEnum):
    """Natures as in claims.rules.classification.Nature; ANY for texts about all of them."""

    ANY = ""
    QUALITY = "quality"
    LOGISTICS = "logistics"
    SERVICE = "service"
    PRICE = "price"


class Topic(StrEnum):
    """What a course or question trains (E-01)."""

    COMMUNICATION = "communication"
    INSPECTION = "inspection"
    EVIDENCE = "evidence"
    COMPENSATION = "compensation"
    LAW = "law"
    APPLIANCES = "appliances"
    INPUTS = "inputs"
    DIGITAL = "digital"
    SAFETY = "safety"


class Audience(StrEnum):
    """Whom a text is written for."""

    AGENT = "agent"
    VILLAGER = "villager"


def covered_by(goods: str) -> tuple[str, ...]:
    """Goods types whose texts count for one of them, the nearest first: itself, then its group."""
    above = PARENT.get(Goods(goods))
    return (goods, above.value) if above else (goods,)


def within(goods: str) -> tuple[str, ...]:
    """A goods type and what lies below it, for a reader who asks for a whole group."""
    return (goods, *(each.value for each, above in PARENT.items() if above == goods))
