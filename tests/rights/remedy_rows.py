"""A repair, a listed loss, a sample and a refund by the merchant in a village, full of its marks."""

from __future__ import annotations

from datetime import date

from django.db.models import Model

from aftersales.accounts.models import User
from claims.models import Claim, Compensation, Inspection, LossLine, MerchantRefund, Repair
from tests.factories import NOW, make_party
from tests.rights.marks import Marks

DAY = date(2026, 11, 19)


def remedy_rows(mark: Marks, claim: Claim, paid: Compensation, person: User) -> list[Model]:
    """One row of each; the refund stands for a compensation that was carried out."""
    where = {"station": claim.station, "county_code": claim.county_code}
    repair = Repair.objects.create(
        claim=claim,
        order_line=claim.order_line,
        attempt=1,
        provider=make_party("provider", mark.firm("provider")),
        fault=mark.word("fault"),
        began_on=DAY,
        begun_by=person,
        parts=mark.word("parts"),
        **where,
    )
    loss = LossLine.objects.create(
        claim=claim,
        kind="costs",
        words=mark.word("loss"),
        quantity_milli=1000,
        unit="亩",
        unit_fen=500,
        amount_fen=500,
        evidence=mark.word("lossproof"),
        added_at=NOW,
        added_by=person,
        **where,
    )
    sample = Inspection.objects.create(
        claim=claim,
        body=make_party("inspection", mark.firm("body")),
        sample=mark.word("sample"),
        question=mark.word("question"),
        sent_on=DAY,
        sent_by=person,
        **where,
    )
    refund = MerchantRefund.objects.create(
        compensation=paid,
        merchant=claim.order_line.order.merchant,
        amount_fen=600,
        reference=mark.word("refundnumber"),
        noted_at=NOW,
        noted_by=person,
        **where,
    )
    return [repair, loss, sample, refund]
