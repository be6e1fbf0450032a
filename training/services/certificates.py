"""Certificates issued by rule, renewed, revoked by somebody else, ended. docs/rules/certificates.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts.models import User, system_user
from aftersales.audit import trail
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.notices.posting import Message, post
from stations.models import Agent
from stations.services import agents
from training.models import Certificate
from training.queries import certificates as reading
from training.queries.learners import learner_of
from training.rules import certificates as rules

MANY = 100
"""How many certificates one submission issues at most."""

SHORTEST_REASON, LONGEST_REASON = 5, 300
TOLD_AFTER_END = timedelta(days=30)
"""How long after its end the holder of a certificate is still told, when nothing ran for a while."""


@dataclass
class Issued:
    """What came of issuing to many: the certificates, and who got none and why."""

    certificates: list[Certificate] = field(default_factory=list)
    refused: list[tuple[User, str]] = field(default_factory=list)


def issue(user: User, *, by: User, now: datetime) -> Certificate:
    """Give somebody the certificate, or renew it; the days that are left of the old one are added.

    Rests on one passed theory exam and one passed practical exam, each used once, and on the required
    courses. The name is that of the account on this day. Tells the stations how long the person is certified.

    Raises Refused("own_certificate"), Refused("not_posted"), Refused("name_missing"),
    Refused("not_qualified") with what is missing, Refused("issued_meanwhile").
    """
    if user.pk == by.pk:
        raise Refused(_("Nobody gives a certificate to themselves."), code="own_certificate")
    holder_name = user.full_name.strip()
    if not holder_name:
        raise Refused(_("The account has no name. Ask the county manager to enter it."), code="name_missing")
    today = timezone.localdate(now)
    with transaction.atomic():
        # Of two that issue to one person or revoke at the same moment the second judges what the first left.
        agent = _held(learner_of(user).user_id)
        result = reading.qualification(user, today)
        if not result.is_ready:
            raise Refused(" ".join(result.missing), code="not_qualified")
        old = result.renews
        certificate = Certificate(
            number=rules.make_number(),
            user=user,
            holder_name=holder_name,
            station=agent.station,
            county_code=agent.county_code,
            sitting=result.sitting,
            practical=result.practical,
            issued_on=today,
            valid_until=rules.valid_until(today, old.valid_until if old else None),
            issued_by=by,
            renews=old if old and not _is_renewed(old) else None,
            shows_name=bool(old and old.shows_name),
            consented_at=old.consented_at if old and old.shows_name else None,
        )
        try:
            with transaction.atomic():
                certificate.save(force_insert=True)
        except IntegrityError:
            raise Refused(
                _("Somebody has just issued this certificate. Look again."), code="issued_meanwhile"
            ) from None
        _tell_stations(agent, by=by, now=now)
        trail.record(
            "certificate.issued",
            by=by,
            obj=certificate,
            after={"user": user.pk, "until": certificate.valid_until.isoformat(), "renews": old and old.pk},
            at=now,
        )
        post([_message("certificate.issued", certificate)], now=now)
    return certificate


def issue_many(users: Sequence[User], *, by: User, now: datetime) -> Issued:
    """Issue to each of these people; who does not qualify gets none, and that is said.

    Raises Refused("nobody_chosen"), Refused("too_many") beyond 100.
    """
    if not users:
        raise Refused(_("Choose at least one person."), code="nobody_chosen")
    if len(users) > MANY:
        raise Refused(
            _("At most %(most)s certificates at once. Choose fewer people.") % {"most": MANY},
            code="too_many",
        )
    done = Issued()
    with transaction.atomic():
        # In one order, so that two who issue to the same people do not wait for each other.
        for user in sorted(users, key=lambda user: user.pk):
            try:
                done.certificates.append(issue(user, by=by, now=now))
            except Refused as refused:
                done.refused.append((user, refused.message))
    return done


def revoke(certificate: Certificate, *, reason: str, by: User, now: datetime) -> Certificate:
    """Take a certificate back, with a reason; the stations are told what still stands.

    By somebody who neither holds nor issued it. Raises Refused("own_certificate"), Refused("own_issue"),
    Refused("reason_missing"), Refused("reason_long"), Refused("already_revoked").
    """
    if certificate.user_id == by.pk:
        raise Refused(_("Nobody revokes their own certificate."), code="own_certificate")
    if certificate.issued_by_id == by.pk:
        raise Refused(
            _("Who issued a certificate does not revoke it. Ask another colleague."), code="own_issue"
        )
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise Refused(_("Say in a few words why."), code="reason_missing", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(_("Say it in at most 300 signs."), code="reason_long", field="reason")
    with transaction.atomic():
        agent = _held(certificate.user_id)
        if not Certificate.objects.filter(pk=certificate.pk, revoked_at__isnull=True).update(
            revoked_at=now, revoked_by=by, revoked_reason=reason
        ):
            raise Refused(_("This certificate is revoked already."), code="already_revoked")
        certificate.refresh_from_db()
        # Quiet: the person may be posted in another county meanwhile; the event below says what happened.
        with system_scope("certified until, after revoking", quiet=True):
            _tell_stations(agent, by=by, now=now)
        trail.record("certificate.revoked", by=by, obj=certificate, reason=reason, at=now)
        post([_message("certificate.revoked", certificate)], now=now)
    return certificate


def set_consent(certificate: Certificate, *, shows_name: bool, by: User, now: datetime) -> Certificate:
    """Show the holder's name on the public page, or no longer; the holder alone decides.

    Asking for what is so already changes nothing. A name can be taken off a revoked certificate as well, but
    not put on. Raises Refused("not_yours"), Refused("already_revoked").
    """
    if certificate.user_id != by.pk:
        raise Refused(_("Only the holder decides whether the name is shown."), code="not_yours")
    with transaction.atomic():
        own = Certificate._base_manager.filter(pk=certificate.pk)
        standing = own.filter(revoked_at__isnull=True) if shows_name else own
        changed = standing.filter(shows_name=not shows_name).update(
            shows_name=shows_name, consented_at=now if shows_name else None
        )
        certificate = own.get()
        if certificate.shows_name != shows_name:
            raise Refused(_("This certificate is revoked."), code="already_revoked")
        if changed:
            trail.record(
                "certificate.consent_given" if shows_name else "certificate.consent_withdrawn",
                by=by,
                obj=certificate,
                at=now,
            )
    return certificate


def send_reminders(now: datetime) -> int:
    """Remind holders 60, 30 and 7 days before the end, and tell them once when it has ended.

    Who holds one that ends later is not reminded, nor who has left. Returns how many messages were sent.
    """
    today = timezone.localdate(now)
    first = today - TOLD_AFTER_END
    with system_scope("remind holders of certificates", quiet=True):
        running = Certificate.objects.filter(
            revoked_at__isnull=True, valid_until__range=(first, today + max(rules.REMINDED_BEFORE))
        )
        holders = Agent.objects.filter(left_on__isnull=True, user__is_active=True).values("user_id")
        due = [
            (certificate, step)
            for certificate in reading.without_later(running).filter(user__in=holders).order_by("pk")
            if (step := _step_due(certificate, today)) is not None
        ]
        return sum(_remind(certificate, step, today, now) for certificate, step in due)


def _step_due(certificate: Certificate, today) -> timedelta | None:
    return rules.reminder_due(certificate.valid_until, reminded_on=certificate.reminded_on, today=today)


def _remind(certificate: Certificate, step: timedelta, today, now: datetime) -> int:
    with transaction.atomic():
        if not Certificate.objects.filter(
            pk=certificate.pk, revoked_at__isnull=True, reminded_on=certificate.reminded_on
        ).update(reminded_on=today):
            return 0
        has_ended = step == rules.ENDED
        if has_ended:
            trail.record("certificate.expired", by=system_user(), obj=certificate, at=now)
        event = "certificate.expired" if has_ended else "certificate.ends"
        return post([_message(event, certificate, key=f"{certificate.pk}:{step.days}")], now=now)


def _is_renewed(certificate: Certificate) -> bool:
    return Certificate._base_manager.filter(renews=certificate).exists()


def _held(user_id: int) -> Agent:
    """The person behind an account as they stand, held to the end of the transaction."""
    return Agent._base_manager.select_for_update(no_key=True).get(user_id=user_id)


def _tell_stations(agent: Agent, *, by: User, now: datetime) -> None:
    spans = rules.certified(reading.spans_that_stand(agent.user_id))
    until = spans[-1][1] if spans else None
    agents.set_certified_until(agent=agent, until=until, spans=spans, by=by, now=now)


def _message(event: str, certificate: Certificate, *, key: str = "") -> Message:
    return Message(
        event=event,
        recipient_id=certificate.user_id,
        key=f"{event}:{key or certificate.pk}",
        params={
            "number": rules.grouped(certificate.number),
            "until_on": certificate.valid_until.isoformat(),
        },
        url=reverse("training:certificate_own"),
        county_code=certificate.county_code,
    )
