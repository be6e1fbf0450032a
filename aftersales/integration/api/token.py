"""What a token may ask about itself."""

from rest_framework import serializers

from aftersales.accounts.api_scopes import ApiScope
from aftersales.integration.models import ApiToken
from aftersales.web.api.access import ANY
from aftersales.web.api.fields import Output
from aftersales.web.api.views import ApiView


class TokenOut(Output):
    application = serializers.CharField(source="client.name", help_text="Name of the application.")
    party = serializers.CharField(source="client.party.name", help_text="The party it belongs to.")
    label = serializers.CharField()
    prefix = serializers.CharField(help_text="How the token begins.")
    scopes = serializers.ListField(child=serializers.ChoiceField(ApiScope.choices))
    rate_per_minute = serializers.IntegerField()
    issued_at = serializers.DateTimeField(source="created_at")
    expires_at = serializers.DateTimeField()


class TokenView(ApiView):
    """The token that was sent: whose it is, what it is good for, until when."""

    scopes = {"GET": ANY}
    for_consumers = True
    serializer_class = TokenOut

    def get(self, request):
        """Show the token that was sent"""
        token = ApiToken._base_manager.select_related("client__party").get(pk=request.auth.token_id)
        return self.one(token)
