"""docs/rules/supervision.md: special inspections, spot checks, findings and what follows from them."""

from enum import StrEnum


class CheckKind(StrEnum):
    SPOT_CHECK = "spot_check"
    SPECIAL = "special"


class Theme(StrEnum):
    """What a special inspection is about (虚假宣传, 乱收费, 推诿)."""

    FALSE_ADVERTISING = "false_advertising"
    ARBITRARY_CHARGES = "arbitrary_charges"
    SHIRKING = "shirking"
    QUALITY = "quality"


class Department(StrEnum):
    """The three authorities of the group that watches over the service."""

    MARKET_REGULATION = "market_regulation"
    COMMERCE = "commerce"
    AGRICULTURE = "agriculture"


class FindingState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Severity(StrEnum):
    MINOR = "minor"
    SERIOUS = "serious"


class MeasureState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"
