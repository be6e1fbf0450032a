"""The plan of the programme and the phase of a county in the small world of tests/rights/world.py."""

from __future__ import annotations

from datetime import date

from django.db.models import Model

from aftersales.accounts.models import User
from stations.models import CountyPhase, ProgrammePlan
from tests.factories import NOW
from tests.rights.marks import Marks


def programme_rows(mark: Marks, county: str, official: User) -> list[Model]:
    """The plan that comes with the product, and a phase."""
    return [
        ProgrammePlan.objects.earliest("valid_from"),
        CountyPhase.objects.create(
            county_code=county,
            phase="pilot",
            starts_on=date(2026, 9, 1),
            note=mark.word("phasenote"),
            set_by=official,
            set_at=NOW,
        ),
    ]
