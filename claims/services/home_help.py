"""That somebody needs help at home: told with a consent of its own, shown on request, withdrawn at any time.

Why somebody needs help is health data (Personal Information Protection Law, articles 28 and 29): it is
sealed, kept apart from the consumer's other data, and taken away with the consent.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts import sealing
from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Consumer, HomeHelp, Visit
from claims.models.orders import ConsentKind
from claims.services import reach, reasons

WHY_SIGNS = 200


def record(*, consumer: Consumer, why: str, consent_how: str, by: User, now: datetime) -> HomeHelp:
    """Keep that a consumer needs help at home, with how they agreed to that being kept; why may stay untold.

    Raises Refused: "unknown_consumer", "personal_data_erased", "consent_missing", "too_long",
    "known_already".
    """
    consumer = reach.consumer(consumer)
    if consumer.erased_at is not None:
        raise sealing.Erased
    if consent_how not in ConsentKind.values:
        raise Refused(
            _("Say how the consumer agreed. Without consent nothing is kept."),
            code="consent_missing",
            field="consent_how",
        )
    why = " ".join(why.split())
    if len(why) > WHY_SIGNS:
        raise Refused(
            _("Use at most %(limit)s characters.") % {"limit": WHY_SIGNS}, code="too_long", field="why"
        )
    key = sealing.new_person_key()
    row = HomeHelp(
        consumer=consumer,
        station_id=consumer.station_id,
        county_code=consumer.county_code,
        person_key=key,
        why_sealed=sealing.seal(key, why),
        consent_how=consent_how,
        recorded_by=by,
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            trail.record(
                "home_help.recorded",
                by=by,
                obj=row,
                after={"consumer": consumer.pk, "consent": consent_how, "why_told": bool(why)},
                at=now,
            )
    except IntegrityError:
        raise Refused(
            _("It is known already that this consumer needs help at home."), code="known_already"
        ) from None
    return row


def reveal(*, home_help: HomeHelp, reason: str, by: User, now: datetime) -> str:
    """Why somebody needs help, for one person who says what for; "" where it was not told.

    Raises Refused: "unknown_home_help", "withdrawn", "reason_missing".
    """
    row = _standing(home_help)
    reason = reasons.given(" ".join(reason.split()))
    why = sealing.unseal(row.person_key, row.why_sealed)
    trail.record("home_help.revealed", by=by, obj=row, reason=reason, at=now)
    return why


def withdraw(*, home_help: HomeHelp, by: User, now: datetime) -> HomeHelp:
    """Take the consent back: why is deleted with its key, and the mark is taken off the consumer's visits.

    That there was a consent, and until when, stays known. Raises Refused("unknown_home_help"),
    Refused("withdrawn").
    """
    row = _standing(home_help)
    with transaction.atomic():
        changed = HomeHelp.objects.filter(pk=row.pk, withdrawn_at__isnull=True).update(
            withdrawn_at=now, person_key="", why_sealed=""
        )
        if not changed:
            raise _withdrawn()
        # Past the scope: the mark goes from every visit, wherever it was planned.
        Visit._base_manager.filter(claim__consumer_id=row.consumer_id, is_home_help=True).update(
            is_home_help=False
        )
        trail.record("home_help.withdrawn", by=by, obj=row, after={"consumer": row.consumer_id}, at=now)
    row.withdrawn_at, row.person_key, row.why_sealed = now, "", ""
    return row


def _standing(home_help: HomeHelp) -> HomeHelp:
    row = HomeHelp.objects.filter(pk=home_help.pk).first()
    if row is None:
        raise Refused(_("There is no such entry."), code="unknown_home_help")
    if row.withdrawn_at is not None:
        raise _withdrawn()
    return row


def _withdrawn() -> Refused:
    return Refused(_("The consumer has withdrawn this consent."), code="withdrawn")
