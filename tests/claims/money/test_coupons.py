"""Coupons: redeemed once until their last day, or taken back."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from claims.models import Coupon
from claims.queries import invariants
from claims.services import coupons, taking_back
from tests.claims.money.cases import choose, proposed, read
from tests.claims.money.goods import code_of
from tests.factories import NOW, acting_as, seeing_everything

pytestmark = pytest.mark.django_db

LAST_MOMENT = datetime(2027, 5, 19, 15, 59, tzinfo=UTC)
TOO_LATE = datetime(2027, 5, 19, 16, 0, tzinfo=UTC)


@pytest.fixture
def coupon(cast):
    choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent, remedy="coupon")
    with seeing_everything():
        return Coupon.objects.select_related("compensation__claim").get()


def test_coupon_is_redeemed_once_with_the_merchants_reference(cast, coupon):
    assert code_of(cast.agent, coupons.redeem, coupon=coupon, reference=" ") == "reference_missing"

    with acting_as(cast.agent):
        coupons.redeem(coupon=coupon, reference="XS-2231", by=cast.agent, now=NOW)

    after = read(coupon)
    assert (after.redeemed_at, after.redeemed_by, after.redeemed_reference) == (NOW, cast.agent, "XS-2231")
    assert code_of(cast.agent, coupons.redeem, coupon=coupon, reference="XS-2232") == "coupon_redeemed"


@pytest.mark.parametrize(("now", "code"), [(LAST_MOMENT, ""), (TOO_LATE, "coupon_expired")])
def test_coupon_is_good_until_the_end_of_its_last_day(cast, coupon, now, code):
    assert code_of(cast.agent, coupons.redeem, coupon=coupon, reference="1", now=now) == code


def test_coupon_that_was_not_redeemed_is_taken_back(cast, coupon):
    line = coupon.compensation.claim.order_line

    with acting_as(cast.officer):
        taking_back.take_back(
            compensation=coupon.compensation, reason="the shop has closed", by=cast.officer, now=NOW
        )

    assert (read(coupon.compensation).state, read(line).granted_fen, read(line).bad_milli) == ("voided", 0, 0)
    assert code_of(cast.agent, coupons.redeem, coupon=coupon, reference="1") == "coupon_taken_back"
    with seeing_everything():
        assert list(invariants.violations()) == []


def test_redeemed_coupon_stays_and_so_does_the_line(cast, coupon):
    with acting_as(cast.agent):
        coupons.redeem(coupon=coupon, reference="1", by=cast.agent, now=NOW)
    back = {"compensation": coupon.compensation, "reason": "the shop has closed"}

    assert code_of(cast.officer, taking_back.take_back, **back) == "coupon_redeemed"

    assert read(coupon.compensation).state == "executed"
    assert read(coupon.compensation.claim.order_line).granted_fen == 660


@pytest.mark.parametrize(
    "changes",
    [
        {"redeemed_at": NOW},
        {"redeemed_reference": "1"},
        {"redeemed_at": NOW, "redeemed_reference": "1", "taken_back_at": NOW},
    ],
)
def test_database_keeps_a_coupon_redeemed_or_taken_back(cast, coupon, changes):
    if "taken_back_at" in changes:
        changes = {**changes, "redeemed_by": cast.agent}
    with seeing_everything(), transaction.atomic(), pytest.raises(IntegrityError):
        Coupon.objects.filter(pk=coupon.pk).update(**changes)
