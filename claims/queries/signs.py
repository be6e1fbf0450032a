"""What could make a person look at a claim, found in the rows as they are now. docs/rules/flags.md.

Looks at claims everywhere, past the scope; what comes out holds keys and numbers, never a person. Who shows
it, shows what the reader may see (`queries.flags.standings`).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from aftersales.accounts.sealing import Erased
from aftersales.audit.trail import system_scope
from aftersales.web import picture_store
from claims.models import Claim, ClaimFlag, Compensation, Consumer, Photo
from claims.models.compensation import CompensationState
from claims.models.evidence import PhotoKind
from claims.queries.claims import merged_family
from claims.queries.likeness import alike
from claims.queries.reviews import objections_against
from claims.rules import flags
from claims.rules.likeness import DETAIL_SIGNS, SIDE, Picture
from stations.rules.parties import PartyKind

OTHERS_NAMED = 5
NORM_VALUES_READ = 500
NEIGHBOURS_READ = 200
HOUSE_SIGNS = 5
PAPER = frozenset({PhotoKind.LABEL, PhotoKind.RECEIPT, PhotoKind.REPORT})
"""Photos of printed paper look alike by nature; only the same file says something about them."""
GRANTED = (CompensationState.APPROVED, CompensationState.EXECUTED)


@dataclass(frozen=True)
class Sign:
    """One thing that was noticed: the code, what it is about, and the numbers behind it."""

    code: str
    what: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    photo_id: int | None = None
    other_photo_id: int | None = None


@dataclass(frozen=True)
class _Subject:
    claim: Claim
    family: Collection[int]
    photos: list[Photo]
    new_photos: Collection[int] = ()
    compensation: Compensation | None = None


def signs_of(claim: Claim, *, compensation: Compensation | None = None) -> list[Sign]:
    """Everything that can be noticed at a claim now, in a fixed order.

    `compensation`: the one whose amount is compared with what is usual. A photo that was found to look like
    another one stays found while the claim of the other one is another claim.
    """
    return _found(claim, (*PHOTO_FINDERS, *FINDERS), compensation=compensation)


def signs_of_photos(claim: Claim, *, new_photos: Collection[int]) -> list[Sign]:
    """What can be noticed about the photos of a claim; new ones, by their keys, are searched by look."""
    return _found(claim, PHOTO_FINDERS, new_photos=frozenset(new_photos))


def _found(claim: Claim, finders, **given) -> list[Sign]:
    with system_scope("what catches the eye at a claim", quiet=True):
        photos = list(claim.photos.order_by("id"))
        subject = _Subject(claim, merged_family(claim), photos, **given)
        return [sign for finder in finders for sign in finder(subject)]


def _same_photo(subject: _Subject) -> Iterator[Sign]:
    """The newest photo of each other claim that is the same file as one of this claim."""
    own = {}
    for photo in subject.photos:
        own.setdefault(photo.sha256, photo)
    others = (
        Photo.objects.filter(sha256__in=own, claim__isnull=False)
        .exclude(claim__in=subject.family)
        .order_by("-id")
    )
    seen = set()
    for other in others:
        if other.claim_id not in seen and len(seen) < OTHERS_NAMED:
            seen.add(other.claim_id)
            yield pair(flags.SAME_PHOTO, own[other.sha256].pk, other.pk, other.claim_id)


def _like_photo(subject: _Subject) -> Iterator[Sign]:
    """Photos of other claims that look like one of this claim and are not the same file."""
    found: dict[tuple[int, int], Sign] = {}
    kept = ClaimFlag.objects.filter(claim=subject.claim, code=flags.LIKE_PHOTO).exclude(
        other_photo__claim__in=subject.family
    )
    for each in kept.select_related("other_photo"):
        key = each.photo_id, each.other_photo.claim_id
        found[key] = Sign(each.code, each.what, each.facts, each.photo_id, each.other_photo_id)
    for photo in subject.photos:
        if photo.pk not in subject.new_photos or photo.kind in PAPER:
            continue
        like = _files_unlike(photo, alike(_picture(photo), without_claims=subject.family))
        for each in like[:OTHERS_NAMED]:
            facts = {"agreeing": DETAIL_SIGNS - each.differing, "signs": DETAIL_SIGNS}
            sign = pair(flags.LIKE_PHOTO, photo.pk, each.photo_id, each.claim_id, facts)
            found.setdefault((photo.pk, each.claim_id), sign)
    yield from found.values()


def _files_unlike(photo: Photo, like: list) -> list:
    """Without the very same file, which has a flag of its own, and without printed paper."""
    told = set(
        Photo.objects.filter(pk__in=[each.photo_id for each in like])
        .exclude(sha256=photo.sha256)
        .exclude(kind__in=PAPER)
        .values_list("pk", flat=True)
    )
    return [each for each in like if each.photo_id in told]


def _picture(photo: Photo) -> Picture:
    return Picture(picture_store.grey_levels(photo.file_name, SIDE))


def pair(code: str, photo_id: int, other_photo_id: int, other_claim_id: int, facts=None) -> Sign:
    """A sign about two photos; one for each photo and other claim."""
    return Sign(code, f"{photo_id}:{other_claim_id}", facts or {}, photo_id, other_photo_id)


def _photo_times(subject: _Subject) -> Iterator[Sign]:
    order = subject.claim.order_line.order
    goods_at = order.signed_at or order.ordered_at
    timed = sorted((photo.taken_at, photo.pk) for photo in subject.photos if photo.taken_at)
    if not timed:
        return
    taken_at, photo_id = timed[0]
    if flags.photo_is_early(taken_at, goods_at=goods_at):
        facts = {"taken_at": taken_at.isoformat(), "goods_at": goods_at.isoformat()}
        yield Sign(flags.PHOTO_BEFORE_GOODS, facts=facts, photo_id=photo_id)
    elif flags.photo_is_old(taken_at, filed_at=subject.claim.filed_at):
        days = (subject.claim.filed_at - taken_at).days
        yield Sign(flags.PHOTO_OLD, facts={"taken_at": taken_at.isoformat(), "days": days}, photo_id=photo_id)


def _many_of_phone(subject: _Subject) -> Iterator[Sign]:
    claim = subject.claim
    if claim.consumer.phone_index:
        rows = _lately(claim, flags.SPAN, consumer__phone_index=claim.consumer.phone_index)
        yield from _many(flags.MANY_CLAIMS, rows, flags.MANY_OF_PHONE)


def _many_of_household(subject: _Subject) -> Iterator[Sign]:
    """Claims of consumers of one station under one address, whatever phone each of them gave."""
    claim, own = subject.claim, subject.claim.consumer
    address = _house(own)
    if not address:
        return
    neighbours = (
        Consumer.objects.filter(
            station_id=claim.station_id,
            address_masked=own.address_masked,
            claims__filed_at__gt=claim.filed_at - flags.SPAN,
            claims__filed_at__lte=claim.filed_at,
        )
        .distinct()
        .order_by("-id")[:NEIGHBOURS_READ]
    )
    members = {each.pk for each in neighbours if _house(each) == address} | {own.pk}
    if len(members) > 1:
        rows = _lately(claim, flags.SPAN, consumer__in=members)
        yield from _many(flags.MANY_HOUSEHOLD, rows, flags.MANY_OF_HOUSEHOLD, people=len(members))


def _house(consumer: Consumer) -> str:
    """The address to compare by; "" where it names no single house. It never leaves this module."""
    try:
        address = "".join(consumer.clear_address().split())
    except Erased:
        return ""
    is_house = len(address) >= HOUSE_SIGNS and any(sign.isdigit() for sign in address)
    return address if is_house else ""


def _surge_of_agent(subject: _Subject) -> Iterator[Sign]:
    yield from _surge(
        subject,
        flags.MANY_AGENT,
        span=flags.AGENT_SPAN,
        spans_before=flags.AGENT_SPANS_BEFORE,
        least=flags.MANY_OF_AGENT,
        filed_by=subject.claim.filed_by_id,
    )


def _surge_of_merchant(subject: _Subject) -> Iterator[Sign]:
    party = subject.claim.liable_party
    if party is not None and party.kind == PartyKind.MERCHANT:
        yield from _surge(
            subject,
            flags.MANY_MERCHANT,
            span=flags.SPAN,
            spans_before=flags.MERCHANT_SPANS_BEFORE,
            least=flags.MANY_OF_MERCHANT,
            liable_party=party.pk,
        )


def _surge(subject, code: str, *, span: timedelta, spans_before: int, least: int, **where) -> Iterator[Sign]:
    claim = subject.claim
    long = _lately(claim, span * (spans_before + 1), **where)
    counts = long.aggregate(all=Count("pk"), now=Count("pk", filter=Q(filed_at__gt=claim.filed_at - span)))
    before = counts["all"] - counts["now"]
    if flags.is_surge(counts["now"], before=before, spans_before=spans_before, least=least):
        usual = round(before / spans_before)
        yield Sign(code, facts={"count": counts["now"], "days": span.days, "usual": usual})


def _many_of_batch(subject: _Subject) -> Iterator[Sign]:
    claim = subject.claim
    if claim.batch:
        where = {"batch": claim.batch, "order_line__order__merchant": claim.order_line.order.merchant_id}
        yield from _many(flags.MANY_BATCH, _lately(claim, flags.SPAN, **where), flags.MANY_OF_BATCH)


def _many(code: str, rows: QuerySet, least: int, **facts) -> Iterator[Sign]:
    count = rows.count()
    if count >= least:
        yield Sign(code, facts={"count": count, "days": flags.SPAN.days, **facts})


def _lately(claim: Claim, span: timedelta, **where) -> QuerySet:
    """Claims of the county filed within a span up to this one."""
    return Claim.objects.filter(
        county_code=claim.county_code,
        filed_at__gt=claim.filed_at - span,
        filed_at__lte=claim.filed_at,
        **where,
    )


def _unusual_amount(subject: _Subject) -> Iterator[Sign]:
    """The amount beside what was granted for such goods at the station, else in the county."""
    compensation, claim = subject.compensation, subject.claim
    if compensation is None or compensation.payable_fen < flags.LEAST_UNUSUAL_FEN:
        return
    granted = (
        Compensation.objects.filter(
            county_code=claim.county_code,
            claim__goods_type=claim.goods_type,
            state__in=GRANTED,
            decided_at__gt=claim.filed_at - flags.NORM_SPAN,
        )
        .exclude(claim=claim)
        .order_by("-decided_at", "-id")
    )
    for where, rows, least in (
        ("station", granted.filter(station_id=claim.station_id), flags.STATION_NORM_COUNT),
        ("county", granted, flags.COUNTY_NORM_COUNT),
    ):
        values = rows.values_list(F("amount_fen") + F("damages_fen"), flat=True)[:NORM_VALUES_READ]
        usual = flags.norm(list(values), least_count=least)
        if usual is not None:
            if flags.is_unusual(compensation.payable_fen, usual):
                facts = {"amount_fen": compensation.payable_fen, "usual_fen": usual.median}
                yield Sign(flags.AMOUNT_UNUSUAL, facts={**facts, "count": usual.count, "where": where})
            return


def _own_claim(subject: _Subject) -> Iterator[Sign]:
    if subject.claim.consumer.user_id == subject.claim.filed_by_id:
        yield Sign(flags.OWN_CLAIM)


def _objected(subject: _Subject) -> Iterator[Sign]:
    """A second look at an earlier claim of the person who filed this one ended with an objection."""
    count = objections_against(subject.claim.filed_by_id, subject.claim.filed_at)
    if count:
        yield Sign(flags.OBJECTED, facts={"count": count})


Finder = Callable[[_Subject], Iterator[Sign]]
PHOTO_FINDERS: tuple[Finder, ...] = (_same_photo, _like_photo, _photo_times)
FINDERS: tuple[Finder, ...] = (
    _many_of_phone,
    _many_of_household,
    _surge_of_agent,
    _surge_of_merchant,
    _many_of_batch,
    _unusual_amount,
    _own_claim,
    _objected,
)
