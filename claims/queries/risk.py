"""What should catch an officer's eye. Advice only: a flag moves a claim to a person, it never refuses one."""

from datetime import timedelta
from typing import Any

from aftersales.audit.trail import system_scope
from claims.models import Claim, Photo
from claims.queries.claims import merged_family

SAME_PHOTO = "same_photo"
PHOTO_BEFORE_GOODS = "photo_before_goods"
MANY_CLAIMS = "many_claims"
OWN_CLAIM = "own_claim"

SPAN = timedelta(days=30)
MANY = 3
NAMED = 5


def flags_for(claim: Claim) -> list[tuple[str, dict[str, Any]]]:
    """Codes and facts, in a fixed order; looks at claims everywhere and names those inside the scope only.

    same_photo: one of its photos also lies with another claim (`claims`: the first numbers of those inside
    the scope, `elsewhere`: how many lie beyond it); claims merged into this one are no others.
    photo_before_goods: a photo was taken before the goods were signed for, else before they were ordered
    (`taken_at`, `goods_at`). many_claims: three or more claims in thirty days under the same phone in the
    county, this one included (`count`, `days`). own_claim: the person who filed it gains from it.
    """
    with system_scope("signs of misuse around a claim", quiet=True):
        photos = list(claim.photos.all())
        others = _claims_with(photos, claim)
        found = (
            (SAME_PHOTO, {} if others else None),
            (PHOTO_BEFORE_GOODS, _before_goods(claim, photos)),
            (MANY_CLAIMS, _many_claims(claim)),
            (OWN_CLAIM, _own_claim(claim)),
        )
    # Outside again: a number of another county is a number of somebody else's claim.
    return [
        (code, _within_reach(others) if code == SAME_PHOTO else facts)
        for code, facts in found
        if facts is not None
    ]


def _claims_with(photos: list[Photo], claim: Claim) -> list[int]:
    """Keys of other claims with which a file of these photos lies too."""
    if not photos:
        return []
    same = Photo.objects.filter(sha256__in={photo.sha256 for photo in photos}, claim__isnull=False)
    return list(
        same.exclude(claim__in=merged_family(claim))
        .order_by("claim_id")
        .values_list("claim_id", flat=True)
        .distinct()
    )


def _within_reach(keys: list[int]) -> dict[str, Any]:
    numbers = list(Claim.objects.filter(pk__in=keys).order_by("number").values_list("number", flat=True))
    return {"claims": numbers[:NAMED], "elsewhere": len(keys) - len(numbers)}


def _before_goods(claim: Claim, photos: list[Photo]) -> dict[str, Any] | None:
    order = claim.order_line.order
    goods_at = order.signed_at or order.ordered_at
    early = min(
        (photo.taken_at for photo in photos if photo.taken_at and photo.taken_at < goods_at), default=None
    )
    return {"taken_at": early.isoformat(), "goods_at": goods_at.isoformat()} if early else None


def _many_claims(claim: Claim) -> dict[str, Any] | None:
    phone_index = claim.consumer.phone_index
    if not phone_index:
        return None
    count = Claim.objects.filter(
        county_code=claim.county_code,
        consumer__phone_index=phone_index,
        filed_at__gt=claim.filed_at - SPAN,
        filed_at__lte=claim.filed_at,
    ).count()
    return {"count": count, "days": SPAN.days} if count >= MANY else None


def _own_claim(claim: Claim) -> dict[str, Any] | None:
    return {} if claim.consumer.user_id == claim.filed_by_id else None
