"""What to put into the parameters of the addresses of boards and reports, as in tests/rights/examples.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Model

if TYPE_CHECKING:
    from tests.rights.world import Place

BOARD_PARAMETERS: dict[str, dict[str, str]] = {
    "report_public:head_text": {"day": "=2026-11-21"},
    "report_public:quarter": {"region_code": "=000000000000", "period": "=2026-Q3"},
    "report_public:edition_file": {
        "region_code": "=000000000000",
        "period": "=2026-Q3",
        "number": "=1",
        "form": "=csv",
    },
    "dashboards:programme_phase": {"county_code": "county"},
}
# Rows that belong to no place.
BOARD_SHARED: frozenset[str] = frozenset()


def board_facts(place: Place | None, key: Callable[[type[Model]], int], *, missing: int) -> dict[str, object]:
    """Keys by which one can ask for boards and reports of a place; `missing` where there is none."""
    return {}
