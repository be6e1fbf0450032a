"""`Authorization: Bearer …`: the token of an application, or the session of a consumer. docs/api.md."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header

from aftersales.accounts import scoping
from aftersales.accounts.api_scopes import CONSUMER_SCOPES
from aftersales.audit.trail import system_scope
from aftersales.integration.models import ApiToken, ConsumerSession
from aftersales.integration.services import secrets
from aftersales.web.api.callers import Caller
from claims.models import Consumer
from stations.access.scope import authority

PERMISSION = "claims.use_api"
USED_EVERY = timedelta(minutes=10)
"""How exactly the last use of a token is noted."""


class TokenRefused(exceptions.AuthenticationFailed):
    """No such token, or it counts no more; the code says which."""

    def __init__(self, text: str, code: str):
        super().__init__(text)
        self.default_code = code


class TokenAuthentication(BaseAuthentication):
    """Rights are read for every request: what is revoked or suspended counts no more for the next one."""

    def authenticate(self, request):
        kind, _blank, secret = get_authorization_header(request).partition(b" ")
        if not kind:
            return None
        if kind.lower() != b"bearer":
            raise TokenRefused(_("Send the token as Authorization: Bearer."), "token_malformed")
        try:
            text = secret.decode("ascii").strip()
        except UnicodeDecodeError:
            raise unknown() from None
        now = timezone.now()
        with system_scope("a token is looked up", quiet=True):
            known = _by_session if text.startswith(secrets.SESSION) else _by_token
            user, caller = known(text, now, request._request)
        held = authority(user)
        if PERMISSION not in held.permissions:
            raise TokenRefused(_("The account of this token has no rights."), "account_without_rights")
        scoping.enter(held.reach(PERMISSION))
        return user, caller

    def authenticate_header(self, request):
        return 'Bearer realm="api"'


def unknown() -> TokenRefused:
    return TokenRefused(_("There is no such token."), "token_unknown")


def _by_token(secret: str, now: datetime, http):
    token = (
        ApiToken.objects.select_related("client__user", "client__party")
        .filter(digest=secrets.digest(secret))
        .first()
    )
    if token is None:
        raise unknown()
    # Whatever comes of it, the answer is counted under the token: also what is tried with a revoked one.
    http.api_caller = caller = _caller(token, frozenset(token.scopes))
    _check(token, now)
    return token.client.user, caller


def _by_session(secret: str, now: datetime, http):
    session = (
        ConsumerSession.objects.select_related("token__client__user", "token__client__party")
        .filter(digest=secrets.digest(secret))
        .annotate(is_known=Exists(Consumer.objects.filter(phone_index=OuterRef("phone_index"))))
        .first()
    )
    if session is None:
        raise unknown()
    scopes = frozenset(session.token.scopes) & CONSUMER_SCOPES
    http.api_caller = caller = _caller(
        session.token, scopes, consumer=session.phone_index, session_id=session.pk
    )
    if session.ended_at is not None or session.expires_at <= now or not session.is_known:
        raise TokenRefused(_("This session has ended. Sign in with a new code."), "session_ended")
    _check(session.token, now)
    return session.token.client.user, caller


def _check(token: ApiToken, now: datetime) -> None:
    if token.revoked_at is not None:
        raise TokenRefused(_("This token was revoked."), "token_revoked")
    if token.expires_at <= now:
        raise TokenRefused(_("This token has expired."), "token_expired")
    if token.client.is_suspended or not token.client.user.is_active or token.client.party.is_suspended:
        raise TokenRefused(_("This application is suspended."), "client_suspended")
    if token.last_used_at is None or token.last_used_at < now - USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def _caller(token: ApiToken, scopes: frozenset[str], **consumer) -> Caller:
    return Caller(
        client_id=token.client_id,
        user_id=token.client.user_id,
        party_id=token.client.party_id,
        party_kind=token.client.party.kind,
        token_id=token.pk,
        rate_per_minute=token.rate_per_minute,
        scopes=scopes,
        adapter=token.client.adapter,
        **consumer,
    )


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema describes a token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer", "description": "A token, or a consumer's session."}
