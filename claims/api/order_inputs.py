"""Orders as applications send them."""

from typing import Any

from rest_framework import serializers

from aftersales.web.api.fields import Input, MilliField, MomentField, TextField, YuanField
from claims.models.choices import GoodsTypeChoices, ReturnExceptionChoices
from claims.models.orders import OrderState, Unit

MOST_ORDERS, MOST_LINES = 1000, 100


class LineIn(Input):
    product = TextField(max_length=120)
    goods_type = serializers.ChoiceField(
        GoodsTypeChoices.choices, required=False, help_text="Told from the product's name unless given."
    )
    quantity = MilliField(help_text="More than 0; whole for pieces, boxes and bags.")
    unit = serializers.ChoiceField(Unit.choices, required=False, help_text="Pieces unless given.")
    paid = YuanField(help_text="Paid for this line without freight, in yuan; more than 0.")
    sku = TextField(required=False, allow_blank=True, max_length=40, help_text="Article number.")
    batch = TextField(required=False, allow_blank=True, max_length=40)
    lot = TextField(
        required=False, allow_blank=True, max_length=40, help_text="Lot number printed by the producer."
    )
    return_exception = serializers.ChoiceField(
        ReturnExceptionChoices.choices,
        required=False,
        help_text="Why the seven days of the law do not count.",
    )


class BuyerIn(Input):
    name = TextField(max_length=40)
    phone = TextField(max_length=20)


class OrderIn(Input):
    number = TextField(max_length=40)
    station = TextField(
        required=False,
        max_length=18,
        help_text="12-digit code of a village with one station, or a station's id. Needed for a new order.",
    )
    ordered_at = MomentField(required=False, help_text="Needed for a new order.")
    signed_at = MomentField(required=False)
    state = serializers.ChoiceField(
        OrderState.choices, required=False, help_text="An order only moves on; `signed` needs `signed_at`."
    )
    outside_state = TextField(
        required=False,
        max_length=40,
        help_text="Instead of `state`: the code of your platform, see adapters.",
    )
    freight = YuanField(required=False, help_text="Freight of the whole order, in yuan.")
    merchant = TextField(required=False, allow_blank=True, max_length=120)
    platform = TextField(required=False, allow_blank=True, max_length=120)
    logistics = TextField(required=False, allow_blank=True, max_length=120)
    consumer = BuyerIn(required=False, help_text="The buyer; kept sealed.")
    lines = LineIn(
        many=True,
        required=False,
        max_length=MOST_LINES,
        help_text="Needed for a new order. Lines that are left out stay as they are.",
    )


class OneByOne(serializers.ListSerializer):
    """A list whose elements are checked each for itself: the values, or the errors of each."""

    def run_child_validation(self, data: Any) -> Any:
        try:
            return super().run_child_validation(data)
        except serializers.ValidationError as error:
            return error


class EachOrderIn(OrderIn):
    class Meta:
        list_serializer_class = OneByOne
        ref_name = "OrderIn"


class OrderBatchIn(Input):
    orders = EachOrderIn(many=True, allow_empty=False, max_length=MOST_ORDERS)


class OrderChangeIn(Input):
    state = serializers.ChoiceField(OrderState.choices, required=False)
    outside_state = TextField(required=False, max_length=40, help_text="Instead of `state`.")
    signed_at = MomentField(required=False)
    freight = YuanField(required=False, help_text="Freight of the whole order, in yuan.")
