"""Claims in the API: filed, listed, read."""

import hashlib
from typing import Any

import django_filters
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.lib.errors import Refused
from aftersales.web.api.callers import Caller
from aftersales.web.api.fields import Input, MilliField, TextField
from aftersales.web.api.filters import LARGEST_KEY, CodeFilter, KeyFilter, MomentFilter, WordFilter
from aftersales.web.api.versions import etag
from aftersales.web.api.views import ApiView, Made
from claims.api.claim_outputs import ClaimDetailOut, ClaimOut
from claims.models import Claim, Consumer, OrderLine, Photo
from claims.models.choices import Channel, GoodsTypeChoices, NatureChoices, SeverityChoices, StatusChoices
from claims.models.orders import ConsentKind
from claims.queries.claims import RECENT_ORDER, open_claims_like
from claims.queries.partners import NAMED_BY, claims_of, orders_of
from claims.queries.progress import current_compensation
from claims.services import consumers, filing

FILED_REFUSALS = (
    "not_found",
    "unknown_choice",
    "too_long",
    "consumer_elsewhere",
    "personal_data_erased",
    "station_not_operating",
    "bad_not_positive",
    "bad_over_total",
    "bad_not_whole",
    "no_quantity",
    "no_number",
    "no_reason_perishable",
    "no_reason_excepted",
    "no_reason_over",
    "too_many_photos",
    "order_cancelled",
    "order_line_ambiguous",
    "order_line_missing",
    "consumer_missing",
    "consumer_differs",
    "name_missing",
    "phone_invalid",
    "consent_missing",
    "open_claim_exists",
    "key_reused",
)


class ClaimFilter(django_filters.FilterSet):
    status = CodeFilter(choices=StatusChoices.choices)
    number = WordFilter()
    order = KeyFilter(field_name="order_line__order_id")
    order_number = WordFilter(field_name="order_line__order__number")
    station = KeyFilter(field_name="station_id")
    channel = CodeFilter(choices=Channel.choices)
    filed_after = MomentFilter(field_name="filed_at", lookup_expr="gte")
    filed_before = MomentFilter(field_name="filed_at", lookup_expr="lt")

    class Meta:
        model = Claim
        fields: tuple[str, ...] = ()


class ConsumerIn(Input):
    name = TextField(max_length=40)
    phone = TextField(max_length=20)


class ClaimIn(Input):
    order_line = serializers.IntegerField(
        required=False, min_value=1, max_value=LARGEST_KEY, help_text="Id of the line; or its order's number."
    )
    order_number = TextField(required=False, max_length=40)
    sku = TextField(
        required=False, max_length=40, help_text="Article number, where the order has several lines."
    )
    consumer = ConsumerIn(required=False, help_text="Only where the order names none.")
    goods_type = serializers.ChoiceField(
        GoodsTypeChoices.choices, required=False, help_text="That of the line unless given."
    )
    nature = serializers.ChoiceField(
        NatureChoices.choices, required=False, help_text="Needed unless it is a return without a reason."
    )
    severity = serializers.ChoiceField(
        SeverityChoices.choices, required=False, help_text="Needed unless it is a return without a reason."
    )
    bad_quantity = MilliField(required=False, allow_null=True, help_text="In the unit of the line.")
    batch = TextField(required=False, allow_blank=True, max_length=40)
    description = TextField(required=False, allow_blank=True, max_length=1000)
    is_urgent = serializers.BooleanField(required=False, help_text="People or property are in danger.")
    is_without_reason = serializers.BooleanField(
        required=False, help_text="The goods go back within the seven days of the law."
    )
    consented = serializers.BooleanField(
        help_text="The consumer agreed by message that it is filed and their data kept."
    )
    draft = TextField(required=False, max_length=64, help_text="What photos were sent under before.")
    file_anyway = serializers.BooleanField(
        required=False, help_text="Though a claim on the same line is open."
    )

    def validate(self, attrs):
        if attrs.get("is_without_reason"):
            return {**attrs, "nature": NatureChoices.SERVICE, "severity": SeverityChoices.MINOR}
        missing = {
            name: [serializers.ErrorDetail(self.fields[name].error_messages["required"], code="required")]
            for name in ("nature", "severity")
            if name not in attrs
        }
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


def listed(caller: Caller):
    """Claims that concern the caller with what a list tells of each, in one statement."""
    return claims_of(caller).select_related("station", "order_line__order", "consumer", "merged_into")


def found(caller: Caller, number: str) -> Claim:
    """The claim of this number, if it concerns the caller; else 404."""
    return get_object_or_404(listed(caller), number=number)


def photos_of(claim: Claim):
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


