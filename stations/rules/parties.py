"""docs/rules/classification.md, section 1: the parties that can be liable or help."""

from enum import StrEnum


class PartyKind(StrEnum):
    """What an organisation outside the station network is to it."""

    PLATFORM = "platform"
    MERCHANT = "merchant"
    LOGISTICS = "logistics"
    REPAIR_PROVIDER = "repair_provider"
    INSURER = "insurer"
    INSPECTION_BODY = "inspection_body"
    PARTNER = "partner"
