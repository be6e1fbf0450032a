"""Codes that prove a phone: six digits by message, good for five minutes and tries. docs/integration.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.sealing import phone_index
from aftersales.audit import trail
from aftersales.integration.models import LoginCode
from aftersales.lib.errors import Refused
from aftersales.notices import channels
from aftersales.notices.posting import OutsideMessage, post_outside
from aftersales.web.api.callers import Caller
from aftersales.web.queueing import enqueue
from aftersales.web.throttle import Throttle
from claims.models import Consumer
from claims.queries.partners import consumers_of
from claims.services.consumers import checked_phone
from claims.services.results import CONSUMERS

EVENT = "session.code"
GOOD_FOR = timedelta(minutes=5)
MOST_TRIES = 5
DIGITS = 6
WINDOW = timedelta(minutes=15)
# One more than may pass: a request counts first and asks then, so that of two at once only one is the last.
ASKED_BY_PHONE = Throttle("login-code-phone", 3 + 1, WINDOW)
ASKED_BY_CLIENT = Throttle("login-code-client", 300 + 1, WINDOW)
ASKED_BY_ADDRESS = Throttle("login-code-address", 300 + 1, WINDOW)
WRONG_BY_PHONE = Throttle("login-code-wrong", 20, timedelta(days=1))
_CODE, _DIGEST = "aftersales.integration.login_code", "aftersales.integration.login_digest"


class TooMany(Refused):
    """Codes were asked for, or guessed, too often; in `wait` seconds it is worth another try."""

    def __init__(self, wait: timedelta):
        super().__init__(_("Too many codes were asked for. Wait a while and try again."), code="throttled")
        self.wait = wait.total_seconds()


def index_of(phone: str) -> str:
    """The blind index of a phone as it was sent. Raises Refused("phone_invalid")."""
    return phone_index(checked_phone(phone))


def ask(*, caller: Caller, index: str, address: str, language: str, by: User, now: datetime) -> LoginCode:
    """Send a code to the consumer of this application who has the phone; a row is kept either way.

    Nothing in the row's answer tells whether anybody is known by the phone. The message holds the id of the
    code alone: its digits are worked out from it when the message leaves. At most 3 for a phone and 300 for
    an application or address in a quarter of an hour.

    Raises TooMany.
    """
    with transaction.atomic():
        _count(index, caller, address, now)
        consumer = consumers_of(replace(caller, consumer=index)).order_by("-pk").first()
        code = LoginCode(
            client_id=caller.client_id,
            token_id=caller.token_id,
            public_id=uuid4(),
            phone_index=index,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
        if consumer is not None:
            code.digest = _digest(code, digits_of(str(code.public_id)))
        code.save(force_insert=True)
        if consumer is not None:
            _send(code, consumer, language, now)
    return code


def check(*, code: LoginCode, digits: str, by: User, now: datetime) -> None:
    """Count a try and compare; commits the try whatever comes of it, so it stands outside of the effect.

    A code that was used passes: whoever opens a session with it is told there.

    Raises Refused: "code_expired" also after five tries, "code_wrong"; TooMany.
    """
    if code.used_at is not None:
        return
    if WRONG_BY_PHONE.is_closed(code.phone_index, now=now):
        raise TooMany(WRONG_BY_PHONE.window)
    tried = LoginCode.objects.filter(
        pk=code.pk, used_at=None, tries__lt=MOST_TRIES, expires_at__gt=now
    ).update(tries=F("tries") + 1)
    if not tried and LoginCode.objects.filter(pk=code.pk, used_at__isnull=False).exists():
        return
    if not tried:
        raise Refused(_("This code counts no more. Ask for a new one."), code="code_expired")
    if not compare_digest(code.digest.encode(), _digest(code, digits).encode()):
        with transaction.atomic():
            WRONG_BY_PHONE.count_failure(code.phone_index, now=now)
            trail.record("consumer_session.code_wrong", by=by, obj=code, county_code=by.county_code, at=now)
        raise Refused(_("This is not the code that was sent."), code="code_wrong", field="code")


def find(*, caller: Caller, public_id) -> LoginCode | None:
    """The code that this application asked for, by the id it was told."""
    return LoginCode.objects.filter(client_id=caller.client_id, public_id=public_id).first()


def digits_of(public_id: str) -> str:
    """The digits of a code, from its id and the secret of this installation."""
    number = int.from_bytes(salted_hmac(_CODE, public_id, algorithm="sha256").digest()[:8])
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def purge(*, before: datetime) -> int:
    """Forget codes that ended before a moment; sessions stay. Returns how many."""
    return LoginCode.objects.filter(expires_at__lt=before).delete()[0]


def _digest(code: LoginCode, digits: str) -> str:
    return salted_hmac(_DIGEST, f"{code.public_id}:{digits}", algorithm="sha256").hexdigest()


def _count(index: str, caller: Caller, address: str, now: datetime) -> None:
    for throttle, subject in (
        (ASKED_BY_PHONE, index),
        (ASKED_BY_CLIENT, str(caller.client_id)),
        (ASKED_BY_ADDRESS, address),
    ):
        throttle.count_failure(subject, now=now)
        if throttle.is_closed(subject, now=now):
            raise TooMany(throttle.window)
    if WRONG_BY_PHONE.is_closed(index, now=now):
        raise TooMany(WRONG_BY_PHONE.window)


def _send(code: LoginCode, consumer: Consumer, language: str, now: datetime) -> None:
    channel = "console" if settings.DEVELOPMENT and "sms" not in channels.active() else "sms"
    message = OutsideMessage(
        event=EVENT,
        channel=channel,
        reach_kind=CONSUMERS,
        reach_id=consumer.pk,
        key=f"{EVENT}:{code.public_id}",
        params={"code": str(code.public_id), "minutes": int(GOOD_FOR.total_seconds() // 60)},
        county_code=consumer.county_code,
        urgent=True,
        language=language,
    )
    if post_outside([message], now=now):
        enqueue("aftersales.ops.tasks.drain_channel", channel)
