"""The issue library as it is read: searching it, and how often which cause was found.

docs/rules/diagnosis.md, section 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from claims.models import Diagnosis, Issue
from claims.models.diagnoses import ApplianceChoices, RootCauseChoices
from claims.rules.diagnosis import Advice

LOOKS_BACK = timedelta(days=365)
LIST_ORDER = ("goods_type", "appliance", "code", "id")


def in_use() -> QuerySet[Issue]:
    """Known faults that are not retired."""
    return Issue.objects.filter(retired_at__isnull=True)


def matching(rows: QuerySet[Issue], text: str) -> QuerySet[Issue]:
    """Known faults that hold every word of a text in their code, symptom, cause or solution."""
    for word in text.split():
        rows = rows.filter(
            Q(code__iexact=word)
            | Q(symptom__icontains=word)
            | Q(cause__icontains=word)
            | Q(solution__icontains=word)
        )
    return rows


def found_since(since: datetime) -> QuerySet[Diagnosis]:
    """Diagnoses within reach from a moment on."""
    return Diagnosis.objects.filter(at__gte=since)


def times_found(issues: list[Issue], *, since: datetime) -> dict[int, int]:
    """How often each of some known faults was found within reach; those never found are left out."""
    rows = found_since(since).filter(issue__in=issues).order_by().values("issue").annotate(times=Count("pk"))
    return {row["issue"]: row["times"] for row in rows}


@dataclass(frozen=True)
class Line:
    """One appliance of the table: how often each root cause was found, faults nobody knows, and how many of
    all were solved on the phone."""

    appliance: str
    label: str
    by_cause: Mapping[str, int]
    unknown: int
    all: int
    solved: int

    @property
    def counts(self) -> list[int]:
        """The counts in the order of CAUSES."""
        return [self.by_cause.get(cause, 0) for cause in CAUSES]


CAUSES = tuple(RootCauseChoices.values)


def by_cause(*, since: datetime) -> list[Line]:
    """Product type by cause (L-01) over the diagnoses within reach: one line for each appliance that was
    asked about, the most frequent first."""
    rows = (
        found_since(since)
        .order_by()
        .values("appliance", "issue__root_cause")
        .annotate(times=Count("pk"), solved=Count("pk", filter=Q(advice=Advice.SOLVED_BY_PHONE)))
    )
    found: dict[str, list[dict]] = {}
    for row in rows:
        found.setdefault(row["appliance"], []).append(row)
    lines = [
        Line(
            appliance=appliance,
            label=str(ApplianceChoices(appliance).label),
            by_cause={row["issue__root_cause"]: row["times"] for row in each if row["issue__root_cause"]},
            unknown=sum(row["times"] for row in each if not row["issue__root_cause"]),
            all=sum(row["times"] for row in each),
            solved=sum(row["solved"] for row in each),
        )
        for appliance, each in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.all, line.appliance))


def by_advice(issue: Issue, *, since: datetime) -> dict[str, int]:
    """Where the diagnoses of a known fault led, within reach."""
    rows = found_since(since).filter(issue=issue).order_by().values("advice").annotate(times=Count("pk"))
    return {row["advice"]: row["times"] for row in rows}


def last_of(issue: Issue, limit: int) -> list[Diagnosis]:
    """The last diagnoses of a known fault within reach, with their claims."""
    rows = Diagnosis.objects.filter(issue=issue).select_related("claim__order_line", "claim__station")
    return list(rows[:limit])
