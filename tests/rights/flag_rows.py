"""Flags in the small world of tests/rights/world.py: one about two pictures, and one that was judged."""

from aftersales.accounts.models import User
from claims.models import ClaimFlag, Photo
from tests.factories import NOW
from tests.rights.marks import Marks


def flag_rows(mark: Marks, photo: Photo, person: User) -> tuple[ClaimFlag, ...]:
    """The picture that lies with a claim of every village is compared with that of another place."""
    claim = photo.claim
    where = {
        "claim": claim,
        "round": claim.round,
        "station": claim.station,
        "county_code": claim.county_code,
        "raised_at": NOW,
    }
    others = Photo.objects.filter(sha256=photo.sha256).exclude(pk=photo.pk).order_by("-id")
    return (
        ClaimFlag.objects.create(
            code="same_photo", what="pair", photo=photo, other_photo=others.first() or photo, **where
        ),
        ClaimFlag.objects.create(
            code="own_claim",
            verdict="confirmed",
            note=mark.word("flagnote"),
            judged_by=person,
            judged_at=NOW,
            **where,
        ),
    )
