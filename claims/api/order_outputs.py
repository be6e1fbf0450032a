"""Orders as the API tells them, and what came of those that were sent."""

from rest_framework import serializers

from aftersales.web.api.fields import MilliField, Output, YuanField
from claims.models.choices import GoodsTypeChoices, ReturnExceptionChoices
from claims.models.orders import OrderSource, OrderState, Unit

RESULTS = [(each, each) for each in ("created", "updated", "unchanged", "refused")]


class OrderStationOut(Output):
    id = serializers.IntegerField()
    name = serializers.CharField()
    region = serializers.CharField(source="region_id", help_text="12-digit code of the village or town.")


class BuyerOut(Output):
    name_masked = serializers.CharField()
    phone_masked = serializers.CharField()


class OrderLineOut(Output):
    id = serializers.IntegerField(help_text="What a claim is filed on.")
    product = serializers.CharField()
    sku = serializers.CharField(help_text="Article number.")
    batch = serializers.CharField()
    lot = serializers.CharField(help_text="Lot number printed by the producer.")
    goods_type = serializers.ChoiceField(GoodsTypeChoices.choices)
    quantity = MilliField(source="quantity_milli")
    unit = serializers.ChoiceField(Unit.choices)
    paid = YuanField(source="paid_fen", help_text="In yuan, without freight.")
    freight = YuanField(source="freight_fen", help_text="The line's share of the freight, in yuan.")
    granted = YuanField(source="granted_fen", help_text="Granted back so far, in yuan.")
    return_exception = serializers.ChoiceField([("", ""), *ReturnExceptionChoices.choices])


class OrderOut(Output):
    id = serializers.IntegerField()
    number = serializers.CharField()
    version = serializers.IntegerField(help_text="The number in its ETag.")
    state = serializers.ChoiceField(OrderState.choices)
    state_text = serializers.CharField(source="get_state_display", help_text="For people.")
    station = OrderStationOut()
    platform = serializers.CharField(source="platform.name", default=None, allow_null=True)
    merchant = serializers.CharField(source="merchant.name", default=None, allow_null=True)
    logistics = serializers.CharField(source="logistics.name", default=None, allow_null=True)
    consumer = BuyerOut(allow_null=True)
    ordered_at = serializers.DateTimeField()
    signed_at = serializers.DateTimeField(allow_null=True)
    freight = YuanField(source="freight_fen", help_text="Freight of the whole order, in yuan.")
    source = serializers.ChoiceField(OrderSource.choices)
    changed_at = serializers.DateTimeField(help_text="When it was last changed here.")
    lines = OrderLineOut(many=True)


class OrderFaultOut(Output):
    pointer = serializers.CharField(help_text="JSON pointer inside the order.")
    code = serializers.CharField()
    detail = serializers.CharField(help_text="For people.")


class OrderResultOut(Output):
    index = serializers.IntegerField(help_text="Place in what was sent, from 0.")
    number = serializers.CharField(allow_null=True, help_text="Null where none could be read.")
    result = serializers.ChoiceField(RESULTS)
    id = serializers.IntegerField(allow_null=True, help_text="Null where the order is refused.")
    code = serializers.CharField(help_text="Why it is refused; empty otherwise.")
    detail = serializers.CharField(help_text="The same for people.")
    errors = OrderFaultOut(many=True, help_text="What is wrong with which value.")


class OrderBatchOut(Output):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    refused = serializers.IntegerField()
    orders = OrderResultOut(many=True, help_text="One for each order that was sent, in the same order.")
