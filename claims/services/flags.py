"""Flags: raised when something catches the eye, and brought up to date. docs/rules/flags.md.

A flag never refuses anything; while nobody has found it harmless (services.flag_verdicts), a person decides
what the rule would have decided.
"""

from collections.abc import Collection
from datetime import datetime

from aftersales.accounts.models import system_user
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from claims.models import Claim, ClaimFlag, Compensation, Photo
from claims.models.claims import OPEN_STATUSES
from claims.queries.signs import Sign, pair, signs_of, signs_of_photos
from claims.rules.flags import PHOTO_CODES


def refresh(*, claim: Claim, compensation: Compensation, now: datetime) -> None:
    """Raise what is noticed at a claim now, and note of unjudged flags that their reason is gone.

    May run any number of times: the same signs give the same rows, and what was judged stays as it is.
    Another open claim with the same photo is told too. Call it in the transaction of what has happened.
    """
    _bring_up_to_date(claim, signs_of(claim, compensation=compensation), ClaimFlag.objects.all, now=now)


def look_at_photos(*, claim: Claim, new_photos: Collection[int], now: datetime) -> None:
    """The same for the photos alone, when some are added; those are searched by their look as well."""

    def about_photos():
        return ClaimFlag.objects.filter(code__in=PHOTO_CODES)

    _bring_up_to_date(claim, signs_of_photos(claim, new_photos=new_photos), about_photos, now=now)


def _bring_up_to_date(claim: Claim, signs: list[Sign], rows, *, now: datetime) -> None:
    with system_scope("flags of a claim", quiet=True):
        kept = {(flag.code, flag.what): flag for flag in rows().filter(claim=claim)}
        new = []
        for sign in signs:
            flag = kept.pop((sign.code, sign.what), None)
            if flag is None:
                new.append(sign)
            elif not flag.verdict and (flag.lapsed_at is not None or flag.facts != sign.facts):
                ClaimFlag.objects.filter(pk=flag.pk, verdict="").update(facts=sign.facts, lapsed_at=None)
        gone = [flag.pk for flag in kept.values() if not flag.verdict and flag.lapsed_at is None]
        if gone:
            ClaimFlag.objects.filter(pk__in=gone, verdict="").update(lapsed_at=now)
        if new:
            _raise([(claim, sign) for sign in new] + _mirrored(claim, new), now=now)


def _mirrored(claim: Claim, signs: list[Sign]) -> list[tuple[Claim, Sign]]:
    """The same pairs of photos, seen from the other claim, where that one is open and does not know yet."""
    paired = {sign.other_photo_id: sign for sign in signs if sign.other_photo_id is not None}
    if not paired:
        return []
    others = Photo.objects.filter(pk__in=paired, claim__status__in=OPEN_STATUSES).select_related("claim")
    mirrored = [
        (photo.claim, pair(sign.code, photo.pk, sign.photo_id, claim.pk, sign.facts))
        for photo in others
        if (sign := paired[photo.pk])
    ]
    known = set(
        ClaimFlag.objects.filter(claim__in=[other.pk for other, _sign in mirrored]).values_list(
            "claim_id", "code", "what"
        )
    )
    return [(other, sign) for other, sign in mirrored if (other.pk, sign.code, sign.what) not in known]


def _raise(found: list[tuple[Claim, Sign]], *, now: datetime) -> None:
    flags = [
        ClaimFlag(
            claim=claim,
            round=claim.round,
            station_id=claim.station_id,
            county_code=claim.county_code,
            code=sign.code,
            what=sign.what,
            facts=sign.facts,
            photo_id=sign.photo_id,
            other_photo_id=sign.other_photo_id,
            raised_at=now,
        )
        for claim, sign in found
    ]
    # Two steps at once may notice the same thing; in one order, so that neither waits for the other.
    flags.sort(key=lambda flag: (flag.claim_id, flag.code, flag.what))
    ClaimFlag.objects.bulk_create(flags, ignore_conflicts=True)
    for claim in {claim.pk: claim for claim, _sign in found}.values():
        codes = list(dict.fromkeys(sign.code for about, sign in found if about.pk == claim.pk))
        trail.record("flag.raised", by=system_user(), obj=claim, after={"flags": codes}, at=now)
