"""Claims as the API tells them: codes, numbers and moments, a consumer only masked."""

from rest_framework import serializers

from aftersales.web.api.fields import MilliField, Output, YuanField
from claims.models.choices import (
    Channel,
    GoodsTypeChoices,
    LevelChoices,
    NatureChoices,
    RejectionCode,
    SeverityChoices,
    StatusChoices,
)
from claims.models.compensation import CompensationState, PayoutMethod, Remedy
from claims.models.orders import Unit


class StationBrief(Output):
    id = serializers.IntegerField()
    name = serializers.CharField()


class OrderBrief(Output):
    id = serializers.IntegerField()
    number = serializers.CharField()


class LineBrief(Output):
    id = serializers.IntegerField()
    product = serializers.CharField()
    sku = serializers.CharField(help_text="Article number.")
    unit = serializers.ChoiceField(Unit.choices)


class ConsumerBrief(Output):
    name_masked = serializers.CharField()
    phone_masked = serializers.CharField()


class ClaimOut(Output):
    number = serializers.CharField()
    status = serializers.ChoiceField(StatusChoices.choices)
    status_text = serializers.CharField(source="get_status_display", help_text="For people.")
    round = serializers.IntegerField(help_text="1, and one more for each time it was reopened.")
    version = serializers.IntegerField(help_text="The number in its ETag.")
    channel = serializers.ChoiceField(Channel.choices)
    station = StationBrief()
    order = OrderBrief(source="order_line.order")
    order_line = LineBrief()
    consumer = ConsumerBrief()
    goods_type = serializers.ChoiceField(GoodsTypeChoices.choices)
    nature = serializers.ChoiceField(NatureChoices.choices)
    severity = serializers.ChoiceField(SeverityChoices.choices)
    procedure = serializers.CharField(help_text="Code of the procedure that the class leads to.")
    bad_quantity = MilliField(source="bad_milli", allow_null=True, help_text="In the unit of the line.")
    batch = serializers.CharField()
    is_urgent = serializers.BooleanField()
    is_without_reason = serializers.BooleanField(help_text="A return within seven days.")
    level = serializers.ChoiceField(LevelChoices.choices, help_text="Who holds it: 0 village to 3 platform.")
    filed_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    promised_at = serializers.DateTimeField(source="handling_due_at", help_text="Promised by then.")
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    rejection_code = serializers.ChoiceField([("", ""), *RejectionCode.choices])
    merged_into = serializers.CharField(
        source="goes_on_under", allow_null=True, help_text="Number it goes on under, if it is yours."
    )


class CompensationOut(Output):
    state = serializers.ChoiceField(CompensationState.choices)
    amount = YuanField(source="payable_fen", help_text="In yuan: what the consumer gets.")
    remedy = serializers.ChoiceField([("", ""), *Remedy.choices])
    payout_method = serializers.ChoiceField([("", ""), *PayoutMethod.choices])
    bad_quantity = MilliField(source="bad_milli")
    paid = YuanField(source="paid_fen", help_text="What was paid for the line, in yuan.")
    worked_out_at = serializers.DateTimeField()
    chosen_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    executed_at = serializers.DateTimeField(allow_null=True)
    receipt_number = serializers.CharField()
    version = serializers.IntegerField()


class ClaimDetailOut(ClaimOut):
    compensation = CompensationOut(allow_null=True, help_text="The one that counts; null before.")
    photos = serializers.IntegerField(source="photo_count", help_text="How many show the damage.")