class ClaimsView(ApiView):
    """Claims that concern your party: those about orders that name it, or that your account filed.

    A consumer's session reaches the consumer's own. Whatever concerns somebody else does not exist here.
    """

    scopes = {"GET": ApiScope.CLAIMS_READ, "POST": ApiScope.CLAIMS_WRITE}
    for_consumers = True
    is_list = True
    order = RECENT_ORDER
    filterset_class = ClaimFilter
    serializer_class = ClaimOut
    output_classes = {"POST": ClaimDetailOut}
    tagged = ("POST",)
    input_classes = {"POST": ClaimIn}
    refusals = {"POST": FILED_REFUSALS}

    def get(self, request):
        """List claims"""
        return self.page(listed(request.auth))

    def post(self, request):
        """File a claim

        On one line of an order, found by its id or by the order's number. Photos that were sent before
        under the same `draft` belong to it. The class decides what the consumer can have; where it
        gives a choice and a bad quantity is given, the amount is worked out at once. The consumer gets the
        first reply when somebody has accepted the claim.
        """
        given = self.given()
        return self.once(lambda: self._file(request, given))

    def _file(self, request, given: dict[str, Any]) -> Made:
        if not given["consented"]:
            raise Refused(_("Ask the consumer first."), code="consent_missing", field="consented")
        caller, now = request.auth, timezone.now()
        line = _line(caller, given)
        with transaction.atomic():
            consumer = _consumer(line, given.get("consumer"), by=request.user, now=now)
            likes = open_claims_like(order_line=line, consumer=None)
            if not given.get("file_anyway") and likes.exists():
                raise Refused(
                    _("A claim on this line is open already. Look at it first."), code="open_claim_exists"
                )
            claim = filing.file(
                order_line=line,
                consumer=consumer,
                goods_type=given.get("goods_type") or line.goods_type,
                nature=given["nature"],
                severity=given["severity"],
                description=given.get("description", ""),
                bad_milli=given.get("bad_quantity"),
                batch=given.get("batch", ""),
                channel=_channel(caller),
                consent_kind=ConsentKind.MESSAGE,
                form_token=photo_token(caller, given.get("draft") or request.headers["Idempotency-Key"]),
                is_urgent=given.get("is_urgent", False),
                is_without_reason=given.get("is_without_reason", False),
                by=request.user,
                now=now,
            )
        claim = detailed(found(caller, claim.number))
        where = reverse("api:claim", args=[claim.number])
        headers = {"Location": where, "ETag": etag(claim.version)}
        return Made(self.shown(claim, serializer_class=ClaimDetailOut), claim, headers=headers)


class ClaimView(ApiView):
    """One claim and what it has come to."""

    scopes = {"GET": ApiScope.CLAIMS_READ}
    for_consumers = True
    serializer_class = ClaimDetailOut
    tagged = ("GET",)

    def get(self, request, number):
        """Read a claim"""
        claim = detailed(found(request.auth, number))
        return self.one(claim, version=claim.version)


def _line(caller: Caller, given: dict[str, Any]) -> OrderLine:
    """The line that is meant, among the caller's own; 404 where there is none."""
    lines = OrderLine.objects.filter(order__in=orders_of(caller)).select_related("order__consumer", "station")
    if "order_line" in given:
        return get_object_or_404(lines, pk=given["order_line"])
    if "order_number" not in given:
        raise Refused(
            _("Say which line of which order it is about."), code="order_line_missing", field="order_line"
        )
    lines = lines.filter(order__number=given["order_number"])
    if given.get("sku"):
        lines = lines.filter(sku=given["sku"])
    matching = list(lines.order_by("id")[:2])
    if not matching:
        raise Http404
    if len(matching) > 1:
        raise Refused(
            _("Several lines fit. Name the article number, or the id of the line."),
            code="order_line_ambiguous",
            field="sku",
        )
    return matching[0]


def _consumer(line: OrderLine, given: dict[str, str] | None, *, by, now) -> Consumer:
    """Who the order names, or whom the application names where it names nobody."""
    known = line.order.consumer
    if known is None and given is None:
        raise Refused(
            _("The order names no consumer. Send name and phone."), code="consumer_missing", field="consumer"
        )
    if known is not None and given is None:
        return known
    if known is not None:
        if consumers.is_phone_of(known, given["phone"]):
            return known
        raise Refused(
            _("The order names another consumer. Leave the consumer out."),
            code="consumer_differs",
            field="consumer",
        )
    return consumers.register(station=line.station, name=given["name"], phone=given["phone"], by=by, now=now)


def _channel(caller: Caller) -> str:
    is_own = caller.consumer or caller.party_kind not in NAMED_BY
    return Channel.MINI_PROGRAM if is_own else Channel.PLATFORM
