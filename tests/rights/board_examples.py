"""What to put into the parameters of the addresses of boards and reports, as in tests/rights/examples.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Model

from aftersales.reports.models import Edition, ReportExport
from claims.models import Check, Evaluation, Finding, ImprovementMeasure

if TYPE_CHECKING:
    from tests.rights.world import Place

BOARD_PARAMETERS: dict[str, dict[str, str]] = {
    "dashboards:league": {"code": "county"},
    "dashboards:region": {"code": "county"},
    "reports:compare": {"pk": "edition"},
    "reports:correct": {"pk": "edition"},
    "reports:edition": {"pk": "edition"},
    "reports:edition_content": {"pk": "edition"},
    "reports:edition_file": {"pk": "edition", "form": "=csv"},
    "reports:freezing": {"period": "=2026-10"},
    "reports:history": {"region_code": "county"},
    "reports:publish": {"pk": "edition"},
    "reports:export_detail": {"pk": "report_export"},
    "reports:export_stop": {"pk": "report_export"},
    "reports:export_approve": {"pk": "report_export"},
    "reports:export_refuse": {"pk": "report_export"},
    "reports:export_file": {"pk": "report_export", "token": "=no-token"},
    "supervision:check_close": {"pk": "check"},
    "supervision:check_detail": {"pk": "check"},
    "supervision:check_item": {"pk": "check", "position": "=1"},
    "supervision:finding_new": {"pk": "check"},
    "supervision:finding_detail": {"pk": "finding"},
    "supervision:finding_step": {"pk": "finding", "step": "=report"},
    "supervision:evaluation_detail": {"pk": "evaluation"},
    "supervision:evaluation_new": {"county_code": "county", "quarter": "=2026-Q3"},
    "supervision:measure_new": {"pk": "evaluation"},
    "supervision:measure_end": {"pk": "measure"},
    "report_public:head_text": {"day": "=2026-11-21"},
    "report_public:quarter": {"region_code": "=000000000000", "period": "=2026-Q3"},
    "report_public:dictionary_file": {"form": "=csv"},
    "report_public:open_sums": {"period": "=2026-Q3"},
    "report_public:open_file": {"period": "=2026-Q3", "name": "=figures"},
    "report_public:edition_file": {
        "region_code": "=000000000000",
        "period": "=2026-Q3",
        "number": "=1",
        "form": "=csv",
    },
    "dashboards:programme_phase": {"county_code": "county"},
    "dashboards:county_now": {"county_code": "county"},
    "dashboards:wall": {"county_code": "county"},
}
# What a village has no row of; its county has.
BOARD_COUNTY_ROWS: dict[str, type[Model]] = {"edition": Edition, "report_export": ReportExport}
# Rows that belong to no place.
BOARD_SHARED: frozenset[str] = frozenset()


def board_facts(place: Place | None, key: Callable[[type[Model]], int], *, missing: int) -> dict[str, object]:
    """Keys by which one can ask for boards and reports of a place; `missing` where there is none."""
    return {
        "edition": key(Edition),
        "report_export": key(ReportExport),
        "check": key(Check),
        "finding": key(Finding),
        "evaluation": key(Evaluation),
        "measure": key(ImprovementMeasure),
    }
