"""Quarterly evaluations of counties: what they are made of, and the measures that follow. Keeps to the scope.

docs/rules/supervision.md, section 6
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from aftersales.accounts.models import User
from aftersales.lib.periods import Period, PeriodKind
from claims.models import Evaluation, Finding, ImprovementMeasure
from claims.queries import costs, supervision
from claims.queries.figures import cells
from claims.queries.figures.definitions import FIGURES
from claims.rules.costs import saving
from claims.rules.evaluations import FORMAT, Line, figure_lines, read_lines, written
from claims.rules.supervision import MeasureState
from stations.models import Region
from stations.queries.staff import Staff


def content_of(county_code: str, quarter: Period, today: date) -> dict[str, Any]:
    """What an evaluation of a quarter holds: every figure with its target, cost of service, findings."""
    figures = cells.of_region(county_code, quarter)
    region = Region.objects.get(code=county_code)
    return {
        "format": FORMAT,
        "county": county_code,
        "county_name": region.name,
        "quarter": quarter.name,
        "figures": figure_lines(figure.of(figures) for figure in FIGURES.values()),
        "cost": _cost(county_code, quarter),
        "findings": supervision.standing(_findings_of(county_code, quarter), today),
    }


def _cost(county_code: str, quarter: Period) -> dict[str, Any]:
    months = costs.months(county_code, [month.first for month in quarter.months()])
    claims, spent = sum(each.claims for each in months), sum(each.claims_fen for each in months)
    baseline = months[-1].baseline
    before = baseline.cost_per_claim_fen if baseline else None
    return {
        "claims": claims,
        "fen": spent,
        "baseline_fen": before,
        "saving": written(saving(spent, claims, before)),
    }


def _findings_of(county_code: str, quarter: Period) -> QuerySet[Finding]:
    return Finding.objects.filter(
        county_code=county_code, found_at__gte=quarter.starts_at, found_at__lt=quarter.ends_at
    )


def kept(evaluation: Evaluation) -> dict[str, Any]:
    """The content of an evaluation as it was frozen."""
    return json.loads(evaluation.figures)


def lines_of(evaluation: Evaluation) -> dict[str, Line]:
    """The figures of an evaluation by their codes."""
    return {line.code: line for line in read_lines(kept(evaluation))}


def evaluations() -> QuerySet[Evaluation]:
    """Evaluations with how their measures stand, the newest quarter first."""
    return (
        Evaluation.objects.select_related("made_by")
        .annotate(
            planned=Count("measures", filter=Q(measures__state=MeasureState.PLANNED)),
            done=Count("measures", filter=Q(measures__state=MeasureState.DONE)),
            dropped=Count("measures", filter=Q(measures__state=MeasureState.DROPPED)),
        )
        .order_by("-quarter", "county_code")
    )


def measures_of(evaluation: Evaluation) -> list[ImprovementMeasure]:
    """The plan of an evaluation, with where a measure comes from and goes to."""
    rows = ImprovementMeasure.objects.filter(evaluation=evaluation)
    return list(
        rows.select_related(
            "responsible", "planned_by", "carried_over_from__evaluation", "carried_over_to__evaluation"
        ).order_by("due_on", "id")
    )


def previous(evaluation: Evaluation) -> Evaluation | None:
    """The evaluation of the quarter before, if there is one."""
    return _of(evaluation.county_code, Period.named(evaluation.quarter).previous)


def following(evaluation: Evaluation) -> Evaluation | None:
    """The evaluation of the quarter after, in which the effect of the measures is read."""
    return _of(evaluation.county_code, Period.named(evaluation.quarter).following)


def _of(county_code: str, quarter: Period) -> Evaluation | None:
    return Evaluation.objects.filter(county_code=county_code, quarter=quarter.name).first()


def left_over(evaluation: Evaluation) -> list[ImprovementMeasure]:
    """Measures of the quarter before that were neither ended nor carried over."""
    before = previous(evaluation)
    if before is None:
        return []
    rows = ImprovementMeasure.objects.filter(
        evaluation=before, state=MeasureState.PLANNED, carried_over_to__isnull=True
    )
    return list(rows.select_related("responsible").order_by("due_on", "id"))


def can_be_responsible(county_code: str, now) -> QuerySet[User]:
    """Who may be made responsible for a measure: the officers and managers of the county."""
    return User.objects.filter(pk__in=Staff(now=now).in_county(county_code)).order_by("full_name", "pk")


def quarters_to_evaluate(today: date, count: int = 4) -> list[Period]:
    """The last quarters that are over, the newest first."""
    last = Period.of(today, PeriodKind.QUARTER).previous
    return list(reversed(last.back(count)))
