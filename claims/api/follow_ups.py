"""Follow-up calls and scores of the caller's claims."""

import django_filters
from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.web.api.fields import Output
from aftersales.web.api.filters import CodeFilter, MomentFilter, WordFilter
from aftersales.web.api.views import ApiView
from claims.api.steps import ScoreOut
from claims.models import FollowUp
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.queries.partners import follow_ups_of


class FollowUpFilter(django_filters.FilterSet):
    claim = WordFilter(field_name="claim__number")
    state = CodeFilter(choices=[each for each in FollowUpState.choices if each[0] != FollowUpState.VOID])
    kind = CodeFilter(choices=FollowUpKind.choices)
    opened_after = MomentFilter(field_name="opened_at", lookup_expr="gte")

    class Meta:
        model = FollowUp
        fields: tuple[str, ...] = ()


class FollowUpOut(Output):
    id = serializers.IntegerField()
    claim = serializers.CharField(source="claim.number")
    round = serializers.IntegerField()
    kind = serializers.ChoiceField(FollowUpKind.choices)
    state = serializers.ChoiceField(FollowUpState.choices)
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    scores = ScoreOut(many=True)


class FollowUpsView(ApiView):
    """Calls that are due or were made after claims were settled, with the stars that consumers gave. What
    they said in words stays inside."""

    scopes = {"GET": ApiScope.FOLLOW_UPS_READ}
    for_consumers = True
    is_list = True
    order = ("-opened_at", "-id")
    filterset_class = FollowUpFilter
    serializer_class = FollowUpOut

    def get(self, request):
        """List follow-ups"""
        return self.page(follow_ups_of(request.auth))
