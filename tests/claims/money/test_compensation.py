"""A compensation's way from the proposal to the remedy."""

import pytest

from claims.models import Account, Advance, OrderLine
from claims.services import compensation
from tests.factories import NOW, acting_as, make_claim, make_fund, seeing_everything

pytestmark = pytest.mark.django_db
XIUWEN = "520123000000"


def test_small_refund_is_approved_by_rule_and_paid_at_once(cast):
    make_fund(XIUWEN, cash_fen=100_00)
    claim = make_claim(cast.guangcheng, filed_by=cast.agent)
    from claims.models import Photo

    with seeing_everything():
        Photo.objects.create(
            claim=claim,
            station=claim.station,
            county_code=XIUWEN,
            file_name="a.jpg",
            width=1,
            height=1,
            byte_size=1,
            sha256="a" * 64,
            perceptual_hash="0" * 16,
            uploaded_by=cast.agent,
            uploaded_at=NOW,
        )

    with acting_as(cast.agent):
        proposal = compensation.work_out(claim=claim, by=cast.agent, now=NOW)
        paid = compensation.choose(
            compensation=proposal,
            remedy="refund",
            payout_method="cash",
            asked_how="in_person",
            by=cast.agent,
            now=NOW,
        )

    assert (paid.state, paid.amount_fen, paid.level) == ("executed", 600, "rule")
