"""Claims, photos and drafts as the doors of the API look for them: only what concerns the caller."""

import hashlib

from django.db.models import OuterRef, QuerySet, Subquery
from django.shortcuts import get_object_or_404

from aftersales.web.api.callers import Caller
from claims.models import Claim, Photo
from claims.queries.partners import claims_of
from claims.queries.progress import current_compensation


def listed(caller: Caller) -> QuerySet[Claim]:
    """Claims that concern the caller with what a list tells of each, in one statement.

    `goes_on_under` is the number of the claim that one was merged into, where that concerns the caller too.
    """
    target = claims_of(caller).order_by().filter(pk=OuterRef("merged_into_id")).values("number")[:1]
    return (
        claims_of(caller)
        .select_related("station", "order_line__order", "consumer")
        .annotate(goes_on_under=Subquery(target))
    )


def found(caller: Caller, number: str) -> Claim:
    """The claim of this number, if it concerns the caller; else 404."""
    return get_object_or_404(listed(caller), number=number)


def photos_of(claim: Claim) -> QuerySet[Photo]:
    """The photos of a claim that show what is wrong; those of homes and of goods in custody stay inside."""
    return Photo.objects.filter(claim=claim, goods__isnull=True, visit__isnull=True)


def detailed(claim: Claim) -> Claim:
    """The claim with what is told of one beside what is told of many."""
    claim.compensation = current_compensation(claim)
    claim.photo_count = photos_of(claim).count()
    return claim


def photo_token(caller: Caller, draft: str) -> str:
    """What photos of a draft are kept under: drafts of different consumers and applications never meet."""
    return hashlib.sha256(f"{caller.client_key} {draft}".encode()).hexdigest()[:40]
