"""Coupons at the counter: looked up by their code, redeemed once. docs/rules/coupons.md."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Coupon

REFERENCE_SIGNS = 60


def redeem(*, coupon: Coupon, reference: str, by: User, now: datetime) -> Coupon:
    """Take a coupon in for goods of the merchant: whole, once, until its last day.

    `reference` is the merchant's: an order or receipt number. Raises Refused with reference_missing,
    coupon_redeemed, coupon_taken_back, coupon_expired.
    """
    reference = " ".join(reference.split())
    if not reference or len(reference) > REFERENCE_SIGNS:
        raise Refused(
            _("Enter the merchant's order or receipt number."), code="reference_missing", field="reference"
        )
    today = timezone.localdate(now)
    with transaction.atomic():
        redeemed = Coupon._base_manager.filter(
            pk=coupon.pk, redeemed_at__isnull=True, taken_back_at__isnull=True, expires_on__gte=today
        ).update(redeemed_at=now, redeemed_by=by, redeemed_reference=reference)
        coupon = Coupon.objects.select_related("compensation__claim").get(pk=coupon.pk)
        if not redeemed:
            raise why_not(coupon, today)
        trail.record(
            "coupon.redeemed",
            by=by,
            obj=coupon,
            claim_id=coupon.compensation.claim_id,
            after={"value_fen": coupon.value_fen},
            at=now,
        )
    return coupon


def why_not(coupon: Coupon, today) -> Refused:
    """What is said of a coupon that cannot be redeemed."""
    if coupon.redeemed_at is not None:
        day = timezone.localdate(coupon.redeemed_at).isoformat()
        return Refused(_("This coupon was redeemed on %(day)s.") % {"day": day}, code="coupon_redeemed")
    if coupon.taken_back_at is not None:
        return Refused(
            _("This coupon was taken back and is worth nothing any more."), code="coupon_taken_back"
        )
    return Refused(
        _("This coupon was valid until %(day)s.") % {"day": coupon.expires_on.isoformat()},
        code="coupon_expired",
    )
