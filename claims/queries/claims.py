"""Reading claims: the queue of open ones, the list of recent ones, search, history, photos.

Everything here keeps to the scope of the person acting, unless a docstring says otherwise.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import BooleanField, Func, Q, QuerySet

from aftersales.accounts.sealing import Erased, phone_index
from aftersales.audit.models import AuditEvent
from aftersales.audit.trail import system_scope
from aftersales.lib.phones import PhoneError, normalise_phone
from claims.models import Claim, Consumer, Photo
from claims.models.claims import OPEN_STATUSES
from claims.rules.numbering import is_valid_number, normalise_number

OPEN_ORDER = ("next_due_at", "id")
RECENT_ORDER = ("-filed_at", "-id")
NAMES_LOOKED_AT = 2_000

_LIST_COLUMNS = (
    "number",
    "station__name",
    "consumer__name_masked",
    "consumer__phone_masked",
    "order_line__product",
    "handler__full_name",
    "channel",
    "goods_type",
    "nature",
    "severity",
    "status",
    "round",
    "version",
    "filed_at",
    "handling_due_at",
    "next_due_at",
    "level",
    "resolved_at",
    "county_code",
)


class StillOpen(Func):
    """Whether a status is one of the open ones, with the codes written into the statement.

    SQLite takes a partial index only when it reads the index's own condition there; it cannot know what a
    parameter will hold.
    """

    template = "%(expressions)s IN ({})".format(", ".join(f"'{status}'" for status in OPEN_STATUSES))
    output_field = BooleanField()


def listed(claims: QuerySet | None = None) -> QuerySet:
    """Claims with what a list shows, in one query whatever their number; nothing sealed is read."""
    queryset = Claim.objects.all() if claims is None else claims
    return queryset.select_related("station", "consumer", "order_line", "handler").only(*_LIST_COLUMNS)


def still_open(claims: QuerySet) -> QuerySet:
    """Those that somebody still has to work on."""
    return claims.filter(StillOpen("status"))


def concerning(person) -> Q:
    """Claims that somebody filed or handles."""
    return Q(handler=person) | Q(filed_by=person)


def open_queue(*, station=None, county_code: str = "", handler=None) -> QuerySet:
    """Claims that somebody still has to work on, the nearest due time first.

    Of one station or one county where given, else of the whole scope; of one handler where given.
    """
    queryset = still_open(listed())
    if station is not None:
        queryset = queryset.filter(station=station)
    if county_code:
        queryset = queryset.filter(county_code=county_code)
    if handler is not None:
        queryset = queryset.filter(handler=handler)
    return queryset.order_by(*OPEN_ORDER)


def recent(*, station=None, county_code: str = "") -> QuerySet:
    """All claims, the last filed first; page it by `RECENT_ORDER`."""
    queryset = listed()
    if station is not None:
        queryset = queryset.filter(station=station)
    if county_code:
        queryset = queryset.filter(county_code=county_code)
    return queryset.order_by(*RECENT_ORDER)


def search(text: str) -> QuerySet:
    """Claims that a word typed into the search box means (see `matching`), the last filed first."""
    return listed(Claim.objects.filter(matching(text))).order_by(*RECENT_ORDER)


def matching(text: str) -> Q:
    """The condition for claims that a word typed into the search box means.

    A claim number or a phone number is taken as such and must match as a whole. Anything else is looked up
    as an order number; where no order has it, as part of a product's name or as the beginning of a
    consumer's name (see `consumers_named`). Empty text means nothing.
    """
    text = text.strip()
    if not text:
        return Q(pk__in=[])
    number = normalise_number(text)
    if is_valid_number(number):
        return Q(number=number)
    by_order = Q(order_line__order__number=text)
    if _is_phone(text):
        return Q(consumer__phone_index=phone_index(text)) | by_order
    if Claim.objects.filter(by_order).exists():
        return by_order
    return Q(order_line__product__icontains=text) | Q(consumer__in=consumers_named(text))


def consumers_named(text: str) -> list[int]:
    """Keys of consumers inside the scope whose name begins with the text.

    Names are sealed, so the newest 2,000 consumers with the same first sign are opened and compared; no
    name leaves this function. Earlier ones are found by phone or by claim number.
    """
    text = text.strip()
    candidates = Consumer.objects.filter(name_masked__startswith=text[:1]).order_by("-id") if text else ()
    return [consumer.pk for consumer in candidates[:NAMES_LOOKED_AT] if _name_of(consumer).startswith(text)]


def open_claims_like(*, order_line, consumer) -> QuerySet:
    """Open claims inside the scope on the same order line or of the same phone number in the county."""
    same = Q(order_line=order_line)
    if consumer is not None and consumer.phone_index:
        same |= Q(consumer__phone_index=consumer.phone_index, county_code=consumer.county_code)
    return still_open(listed(Claim.objects.filter(same))).order_by(*RECENT_ORDER)


def open_claims_elsewhere(*, consumer) -> int:
    """How many open claims the same phone number has at stations of the county beyond the scope.

    Counted past the scope: the person learns that they exist and nothing else about them.
    """
    if consumer is None or not consumer.phone_index:
        return 0
    same = Q(
        consumer__phone_index=consumer.phone_index,
        county_code=consumer.county_code,
        status__in=OPEN_STATUSES,
    )
    visible = Claim.objects.filter(same).count()
    with system_scope("count open claims of one phone in the county", quiet=True):
        return Claim.objects.filter(same).count() - visible


def timeline(claim: Claim) -> list[AuditEvent]:
    """The history of a claim that was let through the scope, oldest event first.

    Read past the scope, which for history knows counties and stations but not townships.
    """
    with system_scope("history of one claim", quiet=True):
        return list(AuditEvent.objects.filter(claim_id=claim.pk).order_by("id"))


def minutes_in_work(claim: Claim, *, until: datetime) -> int:
    """Whole minutes from filing until a moment, without the spans between an end and a reopening."""
    idle_seconds = 0.0
    ended_at = None
    for event in timeline(claim) if claim.round > 1 else ():
        if event.verb in ("claim.resolved", "claim.rejected"):
            ended_at = event.at
        elif event.verb == "claim.reopened" and ended_at is not None:
            idle_seconds += (event.at - ended_at).total_seconds()
    return max(0, int(((until - claim.filed_at).total_seconds() - idle_seconds) // 60))


def merged_family(claim: Claim) -> list[int]:
    """Keys of the claim and of every claim that was merged into it, directly or over another one."""
    family, frontier = [claim.pk], [claim.pk]
    while frontier:
        frontier = list(Claim.objects.filter(merged_into__in=frontier).values_list("pk", flat=True))
        family += frontier
    return family


def photos_of(claim: Claim) -> QuerySet:
    """Photos of the claim and of the claims merged into it, which keep their own."""
    return Photo.objects.filter(claim__in=merged_family(claim)).select_related("claim").order_by("id")


def _is_phone(text: str) -> bool:
    try:
        normalise_phone(text)
    except PhoneError:
        return False
    return True


def _name_of(consumer: Consumer) -> str:
    try:
        return consumer.clear_name()
    except Erased:
        return ""
