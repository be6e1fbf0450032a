"""Providers in the small world of tests/rights/world.py: a contract, a visit on order, an account."""

from datetime import date, timedelta

from claims.models import Claim, Contract, FeeLine, ProviderOrder, Visit
from stations.models import ProviderDesk
from tests.factories import NOW, make_party, make_user
from tests.rights.marks import Marks


def provider_rows(mark: Marks, claim: Claim, person) -> list:
    """A village's contract with its fee, and a visit that a provider has been asked to make."""
    place = {"station": claim.station, "county_code": claim.county_code}
    provider = make_party("provider", mark.firm("workshop"))
    contract = Contract.objects.create(
        provider=provider,
        number=mark.word("contract"),
        valid_from=date(2026, 1, 1),
        valid_until=date(2099, 12, 31),
        weekdays=[0, 1, 2, 3, 4],
        made_by=person,
        made_at=NOW,
        **place,
    )
    fee = FeeLine.objects.create(
        contract=contract, county_code=claim.county_code, visit_kind="repair", base_fen=8000
    )
    visit = Visit.objects.create(
        claim=claim,
        place_id=claim.station.region_id,
        kind="repair",
        task=mark.word("repairtask"),
        provider=provider,
        starts_at=NOW - timedelta(hours=2),
        ends_at=NOW,
        planned_by=person,
        planned_at=NOW - timedelta(days=1),
        **place,
    )
    order = ProviderOrder.objects.create(
        visit=visit,
        provider=provider,
        contract=contract,
        county_code=claim.county_code,
        offered_at=NOW,
        offered_by=person,
        answer_by=NOW + timedelta(hours=2),
        note=mark.word("ordernote"),
        base_fen=8000,
        fee_fen=8000,
    )
    return [contract, fee, visit, order]


def provider_desk(mark: Marks, county: str, official) -> ProviderDesk:
    """Somebody at a provider with an account for the county."""
    user = make_user(mark.word("desklogin"), full_name=mark.word("deskname"), county=county)
    return ProviderDesk.objects.create(
        user=user,
        provider=make_party("provider", mark.firm("deskprovider")),
        county_code=county,
        opened_by=official,
        opened_at=NOW,
    )
