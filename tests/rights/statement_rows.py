"""What a county owes its providers in the small world of tests/rights/world.py, and its cost before."""

from datetime import date

from claims.models import CostBaseline, FeeComplaint, Fund, ProviderOrder, ProviderStatement
from tests.factories import NOW
from tests.rights.marks import Marks


def statement_rows(mark: Marks, fund: Fund, order: ProviderOrder, official) -> list:
    """A statement that waits for its provider's word, a complaint about a fee, a baseline."""
    county = fund.county_code
    return [
        ProviderStatement.objects.create(
            provider=order.provider,
            fund=fund,
            county_code=county,
            month=date(2026, 10, 1),
            number=mark.word("statement"),
            state="sent",
            prepared_by=official,
            prepared_at=NOW,
            dispute_text=mark.word("dispute"),
        ),
        FeeComplaint.objects.create(
            order=order,
            county_code=county,
            text=mark.word("complaint"),
            claimed_fen=9000,
            filed_at=NOW,
            filed_by=official,
        ),
        CostBaseline.objects.create(
            county_code=county,
            valid_from=date(2026, 1, 1),
            cost_per_claim_fen=5000,
            source=mark.word("costsource"),
            set_by=official,
            set_at=NOW,
        ),
    ]
