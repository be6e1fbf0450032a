"""docs/rules/supervision.md, section 6: what an evaluation keeps, and the plan that follows it."""

import json
from datetime import date, timedelta
from fractions import Fraction

import pytest

from aftersales.audit.models import AuditEvent
from aftersales.lib.canonical import canonical, sha256
from aftersales.lib.periods import Period
from claims.models import Evaluation, ImprovementMeasure
from claims.queries import evaluations as reading
from claims.queries.figures.definitions import FIGURES
from claims.rules.evaluations import number_of, written
from claims.services import evaluations
from claims.services import figures as cells
from tests.claims.supervision.cases import ended_claim
from tests.claims.supervision.test_checks import refused
from tests.factories import NOW, acting_as, seeing_everything

COUNTY = "520123000000"
SECOND, THIRD = Period.named("2026-Q2"), Period.named("2026-Q3")
DUE = date(2027, 1, 15)


def in_quarter(cast, quarter, **fields):
    """A claim that was filed on the second day of a quarter and answered after 150 minutes."""
    at = quarter.starts_at + timedelta(days=1, hours=10)
    return ended_claim(
        cast,
        filed_at=at,
        closed_at=at + timedelta(hours=30),
        resolved_at=at + timedelta(hours=20),
        response_minutes=150,
        resolution_minutes=1200,
        **fields,
    )


def evaluate(cast, quarter=THIRD, **fields):
    with acting_as(cast.supervisor):
        return evaluations.evaluate(
            **{
                "county_code": COUNTY,
                "quarter": quarter,
                "conclusion": "响应偏慢",
                "by": cast.supervisor,
                "now": NOW,
                **fields,
            }
        )


def plan(cast, evaluation, **fields):
    with acting_as(cast.manager):
        return evaluations.plan_measure(
            **{
                "evaluation": evaluation,
                "figure": "response_median",
                "words": "每天两次催办",
                "responsible": cast.officer,
                "due_on": DUE,
                "by": cast.manager,
                "now": NOW,
                **fields,
            }
        )


def end(cast, measure, **fields):
    asked = {"state": "done", "result": "已形成值班表", "by": cast.manager, "now": NOW, **fields}
    with acting_as(cast.manager):
        return evaluations.end_measure(measure=measure, **asked)


def count() -> None:
    with seeing_everything():
        cells.rebuild(now=NOW)


def test_an_evaluation_keeps_every_figure_with_its_target(cast):
    in_quarter(cast, THIRD)
    count()

    evaluation = evaluate(cast)

    with acting_as(cast.manager):
        lines = reading.lines_of(evaluation)
    assert list(lines) == list(FIGURES)
    filed, median, said = lines["filed"], lines["response_median"], lines["satisfaction"]
    assert (filed.number, filed.behind, filed.aim, filed.missed) == (1, 1, None, False)
    assert (median.number, median.behind, median.aim, median.target, median.missed) == (
        150,
        1,
        "at_most",
        120,
        True,
    )
    assert (said.number, said.behind, said.missed) == (None, 0, False)
    content = json.loads(evaluation.figures)
    assert content["cost"] == {"claims": 1, "fen": 0, "baseline_fen": None, "saving": None}
    assert (content["county_name"], content["quarter"], content["findings"]["total"]) == (
        "修文县",
        "2026-Q3",
        0,
    )
    assert evaluation.sha256 == sha256(evaluation.figures)
    assert evaluation.figures == canonical(content)


def test_what_happens_later_changes_no_evaluation(cast):
    in_quarter(cast, THIRD)
    count()
    before = evaluate(cast).figures

    in_quarter(cast, THIRD)
    count()

    with seeing_everything():
        assert Evaluation.objects.get().figures == before
    assert refused(evaluate, cast) == "evaluated_already"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"quarter": Period.named("2026-Q4")}, "period_running"),
        ({"quarter": Period.named("2026-09")}, "period_kind"),
        ({"conclusion": " "}, "conclusion_missing"),
        ({"conclusion": "问 13812345678"}, "personal_data"),
    ],
)
def test_an_evaluation_that_cannot_be_made_is_refused(cast, fields, code):
    assert refused(evaluate, cast, **fields) == code
    assert evaluate(cast)


def test_a_measure_is_planned_and_ended(cast):
    evaluation = evaluate(cast)

    measure = plan(cast, evaluation)
    ended = end(cast, measure)

    assert (measure.state, measure.responsible, measure.due_on) == ("planned", cast.officer, DUE)
    assert (ended.state, ended.result, ended.ended_at) == ("done", "已形成值班表", NOW)
    assert refused(end, cast, measure) == "measure_ended"
    with seeing_everything():
        verbs = AuditEvent.objects.filter(verb__startswith="measure").order_by("id")
        assert list(verbs.values_list("verb", flat=True)) == ["measure.planned", "measure.ended"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"figure": "no_such"}, "unknown_figure"),
        ({"words": "好"}, "words_missing"),
        ({"due_on": date(2026, 11, 20)}, "due_on"),
        ({"due_on": date(2027, 11, 22)}, "due_on"),
    ],
)
def test_a_measure_that_cannot_be_planned_is_refused(cast, fields, code):
    evaluation = evaluate(cast)

    assert refused(plan, cast, evaluation, **fields) == code
    assert plan(cast, evaluation, due_on=date(2027, 11, 21))


def test_only_the_office_of_the_county_is_responsible(cast):
    evaluation = evaluate(cast)

    for person in (cast.agent, cast.suining_officer, cast.platform):
        assert refused(plan, cast, evaluation, responsible=person) == "not_here"
    assert plan(cast, evaluation, responsible=cast.manager)


@pytest.mark.parametrize(
    ("state", "result"), [("planned", "还在做着"), ("unknown", "还在做着"), ("done", "")]
)
def test_an_end_says_how_and_what(cast, state, result):
    measure = plan(cast, evaluate(cast))

    assert refused(end, cast, measure, state=state, result=result) in ("unknown_state", "words_missing")
    assert end(cast, measure, state="dropped", result="改由平台统一催办").state == "dropped"


def test_what_is_left_over_goes_on_in_the_next_quarter(cast):
    second = evaluate(cast, SECOND)
    open_one, done = plan(cast, second), plan(cast, second, words="另一项措施")
    end(cast, done)
    third = evaluate(cast, THIRD)
    with acting_as(cast.manager):
        assert reading.left_over(third) == [open_one]
        assert (reading.previous(third), reading.following(second)) == (second, third)

    carried = plan(cast, third, carried_over_from=open_one)

    assert carried.carried_over_from == open_one
    with acting_as(cast.manager):
        assert reading.left_over(third) == []
    assert refused(plan, cast, third, carried_over_from=open_one) == "not_left_over"
    assert refused(plan, cast, third, carried_over_from=done) == "not_left_over"
    assert refused(end, cast, open_one) == "measure_ended"
    assert end(cast, carried).state == "done"
    with seeing_everything():
        assert ImprovementMeasure.objects.count() == 3


@pytest.mark.parametrize("number", [None, 0, 7, Fraction(11, 12), Fraction(3), Fraction(0)])
def test_numbers_are_kept_exactly(number):
    assert number_of(json.loads(json.dumps(written(number)))) == number
