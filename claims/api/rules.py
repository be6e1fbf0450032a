"""The published rules for programs: terms of compensation and promised times, every version of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.lib.errors import InvalidValue
from aftersales.web.api.fields import Input, Output, TextField, YuanField
from aftersales.web.api.reference import ReferenceView
from claims.models.choices import (
    BasisChoices,
    ClockChoices,
    GoodsTypeChoices,
    NatureChoices,
    PauseReasonChoices,
    SeverityChoices,
)
from claims.models.clock_policies import PolicyKind as ClockKind
from claims.models.compensation import PolicyKind
from claims.queries import clock_policies as clocks
from claims.queries import policies
from claims.views import policy_words
from claims.views.clock_words import amount_words
from stations.rules.regions import is_county_like


class RulesQuery(Input):
    default_error_messages = {"no_county": _("This is no code of a county.")}
    county = TextField(required=False, max_length=12)

    def validate_county(self, code):
        try:
            if is_county_like(code):
                return code
        except InvalidValue:
            pass
        self.fail("no_county")


class TierOut(Output):
    up_to_permille = serializers.IntegerField(help_text="Bad share up to which this tier goes.")
    pays_permille = serializers.IntegerField(help_text="Share of what was paid that is paid back.")


class RuleInWordsOut(Output):
    label = serializers.CharField()
    words = serializers.CharField()


class CompensationRulesOut(Output):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_code", help_text="Empty: the whole programme.")
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    last_day = serializers.DateField(allow_null=True)
    is_in_force = serializers.BooleanField()
    kind = serializers.ChoiceField(PolicyKind.choices)
    tiers = TierOut(many=True)
    includes_freight = serializers.BooleanField()
    tolerance_permille = serializers.IntegerField(help_text="Bad share below which nothing is due.")
    multiplier_permille = serializers.IntegerField()
    minimum = YuanField(source="minimum_fen")
    cap = YuanField(source="cap_fen", allow_null=True)
    coupon_bonus_permille = serializers.IntegerField()
    coupon_days = serializers.IntegerField()
    photos_required = serializers.IntegerField()
    automatic_limit = YuanField(source="automatic_limit_fen", help_text="Approved by rule up to this.")
    officer_limit = YuanField(source="officer_limit_fen", help_text="A claims officer decides up to this.")
    claim_limit = YuanField(source="claim_limit_fen", help_text="Advanced on one claim at most.")
    appeal_days = serializers.IntegerField()
    text = serializers.CharField(source="published_text")
    in_words = RuleInWordsOut(many=True)


class PromiseOut(Output):
    clock = serializers.ChoiceField(ClockChoices.choices)
    clock_words = serializers.CharField()
    goods_type = serializers.ChoiceField([("", ""), *GoodsTypeChoices.choices], help_text="Empty: any.")
    nature = serializers.ChoiceField([("", ""), *NatureChoices.choices])
    severity = serializers.ChoiceField([("", ""), *SeverityChoices.choices])
    amount = serializers.IntegerField(help_text="Minutes; days where `basis` counts days.")
    basis = serializers.ChoiceField(BasisChoices.choices)
    amount_words = serializers.CharField()
    source = serializers.CharField(help_text="Law or standard it comes from; empty for a promise of ours.")


class LongestPauseOut(Output):
    reason = serializers.ChoiceField(PauseReasonChoices.choices)
    reason_words = serializers.CharField()
    minutes = serializers.IntegerField()


class ClockRulesOut(Output):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(ClockKind.choices)
    county = serializers.CharField(source="county_code", help_text="Empty: the whole programme.")
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    is_in_force = serializers.BooleanField()
    note = serializers.CharField()
    promises = PromiseOut(many=True)
    longest_pauses = LongestPauseOut(many=True)


class RulesOut(Output):
    county = serializers.CharField(help_text="Whose rules these are; empty for the whole programme.")
    compensation = CompensationRulesOut(many=True, help_text="The newest version first.")
    clocks = ClockRulesOut(many=True, help_text="Promises, then limits set by law; the newest first.")


class RulesView(ReferenceView):
    """The rules as the public rule book has them: of the programme, or with `county` those that count in a
    county. Versions ahead and past stand beside those in force."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = RulesOut
    query_class = RulesQuery
    parameters = {"county": {"type": "string", "pattern": "^[0-9]{12}$"}}

    def get(self, request):
        """Show the rules"""
        county, today = self.asked().get("county", ""), timezone.localdate()
        told = {
            "county": county,
            "compensation": _compensation(county, today),
            "clocks": [
                each for kind in (ClockKind.SERVICE, ClockKind.LAW) for each in _clocks(county, kind, today)
            ],
        }
        return Response(self.shown(told))


def _compensation(county: str, today: date) -> list[Any]:
    in_force = policies.policy_for(county, today)
    told = []
    for version in policies.versions_in(county):
        policy = version.policy
        policy.last_day, policy.is_in_force = version.last_day, policy == in_force
        policy.in_words = policy_words.said(policy, policy_words.PUBLIC)
        told.append(policy)
    return told


def _clocks(county: str, kind: str, today: date) -> list[Any]:
    in_force = clocks.policy_on(county, today, kind)
    versions = [policy for policy, _before in clocks.versions_in(county, kind)]
    said = clocks.allowances_of([policy.pk for policy in versions])
    for policy in versions:
        policy.is_in_force = policy == in_force
        policy.promises = [_promise(line) for line in said[policy.pk].rules]
        policy.longest_pauses = [
            {"reason": reason, "reason_words": PauseReasonChoices(reason).label, "minutes": minutes}
            for reason, minutes in sorted(said[policy.pk].longest_pause.items())
        ]
    return versions


def _promise(line) -> dict[str, Any]:
    return {
        "clock": line.clock,
        "clock_words": ClockChoices(line.clock).label,
        "goods_type": line.goods_type,
        "nature": line.nature,
        "severity": line.severity,
        "amount": line.amount,
        "basis": line.basis,
        "amount_words": amount_words(line.amount, line.basis),
        "source": line.source,
    }
