"""Consumers sign in: a code to their phone, a session for the code, and its end."""

from django.http import Http404
from django.utils import timezone, translation
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from aftersales.accounts.api_scopes import ApiScope
from aftersales.integration.models import ConsumerSession
from aftersales.integration.services import consumer_sessions, login_codes
from aftersales.web import idempotency
from aftersales.web.api.access import ANY
from aftersales.web.api.fields import Input, Output, TextField
from aftersales.web.api.views import KEY_HEADER, ApiView, Made


class CodeIn(Input):
    phone = TextField(max_length=30, help_text="The consumer's phone, as the consumer typed it.")


class CodeOut(Output):
    id = serializers.UUIDField(help_text="Send it with the code.")
    expires_at = serializers.DateTimeField(help_text="Until when the code counts.")


class SessionIn(Input):
    id = serializers.UUIDField(help_text="From the answer to the request for a code.")
    code = serializers.RegexField(r"\A[0-9]{6}\Z", max_length=6, help_text="The six digits.")


class SessionOut(Output):
    application = serializers.CharField(source="client.name", help_text="Name of the application.")
    opened_at = serializers.DateTimeField(source="created_at")
    expires_at = serializers.DateTimeField()


class OpenedOut(Output):
    secret = serializers.CharField(help_text="Send it as Authorization: Bearer on behalf of the consumer.")
    opened_at = serializers.DateTimeField(source="created_at")
    expires_at = serializers.DateTimeField()


def answer_too_many(many: login_codes.TooMany):
    """What a program is told that asks or guesses too often."""
    return exceptions.Throttled(wait=many.wait, detail=str(many.message))


class CodesView(ApiView):
    """Send a code to a consumer's phone.

    The answer is the same whether or not we know somebody by the phone. A code counts for five minutes and
    five tries; at most three are sent to a phone in a quarter of an hour.
    """

    scopes = {"POST": ApiScope.SESSIONS_OPEN}
    input_classes = {"POST": CodeIn}
    serializer_class = CodeOut
    refusals = {"POST": ["phone_invalid"]}

    def post(self, request):
        """Ask for a code"""
        index = login_codes.index_of(self.given()["phone"])

        def effect() -> Made:
            code = login_codes.ask(
                caller=request.auth,
                index=index,
                address=request.META.get("REMOTE_ADDR", ""),
                language=translation.get_language(),
                by=request.user,
                now=timezone.now(),
            )
            body = {"id": code.public_id, "expires_at": timezone.localtime(code.expires_at)}
            return Made(body, code)

        try:
            # The phone itself would lie in the fingerprint of the request, where it could be guessed.
            return self.once(effect, body=index)
        except login_codes.TooMany as many:
            raise answer_too_many(many) from None


class SessionsView(ApiView):
    """Open a session with the code that a consumer has received.

    It counts for 24 hours and reads and files what concerns this phone only. The same request under the same
    key gets the same session again.
    """

    scopes = {"POST": ApiScope.SESSIONS_OPEN}
    input_classes = {"POST": SessionIn}
    serializer_class = OpenedOut
    refusals = {"POST": ["not_found", "code_wrong", "code_expired"]}

    def post(self, request):
        """Open a session"""
        given, now = self.given(), timezone.now()
        code = login_codes.find(caller=request.auth, public_id=given["id"])
        if code is None:
            raise Http404
        known = idempotency.is_known(client=request.auth.client_key, key=request.headers.get(KEY_HEADER, ""))
        if not known:
            try:
                login_codes.check(code=code, digits=given["code"], by=request.user, now=now)
            except login_codes.TooMany as many:
                raise answer_too_many(many) from None

        def effect() -> Made:
            session = consumer_sessions.open_with(code=code, caller=request.auth, by=request.user, now=now)
            times = {"opened_at": session.created_at, "expires_at": session.expires_at}
            return Made({name: timezone.localtime(at) for name, at in times.items()}, session)

        response = self.once(effect)
        # The stored answer does not hold the secret; it is worked out for each answer.
        response.data = {"secret": consumer_sessions.secret_of(code), **response.data}
        return response


class CurrentSessionView(ApiView):
    """The session of the consumer for whom a request is sent."""

    scopes = {"GET": ANY, "DELETE": ANY}
    for_consumers = only_consumers = True
    if_match = ()
    serializer_class = SessionOut

    def get(self, request):
        """Show the session that was sent"""
        return self.one(self._session())

    def delete(self, request):
        """End the session that was sent"""
        consumer_sessions.end(session=self._session(), by=request.user, now=timezone.now())
        return Response(status=204)

    def _session(self) -> ConsumerSession:
        return ConsumerSession.objects.select_related("client").get(pk=self.request.auth.session_id)
