"""Where a coupon stands, in words."""

from django.utils.translation import gettext as _

from claims.models import Coupon


def state_of(coupon: Coupon, today) -> tuple[str, str]:
    """Where a coupon stands, in words and as the tone of its badge; "good" when it can be redeemed."""
    if coupon.redeemed_at is not None:
        return _("redeemed"), "neutral"
    if coupon.taken_back_at is not None:
        return _("taken back"), "bad"
    if coupon.expires_on < today:
        return _("expired"), "bad"
    return _("can be redeemed"), "good"
