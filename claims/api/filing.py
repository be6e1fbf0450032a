"""Filing a claim through the API: what is sent, which line and consumer it means, and its class."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.lib.errors import Refused
from aftersales.web.api.callers import Caller
from aftersales.web.api.fields import Input, MilliField, TextField
from aftersales.web.api.filters import LARGEST_KEY
from aftersales.web.api.views import KEY_HEADER
from claims.api.finding import photo_token
from claims.models import Claim, Consumer, OrderLine
from claims.models.choices import Channel, GoodsTypeChoices, NatureChoices, SeverityChoices
from claims.models.orders import ConsentKind
from claims.queries.claims import open_claims_like
from claims.queries.partners import NAMED_BY, orders_of
from claims.services import adapters, consumers, filing

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
    "adapter_missing",
    "outside_code_unknown",
    "class_missing",
    "open_claim_exists",
    "key_reused",
)


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
    outside_service = TextField(
        required=False, max_length=40, help_text="Your code of the service asked for, instead of ours."
    )
    outside_reason = TextField(
        required=False, max_length=40, help_text="Your code of the reason, instead of ours."
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
        if attrs.get("is_without_reason") or attrs.get("outside_service") or attrs.get("outside_reason"):
            return attrs
        missing = {
            name: [serializers.ErrorDetail(self.fields[name].error_messages["required"], code="required")]
            for name in ("nature", "severity")
            if name not in attrs
        }
        if missing:
            raise serializers.ValidationError(missing)
        return attrs


def file(request, given: dict[str, Any]) -> Claim:
    """File what was sent, inside the transaction of its key.

    Raises Refused with one of FILED_REFUSALS, and Http404 where the line is none of the caller's.
    """
    if not given["consented"]:
        raise Refused(_("Ask the consumer first."), code="consent_missing", field="consented")
    caller, now = request.auth, timezone.now()
    given = _classed(given, caller.adapter)
    line = _line(caller, given)
    consumer = _consumer(line, given.get("consumer"), by=request.user, now=now)
    if not given.get("file_anyway") and open_claims_like(order_line=line, consumer=None).exists():
        raise Refused(_("A claim on this line is open already. Look at it first."), code="open_claim_exists")
    return filing.file(
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
        form_token=photo_token(caller, given.get("draft") or request.headers[KEY_HEADER]),
        is_urgent=given.get("is_urgent", False),
        is_without_reason=given.get("is_without_reason", False),
        by=request.user,
        now=now,
    )


def _classed(given: dict[str, Any], adapter: str) -> dict[str, Any]:
    """What was sent with the class in our codes; a return without a reason has nothing to be classed."""
    ours = adapters.with_class(given, adapter)
    if ours.get("is_without_reason"):
        return {**ours, "nature": NatureChoices.SERVICE, "severity": SeverityChoices.MINOR}
    for name in ("nature", "severity"):
        if name not in ours:
            raise Refused(
                _("The code does not say it: send ours beside it."), code="class_missing", field=name
            )
    return ours


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
