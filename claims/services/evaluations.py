"""Evaluating a quarter of a county, and the measures that follow. docs/rules/supervision.md, section 6."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.canonical import canonical, sha256
from aftersales.lib.errors import Refused
from aftersales.lib.periods import Period, PeriodKind
from claims.models import Evaluation, ImprovementMeasure
from claims.queries import evaluations as reading
from claims.rules.supervision import MeasureState
from claims.services.checks import said

WORDS_LIMIT, RESULT_LIMIT, CONCLUSION_LIMIT = 500, 500, 1000
LONGEST_DAYS = 366


def evaluate(*, county_code: str, quarter: Period, conclusion: str, by: User, now: datetime) -> Evaluation:
    """Freeze the figures of a quarter with their targets, cost and findings, and say what is made of them.

    Raises Refused("period_kind"), Refused("period_running") before the quarter is over,
    Refused("conclusion_missing"), Refused("personal_data"), Refused("evaluated_already").
    """
    today = timezone.localdate(now)
    if quarter.kind != PeriodKind.QUARTER:
        raise Refused(_("An evaluation is about a quarter."), code="period_kind")
    if not quarter.is_over(today):
        raise Refused(_("This quarter is not over yet."), code="period_running")
    conclusion = said(conclusion, field="conclusion", limit=CONCLUSION_LIMIT, code="conclusion_missing")
    figures = canonical(reading.content_of(county_code, quarter, today))
    with transaction.atomic():
        evaluation = Evaluation(
            county_code=county_code,
            quarter=quarter.name,
            figures=figures,
            sha256=sha256(figures),
            conclusion=conclusion,
            made_by=by,
            made_at=now,
        )
        try:
            with transaction.atomic():
                evaluation.save(force_insert=True)
        except IntegrityError as twice:
            raise Refused(_("This quarter is evaluated already."), code="evaluated_already") from twice
        trail.record(
            "evaluation.made",
            by=by,
            obj=evaluation,
            after={"quarter": quarter.name, "sha256": evaluation.sha256},
            at=now,
        )
    return evaluation


def plan_measure(
    *,
    evaluation: Evaluation,
    figure: str,
    words: str,
    responsible: User,
    due_on: date,
    by: User,
    now: datetime,
    carried_over_from: ImprovementMeasure | None = None,
) -> ImprovementMeasure:
    """Put a line into the plan of an evaluation, or go on with one of the quarter before.

    Raises Refused("words_missing"), Refused("personal_data"), Refused("unknown_figure"), Refused("due_on")
    for a day that is not within the next year, Refused("not_here") for who does not work in the county's
    office, Refused("not_left_over") for a measure that was ended or carried over before.
    """
    today = timezone.localdate(now)
    words = said(words, field="words", limit=WORDS_LIMIT)
    if figure not in reading.lines_of(evaluation):
        raise Refused(_("The evaluation has no such figure."), code="unknown_figure", field="figure")
    if not today < due_on <= today + timedelta(days=LONGEST_DAYS):
        raise Refused(_("Choose a day within the next year."), code="due_on", field="due_on")
    if not reading.can_be_responsible(evaluation.county_code, now).filter(pk=responsible.pk).exists():
        raise Refused(_("Choose somebody of the county's office."), code="not_here", field="responsible")
    if carried_over_from and carried_over_from not in reading.left_over(evaluation):
        raise _not_left_over()
    with transaction.atomic():
        measure = ImprovementMeasure(
            evaluation=evaluation,
            county_code=evaluation.county_code,
            figure=figure,
            words=words,
            responsible=responsible,
            due_on=due_on,
            carried_over_from=carried_over_from,
            planned_by=by,
            planned_at=now,
        )
        try:
            with transaction.atomic():
                measure.save(force_insert=True)
        except IntegrityError as twice:
            raise _not_left_over() from twice
        trail.record(
            "measure.planned",
            by=by,
            obj=measure,
            after={
                "quarter": evaluation.quarter,
                "figure": figure,
                "due_on": due_on.isoformat(),
                "carried_over_from": measure.carried_over_from_id,
            },
            at=now,
        )
    return measure


def end_measure(
    *, measure: ImprovementMeasure, state: str, result: str, by: User, now: datetime
) -> ImprovementMeasure:
    """Say that a measure is done or given up, and what came of it.

    Raises Refused("unknown_state"), Refused("words_missing"), Refused("personal_data"),
    Refused("measure_ended") when it was ended or goes on in the next quarter.
    """
    if state not in (MeasureState.DONE, MeasureState.DROPPED):
        raise Refused(_("Say whether it is done or given up."), code="unknown_state", field="state")
    result = said(result, field="result", limit=RESULT_LIMIT)
    with transaction.atomic():
        ended = ImprovementMeasure._base_manager.filter(
            pk=measure.pk, state=MeasureState.PLANNED, carried_over_to__isnull=True
        ).update(state=state, result=result, ended_at=now)
        if not ended:
            raise Refused(
                _("This measure was ended before, or goes on in the next quarter."), code="measure_ended"
            )
        current = ImprovementMeasure.objects.get(pk=measure.pk)
        trail.record("measure.ended", by=by, obj=current, after={"state": state}, at=now)
    return current


def _not_left_over() -> Refused:
    return Refused(
        _("This measure was ended or carried over before."), code="not_left_over", field="carried_over_from"
    )
