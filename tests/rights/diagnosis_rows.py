"""A diagnosis by phone in a village, full of its marks, and the known fault it points to."""

from __future__ import annotations

from django.db.models import Model

from aftersales.accounts.models import User
from claims.models import Claim, Diagnosis, Issue
from tests.factories import NOW
from tests.rights.marks import Marks


def diagnosis_rows(mark: Marks, claim: Claim, person: User) -> list[Model]:
    """The claim is about an appliance from here on; the library is the same for every place."""
    claim.goods_type = "appliance"
    claim.save()
    diagnosis = Diagnosis.objects.create(
        claim=claim,
        round=claim.round,
        county_code=claim.county_code,
        appliance="generic",
        checklist="generic-1",
        answers=[["danger", "electric"]],
        advice="danger",
        issue=Issue.objects.get(code="GE-01"),
        note=mark.word("diagnosisnote"),
        by=person,
        at=NOW,
    )
    return [diagnosis, diagnosis.issue]
