"""Refusals, an appeal and a second look in the small world of tests/rights/world.py."""

from datetime import timedelta

from aftersales.accounts.models import User
from claims.models import Appeal, Claim, Compensation, CompensationPolicy, Refusal, ReviewSample
from tests.factories import NOW
from tests.rights.marks import Marks


def appeal_rows(mark: Marks, claims: dict[str, Claim], person: User) -> tuple[Refusal, Appeal, ReviewSample]:
    """The refused claim may still be appealed against; an appeal waits about an earlier one."""
    refused = _refusal(mark, claims["refused"], person)
    earlier = _refusal(mark, claims["chosen"], person)
    place = {"station": earlier.station, "county_code": earlier.county_code}
    appeal = Appeal.objects.create(
        refusal=earlier,
        claim=earlier.claim,
        text=mark.word("appeal"),
        filed_how="phone",
        filed_by=person,
        filed_at=NOW,
        answer_by=NOW.date() + timedelta(days=9),
        refused_by=person,
        needs_level="manager",
        **place,
    )
    paid = Compensation.objects.get(claim=claims["executed"])
    drawn = ReviewSample.objects.create(
        compensation=paid, claim=paid.claim, filed_by=person, drawn_at=NOW, **place
    )
    return refused, appeal, drawn


def _refusal(mark: Marks, claim: Claim, person: User) -> Refusal:
    return Refusal.objects.create(
        claim=claim,
        round=claim.round,
        station=claim.station,
        county_code=claim.county_code,
        policy=CompensationPolicy.objects.get(county_code="", version=1),
        code="other",
        text=mark.word("refusal"),
        bad_milli=3000,
        total_milli=20_000,
        paid_fen=4000,
        granted_fen=0,
        level="officer",
        refused_by=person,
        refused_at=NOW,
        appeal_until=NOW.date() + timedelta(days=3650),
    )
