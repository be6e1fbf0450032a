"""Every code that a program sends or is told, with its words in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db.models import Choices
from django.utils import translation
from rest_framework import serializers
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Input, Output
from aftersales.web.api.reference import ReferenceView
from claims.models import choices
from claims.models.compensation import AskedHow, CompensationState, PayoutMethod, Remedy
from claims.models.evidence import PhotoKind
from claims.models.follow_ups import FollowUpKind, FollowUpState, OutcomeChoices
from claims.models.orders import ConsentKind, OrderState, Unit
from claims.models.payouts import FailureReason, PayoutStateChoices
from stations.models.calendar import DayKind
from stations.models.network import FunctionTag, StationState, TierChoices
from stations.models.parties import PartyKind

KINDS: Mapping[str, type[Choices]] = {
    "order_state": OrderState,
    "unit": Unit,
    "goods_type": choices.GoodsTypeChoices,
    "nature": choices.NatureChoices,
    "severity": choices.SeverityChoices,
    "channel": choices.Channel,
    "consent": ConsentKind,
    "photo_kind": PhotoKind,
    "claim_status": choices.StatusChoices,
    "rejection": choices.RejectionCode,
    "return_exception": choices.ReturnExceptionChoices,
    "remedy": Remedy,
    "asked_how": AskedHow,
    "payout_method": PayoutMethod,
    "compensation_state": CompensationState,
    "payout_state": PayoutStateChoices,
    "payout_failure": FailureReason,
    "follow_up_kind": FollowUpKind,
    "follow_up_state": FollowUpState,
    "follow_up_outcome": OutcomeChoices,
    "clock": choices.ClockChoices,
    "basis": choices.BasisChoices,
    "pause_reason": choices.PauseReasonChoices,
    "party_kind": PartyKind,
    "tier": TierChoices,
    "station_state": StationState,
    "station_function": FunctionTag,
    "day_kind": DayKind,
    "scope": ApiScope,
}


class ChoicesQuery(Input):
    kind = serializers.ChoiceField(list(KINDS), required=False)


class KnownCodeOut(Output):
    code = serializers.CharField()
    zh = serializers.CharField()
    en = serializers.CharField()


class ChoiceKindOut(Output):
    kind = serializers.ChoiceField(list(KINDS))
    codes = KnownCodeOut(many=True)


class ChoicesOut(Output):
    data = ChoiceKindOut(many=True)


class ChoicesView(ReferenceView):
    """Codes never change their meaning; new ones may be added. `kind` asks for those of one kind."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    serializer_class = ChoicesOut
    query_class = ChoicesQuery
    parameters = {"kind": {"type": "string", "enum": list(KINDS)}}

    def get(self, request):
        """List codes and their words"""
        asked = self.asked().get("kind")
        told = [
            {"kind": kind, "codes": codes_of(KINDS[kind])} for kind in ([asked] if asked else list(KINDS))
        ]
        return Response(self.shown({"data": told}))


def codes_of(kind: type[Choices]) -> list[dict[str, str]]:
    """The codes of one kind with their words in every language, in the order in which people read them."""
    words = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words[language[:2]] = [str(label) for label in kind.labels]
    return [
        {"code": str(value), **{language: told[place] for language, told in words.items()}}
        for place, value in enumerate(kind.values)
    ]
