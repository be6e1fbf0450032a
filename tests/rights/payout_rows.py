"""How money reaches people, in the small world of tests/rights/world.py: one row of each kind."""

import secrets

from aftersales.accounts import sealing
from claims.models import Account, BankAccount, CashBox, CashCount, CashFloat, Payout, PayoutBatch
from tests.factories import NOW
from tests.rights.marks import Marks


def payout_rows(mark: Marks, movement, batch: PayoutBatch) -> list:
    """A transfer in a bank file with its account, and the village's cash box with cash on its way."""
    claim, fund = movement.claim, movement.fund
    person = claim.filed_by
    place = {"station": claim.station, "county_code": claim.county_code}
    key, secret = sealing.new_person_key(), f"6222{secrets.randbelow(10**15):015d}"
    mark.secret_marks.add(secret)
    account = BankAccount.objects.create(
        consumer=claim.consumer,
        person_key=key,
        bank=mark.word("bank"),
        holder_sealed=sealing.seal(key, mark.secret_stem),
        number_sealed=sealing.seal(key, secret),
        holder_masked=f"{mark.surname}**",
        number_masked=mark.also(f"****{secret[-4:]}"),
        consent_how="spoken",
        recorded_by=person,
        recorded_at=NOW,
        **place,
    )
    payout = Payout.objects.create(
        compensation=claim.compensations.get(),
        claim=claim,
        fund=fund,
        channel="bank",
        number=mark.also(f"P{secrets.token_hex(6)}"),
        amount_fen=600,
        state="in_file",
        account=account,
        batch=batch,
        movement=movement,
        note=mark.word("payoutnote"),
        made_by=person,
        made_at=NOW,
        **place,
    )
    box = CashBox.objects.create(
        fund=fund,
        account=Account.objects.create(
            fund=fund, county_code=fund.county_code, kind="cash_box", station=claim.station
        ),
        opened_by=person,
        opened_at=NOW,
        counted_at=NOW,
        **place,
    )
    return [
        account,
        payout,
        box,
        CashFloat.objects.create(
            box=box, direction="out", amount_fen=700, handed_by=person, handed_at=NOW, **place
        ),
        CashCount.objects.create(
            box=box,
            book_fen=0,
            counted_fen=100,
            reason=mark.word("countreason"),
            counted_by=person,
            counted_at=NOW,
            **place,
        ),
    ]


def payout_batch(mark: Marks, fund, official) -> PayoutBatch:
    """A file for the bank."""
    return PayoutBatch.objects.create(
        fund=fund,
        county_code=fund.county_code,
        number=mark.also(f"{fund.county_code[:6]}-{secrets.token_hex(4)}"),
        count=1,
        total_fen=600,
        made_by=official,
        made_at=NOW,
    )
