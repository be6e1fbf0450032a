"""An export of a county's claims in the small world of tests/rights/world.py."""

from __future__ import annotations

from aftersales.accounts.models import User
from aftersales.reports.models import ReportExport
from tests.factories import NOW
from tests.rights.marks import Marks


def report_export(mark: Marks, county: str, official: User) -> ReportExport:
    """A large list that somebody of the county has asked for and another person has to approve."""
    return ReportExport.objects.create(
        what="cases",
        form="csv",
        region_code=county,
        asked={"region": county, "period": "2026-11"},
        title=mark.word("exporttitle"),
        state="held",
        count=200_000,
        asked_by=official,
        asked_at=NOW,
    )
