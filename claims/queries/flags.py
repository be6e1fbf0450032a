"""Flags of claims as they were raised and judged. docs/rules/flags.md, section 4."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from aftersales.audit.trail import system_scope
from claims.models import Claim, ClaimFlag, Photo
from claims.models.flags import Verdict


@dataclass(frozen=True)
class OtherSide:
    """The photo that a flag compares with, as far as the reader may know of it.

    `photo` and `number` are given inside the reader's reach; elsewhere only when its claim was filed.
    """

    filed_at: datetime
    photo: Photo | None = None
    number: str = ""


@dataclass(frozen=True)
class Standing:
    """One flag with what the reader may see around it."""

    flag: ClaimFlag
    other: OtherSide | None = None


def current() -> QuerySet:
    """Flags whose reason still holds, in the order in which they were raised."""
    return ClaimFlag.objects.filter(lapsed_at__isnull=True).order_by("claim_id", "id")


def unjudged(county_code: str) -> int:
    """How many claims of a county carry a current flag that nobody has judged; one statement."""
    rows = current().filter(county_code=county_code, verdict="")
    return rows.order_by().values("claim").distinct().count()


def marked(claims: QuerySet) -> QuerySet:
    """Claims with `is_flagged`: whether anything about them catches the eye, judged or not."""
    # Past the scope on purpose: a flag of a claim that is let through lies where the claim lies.
    flags = ClaimFlag._base_manager.filter(claim=OuterRef("pk"), lapsed_at__isnull=True)
    return claims.annotate(is_flagged=Exists(flags))


def asking(claim: Claim) -> list[str]:
    """Codes of what makes a person look at a claim: everything current that nobody found harmless.

    Past the scope, because a rule decides whoever stands at the door.
    """
    with system_scope("flags of a claim", quiet=True):
        codes = current().filter(claim=claim).exclude(verdict=Verdict.HARMLESS).values_list("code", flat=True)
        return list(dict.fromkeys(codes))


def standings(claims: Collection[Claim]) -> dict[int, list[Standing]]:
    """Current flags of several claims by their keys, as one reader may see them, in three queries."""
    flags = list(current().filter(claim__in=claims).select_related("photo", "judged_by"))
    keys = {flag.other_photo_id for flag in flags} - {None}
    seen = {photo.pk: photo for photo in Photo.objects.filter(pk__in=keys).select_related("claim__station")}
    with system_scope("when a photo of another place was filed", quiet=True):
        filed = dict(Photo.objects.filter(pk__in=keys).values_list("pk", "claim__filed_at"))
    found = defaultdict(list)
    for flag in flags:
        other = None
        if flag.other_photo_id is not None:
            photo = seen.get(flag.other_photo_id)
            other = OtherSide(filed[flag.other_photo_id], photo, photo.claim.number if photo else "")
        found[flag.claim_id].append(Standing(flag, other))
    return found


def standing(claim: Claim) -> list[Standing]:
    """The same for one claim."""
    return standings([claim]).get(claim.pk, [])
