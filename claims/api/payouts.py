"""Refunds that a platform pays back the way they were paid: read, and answered by it."""

import django_filters
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Input, MomentField, Output, TextField, YuanField
from aftersales.web.api.filters import CodeFilter, MomentFilter, WordFilter
from aftersales.web.api.views import ApiView, Made
from claims.models import Payout
from claims.models.payouts import FailureReason, PayoutStateChoices
from claims.queries.partners import payouts_of
from claims.queries.payouts import OLDEST_ORDER
from claims.rules.payouts import PayoutState
from claims.services import payouts
from claims.services.transactions import as_one

ACCEPTED, PAID, FAILED = "accepted", "paid", "failed"
OUTCOMES = [(ACCEPTED, ACCEPTED), (PAID, PAID), (FAILED, FAILED)]


class PayoutFilter(django_filters.FilterSet):
    state = CodeFilter(choices=PayoutStateChoices.choices)
    claim = WordFilter(field_name="claim__number")
    order_number = WordFilter(field_name="claim__order_line__order__number")
    made_after = MomentFilter(field_name="made_at", lookup_expr="gte")

    class Meta:
        model = Payout
        fields: tuple[str, ...] = ()


class PayoutOut(Output):
    number = serializers.CharField(help_text="Pay each number once, whatever is sent twice.")
    state = serializers.ChoiceField(PayoutStateChoices.choices)
    state_text = serializers.CharField(source="get_state_display")
    claim = serializers.CharField(source="claim.number")
    order_number = serializers.CharField(source="claim.order_line.order.number")
    sku = serializers.CharField(source="claim.order_line.sku", help_text="Article number.")
    amount = YuanField(source="amount_fen", help_text="In yuan.")
    attempt = serializers.IntegerField(help_text="1, and one more each time it is paid again.")
    made_at = serializers.DateTimeField()
    instructed_at = serializers.DateTimeField(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True, help_text="When the result became known.")
    reference = serializers.CharField(help_text="Your own number for it.")
    reason = serializers.ChoiceField([("", ""), *FailureReason.choices])


class ConfirmationIn(Input):
    outcome = serializers.ChoiceField(
        OUTCOMES, help_text="accepted: the order has been taken; paid; failed: not paid, or it came back."
    )
    reference = TextField(
        required=False, allow_blank=True, max_length=payouts.REFERENCE_SIGNS, help_text="Your number for it."
    )
    paid_at = MomentField(required=False, help_text="When the consumer got it.")
    reason = serializers.ChoiceField(FailureReason.choices, required=False, help_text="Where it failed.")
    note = TextField(required=False, allow_blank=True, max_length=payouts.NOTE_SIGNS)

    def validate_paid_at(self, value):
        if value > timezone.now():
            raise serializers.ValidationError(_("The moment must lie in the past."), code="paid_at_ahead")
        return value


class PayoutsView(ApiView):
    """Refunds to be paid back over your platform, the way they were paid; the oldest first."""

    scopes = {"GET": ApiScope.PAYOUTS_READ}
    is_list = True
    order = OLDEST_ORDER
    filterset_class = PayoutFilter
    serializer_class = PayoutOut

    def get(self, request):
        """List refunds to be paid back"""
        return self.page(payouts_of(request.auth))


class PayoutView(ApiView):
    """One refund to be paid back."""

    scopes = {"GET": ApiScope.PAYOUTS_READ}
    serializer_class = PayoutOut

    def get(self, request, number):
        """Read a refund"""
        return self.one(get_object_or_404(payouts_of(request.auth), number=number))


class ConfirmationView(ApiView):
    """What became of a refund, as your platform says."""

    scopes = {"POST": ApiScope.PAYOUTS_CONFIRM}
    serializer_class = PayoutOut
    input_classes = {"POST": ConfirmationIn}
    refusals = {"POST": ("payout_moved", "reason_unknown", "already_booked", "busy")}
    statuses = {"POST": 200}

    def post(self, request, number):
        """Confirm a refund

        "accepted" notes that the order has been taken, "paid" that the money has arrived; "failed" books the
        amount back, and the consumer is still owed it. One that was paid can still fail when the money comes
        back.
        """
        given = self.given()
        payout = get_object_or_404(payouts_of(request.auth), number=number)
        return as_one(effect=lambda: self.once(lambda: self._confirm(request, payout, given)))

    def _confirm(self, request, payout: Payout, given: dict) -> Made:
        by, now = request.user, timezone.now()
        reference = given.get("reference", "")
        if given["outcome"] == FAILED:
            settled = payouts.fail(
                payout=payout, reason=given.get("reason", ""), note=given.get("note", ""), by=by, now=now
            )
        elif given["outcome"] == ACCEPTED:
            settled = payouts.instruct(payout=payout, reference=reference, by=by, now=now)
        else:
            if payout.state == PayoutState.TO_INSTRUCT:
                payout = payouts.instruct(payout=payout, reference=reference, by=by, now=now)
            settled = payouts.confirm(
                payout=payout,
                reference=reference or payout.reference,
                arrived_at=given.get("paid_at"),
                by=by,
                now=now,
            )
        return Made(self.shown(payouts_of(request.auth).get(pk=settled.pk)), settled, status=200)
