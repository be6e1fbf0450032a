"""What tests of money arrange: evidence, claims in the middle of their way, funds filled through the door."""

from itertools import count

from aftersales.accounts.models import User
from claims.models import Account, Claim, Compensation, Fund, Photo
from claims.services import compensation, fund
from tests.factories import NOW, acting_as, make_claim, make_line, seeing_everything

XIUWEN = "520123000000"
SUINING = "320324000000"
_photos = count(1)


def make_photo(claim: Claim, *, sha256: str = "", taken_at=None) -> Photo:
    with seeing_everything():
        number = next(_photos)
        return Photo.objects.create(
            claim=claim,
            station=claim.station,
            county_code=claim.county_code,
            file_name=f"{number:032x}.jpg",
            width=1280,
            height=960,
            byte_size=120_000,
            sha256=sha256 or f"{number:064x}",
            taken_at=taken_at,
            uploaded_by=claim.filed_by,
            uploaded_at=NOW,
        )


def claim_with_photo(station, *, filed_by: User, **fields) -> Claim:
    """A claim that nothing keeps from being decided by rule: accepted, one photo, a certified agent."""
    claim = make_claim(station, filed_by=filed_by, **fields)
    make_photo(claim)
    return claim


def proposed(station, *, filed_by: User, paid_fen: int = 4000, bad_milli: int = 3000, **line) -> Compensation:
    """A proposal on a line of its own, worked out by the person who filed."""
    claim = claim_with_photo(
        station,
        filed_by=filed_by,
        line=make_line(station, paid_fen=paid_fen, **line),
        bad_milli=bad_milli,
    )
    with acting_as(filed_by):
        return compensation.work_out(claim=claim, by=filed_by, now=NOW)


def choose(proposal: Compensation, *, by: User, remedy: str = "refund", now=NOW, **fields) -> Compensation:
    with acting_as(by):
        return compensation.choose(
            compensation=proposal,
            remedy=remedy,
            payout_method=fields.pop("payout_method", "cash"),
            asked_how=fields.pop("asked_how", "in_person"),
            by=by,
            now=now,
            **fields,
        )


def fill(county: str, *, cash_fen: int, entered_by: User, confirmed_by: User) -> Fund:
    """A fund with money that two people have put in, so that its books are in order."""
    with seeing_everything():
        opened = fund.open_fund(county_code=county, name="应急基金", by=entered_by, now=NOW)
        deposit = fund.propose_deposit(
            fund=opened, amount_fen=cash_fen, reference="B-1", by=entered_by, now=NOW
        )
        fund.confirm_deposit(deposit=deposit, by=confirmed_by, now=NOW)
        return opened


def balances(of: Fund) -> dict[str, int]:
    """Balance by kind of account; advances of all parties together."""
    with seeing_everything():
        sums = dict.fromkeys(("cash", "budget", "advances", "written_off"), 0)
        for account in Account.objects.filter(fund=of):
            sums[account.kind] = sums.get(account.kind, 0) + account.balance_fen
        return sums


def read(row):
    """The row as it stands in the database now."""
    with seeing_everything():
        return type(row).objects.get(pk=row.pk)
