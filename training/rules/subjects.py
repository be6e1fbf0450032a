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
