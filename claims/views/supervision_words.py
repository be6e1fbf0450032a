"""Checks, findings and evaluations in words and tones, and as tables to take away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from aftersales.lib.figures import Target, Value
from aftersales.web import figure_words
from aftersales.web.exports import Column
from claims.models import Check, Finding
from claims.models.supervision import FINDING_TONES, CheckKindChoices, DepartmentChoices, ThemeChoices
from claims.queries import supervision as reading
from claims.queries.figures.definitions import FIGURES
from claims.rules.evaluations import Line
from claims.rules.supervision import REMINDED_STATES, MeasureState, Severity
from stations.models import Region

SEVERITY_TONES = {Severity.MINOR: "neutral", Severity.SERIOUS: "bad"}
MEASURE_TONES = {MeasureState.PLANNED: "wait", MeasureState.DONE: "good", MeasureState.DROPPED: "neutral"}


def county_names(codes: Iterable[str]) -> dict[str, str]:
    """Names of counties by code; one statement."""
    return dict(Region.objects.filter(code__in=set(codes)).values_list("code", "name"))


def mark_checks(checks: Sequence[Check]) -> None:
    """What a list of checks says beside their columns."""
    names = county_names(check.county_code for check in checks)
    for check in checks:
        check.county_name = names.get(check.county_code, check.county_code)
        check.open_findings = check.found - check.rectified


def mark_findings(findings: Sequence[Finding], today: date) -> None:
    """What a list of findings says beside their columns."""
    names = county_names(finding.county_code for finding in findings)
    for finding in findings:
        finding.county_name = names.get(finding.county_code, finding.county_code)
        finding.tone = FINDING_TONES[finding.state]
        finding.severity_tone = SEVERITY_TONES[finding.severity]
        finding.is_overdue = finding.state in REMINDED_STATES and finding.due_on < today
        finding.asked = asked(finding)


def asked(finding: Finding) -> str:
    """The question of the checklist that a finding answers; "" for one beside the checklist."""
    question = reading.checklist_of(finding.check_round).question(finding.question)
    return question.ask if question else ""


def check_columns() -> list[Column]:
    return [
        Column(_("County"), width=16),
        Column(_("Kind"), width=20),
        Column(_("Theme"), width=16),
        Column(_("Department"), width=16),
        Column(_("Period"), width=10),
        Column(_("Claims that ended"), "integer", 12),
        Column(_("Drawn"), "integer", 10),
        Column(_("Gone through"), "integer", 12),
        Column(_("Findings"), "integer", 12),
        Column(_("Rectified"), "integer", 12),
        Column(_("Opened"), "moment", 18),
        Column(_("Ended"), "moment", 18),
        Column(_("Seed"), width=20),
        Column(_("Conclusion"), width=60),
    ]


def check_cells(check: Check) -> list:
    """One check as a row of the table."""
    return [
        check.county_name,
        str(CheckKindChoices(check.kind).label),
        str(ThemeChoices(check.theme).label),
        str(DepartmentChoices(check.department).label),
        check.period,
        check.drawn_from,
        check.drawn,
        check.gone_through,
        check.found,
        check.rectified,
        check.opened_at,
        check.closed_at,
        check.seed,
        check.conclusion,
    ]


def finding_columns() -> list[Column]:
    return [
        Column(_("County"), width=16),
        Column(_("Theme"), width=16),
        Column(_("Period"), width=10),
        Column(_("Station"), width=26),
        Column(_("Party"), width=20),
        Column(_("Question of the checklist"), width=40),
        Column(_("Finding of a check"), width=50),
        Column(_("Severity"), width=10),
        Column(_("State"), width=16),
        Column(_("Found"), "moment", 18),
        Column(_("To be rectified by"), "day", 14),
        Column(_("Rectified"), "moment", 18),
        Column(_("Found before"), width=12),
    ]


def finding_cells(finding: Finding) -> list:
    """One finding as a row of the table."""
    return [
        finding.county_name,
        str(ThemeChoices(finding.check_round.theme).label),
        finding.check_round.period,
        finding.station.name if finding.station else "",
        finding.party.name if finding.party else "",
        finding.asked,
        finding.words,
        finding.get_severity_display(),
        finding.get_state_display(),
        finding.found_at,
        finding.due_on,
        finding.accepted_at,
        _("yes") if finding.repeats_id else "",
    ]


def value_of(line: Line) -> Value | None:
    """A figure of an evaluation as a value of today's definition; None when there is none any more."""
    figure = FIGURES.get(line.code)
    return None if figure is None or figure.unit != line.unit else Value(figure, line.number, line.behind)


def figure_name(code: str) -> str:
    """The name of a figure; its code when today's definitions do not know it."""
    return str(FIGURES[code].name) if code in FIGURES else code


def figure_rows(lines: Iterable[Line], before: dict[str, Line]) -> list[dict]:
    """The figures of an evaluation in words, against the quarter before where it was evaluated."""
    rows = []
    for line in lines:
        value, earlier = value_of(line), before.get(line.code)
        rows.append(
            {
                "code": line.code,
                "name": figure_name(line.code),
                "shown": figure_words.shown(value) if value else str(line.number),
                "behind": figure_words.behind(value) if value else str(line.behind),
                "target": _target(value, line),
                "missed": line.missed,
                "is_met": line.aim is not None and line.number is not None and not line.missed,
                "before": _shown(earlier) if earlier else "",
            }
        )
    return rows


def _shown(line: Line) -> str:
    value = value_of(line)
    return figure_words.shown(value) if value else str(line.number)


def _target(value: Value | None, line: Line) -> str:
    """The target in the words of its day: it may be another one now."""
    if line.aim is None:
        return ""
    if value is None:
        return str(line.target)
    then = Target(line.aim, line.target)
    return figure_words.target_words(replace(value.figure, target=then))


def measure_rows(measures: Iterable, before: dict[str, Line], after: dict[str, Line]) -> list[dict]:
    """Measures with their figure in the quarter that led to them and in the one after it."""
    rows = []
    for measure in measures:
        then, now = before.get(measure.figure), after.get(measure.figure)
        goes_on = getattr(measure, "carried_over_to", None)
        rows.append(
            {
                "measure": measure,
                "figure": figure_name(measure.figure),
                "before": _shown(then) if then else "",
                "after": _shown(now) if now else "",
                "goes_on": goes_on,
                "tone": MEASURE_TONES[measure.state],
                "is_open": measure.state == MeasureState.PLANNED and goes_on is None,
            }
        )
    return rows
