"""Diagnoses by phone as they are read: those of a claim, one with its questions. docs/rules/diagnosis.md."""

from claims.models import Claim, Diagnosis, Part
from claims.queries import checklists
from claims.rules.diagnosis import Ending, Walk, walk


def of_claim(claim: Claim) -> list[Diagnosis]:
    """The diagnoses of a claim, the last first, each with its known fault."""
    return list(Diagnosis.objects.filter(claim=claim).select_related("issue", "by"))


def walked(diagnosis: Diagnosis) -> Walk:
    """The questions and answers of a diagnosis, in the words of the version they were asked with."""
    return walk(checklists.versions()[diagnosis.checklist], diagnosis.answers)


def parts_of(ending: Ending) -> list[Part]:
    """The spare parts that an end names, in its order; a part that was retired is left out."""
    if not ending.parts:
        return []
    rows = {each.code: each for each in Part.objects.filter(code__in=ending.parts, retired_at__isnull=True)}
    return [rows[code] for code in ending.parts if code in rows]
