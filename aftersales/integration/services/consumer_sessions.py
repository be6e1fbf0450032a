"""Sessions of consumers: opened with a code, ended by the consumer, by time or with their token."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.integration.models import ConsumerSession, LoginCode
from aftersales.integration.services import secrets
from aftersales.lib.errors import Refused
from aftersales.web.api.callers import Caller

GOOD_FOR = timedelta(hours=24)
_SECRET = "aftersales.integration.consumer_session"


def open_with(*, code: LoginCode, caller: Caller, by: User, now: datetime) -> ConsumerSession:
    """Open the one session of a code that was checked (`login_codes.check`), for a day.

    Raises Refused("code_expired") when it was used or has ended, also by somebody else at the same moment.
    """
    with transaction.atomic():
        taken = LoginCode.objects.filter(pk=code.pk, used_at=None, expires_at__gt=now).exclude(digest="")
        if not taken.update(used_at=now):
            raise Refused(_("This code counts no more. Ask for a new one."), code="code_expired")
        session = ConsumerSession.objects.create(
            client_id=caller.client_id,
            token_id=caller.token_id,
            code=code,
            phone_index=code.phone_index,
            digest=secrets.digest(secret_of(code)),
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
        trail.record("consumer_session.opened", by=by, obj=session, county_code=by.county_code, at=now)
    return session


def end(*, session: ConsumerSession, by: User, now: datetime) -> None:
    """Let a session count no more; ending it again is nothing."""
    with transaction.atomic():
        if ConsumerSession.objects.filter(pk=session.pk, ended_at=None).update(ended_at=now):
            trail.record("consumer_session.ended", by=by, obj=session, county_code=by.county_code, at=now)


def secret_of(code: LoginCode) -> str:
    """The secret of the session that a code opens: 256 bits worked out from the id of the code and the secret
    of this installation, so that a repeated request has the same answer and no table holds it."""
    bits = salted_hmac(_SECRET, str(code.public_id), algorithm="sha256").digest()
    return f"{secrets.SESSION}{urlsafe_b64encode(bits).decode().rstrip('=')}"


def purge(*, before: datetime) -> int:
    """Forget sessions that ended before a moment. Returns how many."""
    return ConsumerSession.objects.filter(Q(expires_at__lt=before) | Q(ended_at__lt=before)).delete()[0]
