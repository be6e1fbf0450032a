"""A check with a finding, and an evaluation with its plan, in the small world of tests/rights/world.py."""

from __future__ import annotations

from datetime import date

from django.db.models import Model

from aftersales.accounts.models import User
from aftersales.lib.canonical import canonical, sha256
from claims.models import Check, CheckItem, Claim, Evaluation, Finding, ImprovementMeasure, Rectification
from tests.factories import NOW
from tests.rights.marks import Marks

CONTENT = {
    "format": 1,
    "county_name": "",
    "quarter": "2026-Q3",
    "figures": [
        {"code": "filed", "unit": "count", "number": 3, "behind": 3, "target": None, "missed": False}
    ],
    "cost": {"claims": 0, "fen": 0, "baseline_fen": None, "saving": None},
    "findings": {"total": 0, "rectified": 0},
}


def supervision_rows(mark: Marks, claim: Claim, official: User) -> list[Model]:
    """A check that is open, what was found in it, and the quarter before with one measure."""
    county = claim.county_code
    check = Check.objects.create(
        county_code=county,
        kind="spot_check",
        theme="quality",
        department="commerce",
        period="2026-10",
        seed="0123456789abcdef",
        rule={"permille": 50, "least": 1, "most": 5, "checklist": "quality-1"},
        drawn_from=1,
        opened_by=official,
        opened_at=NOW,
    )
    item = CheckItem.objects.create(
        check_round=check, county_code=county, claim=claim, position=1, remark=mark.word("checkremark")
    )
    finding = Finding.objects.create(
        check_round=check,
        county_code=county,
        station=claim.station,
        severity="minor",
        words=mark.word("finding"),
        due_on=date(2026, 12, 1),
        state="answered",
        found_by=official,
        found_at=NOW,
    )
    report = Rectification.objects.create(
        finding=finding,
        county_code=county,
        words=mark.word("rectification"),
        reported_by=official,
        reported_at=NOW,
    )
    figures = canonical({**CONTENT, "county": county})
    evaluation = Evaluation.objects.create(
        county_code=county,
        quarter="2026-Q3",
        figures=figures,
        sha256=sha256(figures),
        conclusion=mark.word("conclusion"),
        made_by=official,
        made_at=NOW,
    )
    measure = ImprovementMeasure.objects.create(
        evaluation=evaluation,
        county_code=county,
        figure="filed",
        words=mark.word("measure"),
        responsible=official,
        due_on=date(2026, 12, 20),
        planned_by=official,
        planned_at=NOW,
    )
    return [check, item, finding, report, evaluation, measure]
