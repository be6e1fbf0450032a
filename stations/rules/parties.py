"""docs/rules/classification.md, section 1: the parties that can be liable or help."""

from enum import StrEnum


class PartyKind(StrEnum):
    """What an organisation outside the station network is to it."""

    PLATFORM = "platform"
    MERCHANT = "merchant"
    LOGISTICS = "logistics"
    PROVIDER = "provider"
    INSURER = "insurer"
    INSPECTION = "inspection"
    PARTNER = "partner"
