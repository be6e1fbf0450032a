"""Codes of outside platforms that are read here instead of ours."""

from rest_framework import serializers
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Output
from aftersales.web.api.views import ApiView
from claims.models.choices import NatureChoices, SeverityChoices, StatusChoices
from claims.models.orders import OrderState
from claims.rules.adapters import CodeKind
from claims.services import adapters

KINDS = [(kind.value, kind.value) for kind in CodeKind]


class OutsideCodeOut(Output):
    kind = serializers.ChoiceField(KINDS, help_text="What the code speaks of.")
    code = serializers.CharField(help_text="As the platform writes it.")
    words = serializers.CharField(help_text="As the platform calls it.")
    state = serializers.ChoiceField(OrderState.choices, allow_null=True, help_text="Of an order.")
    status = serializers.ChoiceField(StatusChoices.choices, allow_null=True, help_text="Of a claim.")
    nature = serializers.ChoiceField(NatureChoices.choices, allow_null=True)
    severity = serializers.ChoiceField(SeverityChoices.choices, allow_null=True)
    is_without_reason = serializers.BooleanField(help_text="A return within seven days.")


class ToldOut(Output):
    order_state = serializers.DictField(
        child=serializers.CharField(), help_text="Their code for each state of an order."
    )
    case_status = serializers.DictField(
        child=serializers.CharField(), help_text="Their code for each status of a claim."
    )


class AdapterOut(Output):
    code = serializers.CharField()
    name = serializers.CharField()
    source = serializers.CharField(help_text="Where the codes are published.")
    is_yours = serializers.BooleanField(help_text="Whether your application sends these.")
    codes = OutsideCodeOut(many=True)
    told = ToldOut()


class AdaptersOut(Output):
    data = AdapterOut(many=True)


class AdaptersView(ApiView):
    """Platforms whose own codes an application may send, where it is registered with one of them."""

    scopes = {"GET": ApiScope.REFERENCE_READ}
    for_consumers = True
    serializer_class = AdaptersOut

    def get(self, request):
        """List outside codes

        `outside_state` of an order, `outside_service` and `outside_reason` of a claim are read by the table
        of your application. `told` says which of their codes stands for ours.
        """
        rows = [
            {
                "code": adapter.code,
                "name": adapter.name,
                "source": adapter.source,
                "is_yours": adapter.code == request.auth.adapter,
                "codes": adapter.codes,
                "told": {kind.value: adapter.told.get(kind, {}) for kind in adapters.TOLD},
            }
            for adapter in adapters.every().values()
        ]
        return Response(self.shown({"data": rows}))
