"""docs/rules/diagnosis.md: kinds of appliances, and what a diagnosis by phone can lead to."""

from __future__ import annotations

from enum import StrEnum


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
