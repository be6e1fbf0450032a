"""Tokens of applications: issued and shown once, replaced with an overlap, revoked at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts.api_scopes import ApiScope
from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.integration.models import ApiClient, ApiToken
from aftersales.integration.services import secrets
from aftersales.lib.errors import Refused
from aftersales.web.lines import checked_line
from stations.queries import active_grants
from stations.services import grants

LABEL_SIGNS = 80
MOST_DAYS = 366
MOST_RATE = 6000
MOST_OVERLAP = timedelta(days=7)


@dataclass(frozen=True)
class Issued:
    """A new token, and the secret that is shown this once and stored nowhere."""

    token: ApiToken
    secret: str


def issue(
    *,
    client: ApiClient,
    label: str,
    scopes: Collection[str],
    rate_per_minute: int = 300,
    days: int = 180,
    by: User,
    now: datetime,
) -> Issued:
    """Issue a token for an application, good for these scopes and so many days.

    Raises Refused with label_missing, too_long, unprintable, no_scope, unknown_choice, rate_out_of_range,
    days_out_of_range, client_suspended, beyond_reach.
    """
    label = checked_line(label, limit=LABEL_SIGNS, field="label")
    if not label:
        raise Refused(_("Say what the token is for."), code="label_missing", field="label")
    if not scopes:
        raise Refused(_("Choose what the token is good for."), code="no_scope", field="scopes")
    if set(scopes) - set(ApiScope.values):
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="scopes")
    if not 1 <= rate_per_minute <= MOST_RATE:
        raise Refused(
            _("Allow 1 to %(most)s requests a minute.") % {"most": MOST_RATE},
            code="rate_out_of_range",
            field="rate_per_minute",
        )
    if not 1 <= days <= MOST_DAYS:
        raise Refused(
            _("A token is good for 1 to %(most)s days.") % {"most": MOST_DAYS},
            code="days_out_of_range",
            field="days",
        )
    if client.is_suspended:
        raise Refused(_("This application is suspended."), code="client_suspended")
    _check_reach(client, by, now)
    values = {"label": label, "scopes": sorted(scopes), "rate_per_minute": rate_per_minute}
    with transaction.atomic():
        issued = _write(client, values, expires_at=now + timedelta(days=days), by=by, now=now)
        trail.record("api_token.issued", by=by, obj=issued.token, after=_facts(issued.token), at=now)
    return issued


def rotate(*, token: ApiToken, overlap: timedelta, days: int = 180, by: User, now: datetime) -> Issued:
    """Issue a successor with the same scopes and rate, and let the old one end after the overlap.

    Raises Refused with token_ended, overlap_out_of_range, days_out_of_range, client_suspended, beyond_reach.
    """
    if not timedelta(0) <= overlap <= MOST_OVERLAP:
        raise Refused(
            _("Let both count for at most %(days)s days.") % {"days": MOST_OVERLAP.days},
            code="overlap_out_of_range",
            field="overlap",
        )
    if not 1 <= days <= MOST_DAYS:
        raise Refused(
            _("A token is good for 1 to %(most)s days.") % {"most": MOST_DAYS},
            code="days_out_of_range",
            field="days",
        )
    if token.client.is_suspended:
        raise Refused(_("This application is suspended."), code="client_suspended")
    _check_reach(token.client, by, now)
    with transaction.atomic():
        known = ApiToken.objects.select_for_update(of=("self",)).get(pk=token.pk)
        if known.revoked_at is not None or known.expires_at <= now:
            raise Refused(_("This token has ended. Issue a new one."), code="token_ended")
        values = {
            "label": known.label,
            "scopes": known.scopes,
            "rate_per_minute": known.rate_per_minute,
            "replaces": known,
        }
        issued = _write(token.client, values, expires_at=now + timedelta(days=days), by=by, now=now)
        ends_at = max(now + overlap, known.created_at + timedelta(microseconds=1))
        ApiToken.objects.filter(pk=known.pk, expires_at__gt=ends_at).update(expires_at=ends_at)
        trail.record(
            "api_token.rotated",
            by=by,
            obj=issued.token,
            before={"token": known.pk, "ends_at": ends_at.isoformat()},
            after=_facts(issued.token),
            at=now,
        )
    return issued


def revoke(*, token: ApiToken, reason: str, by: User, now: datetime) -> ApiToken:
    """Let a token, and the sessions opened with it, count no more from the next request on.

    Raises Refused with reason_missing, token_ended.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    with transaction.atomic():
        revoked = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(
            revoked_at=now, revoked_by=by
        )
        if not revoked:
            raise Refused(_("This token was revoked before."), code="token_ended")
        trail.record("api_token.revoked", by=by, obj=token, reason=reason, at=now)
    return ApiToken.objects.get(pk=token.pk)


def _check_reach(client: ApiClient, by: User, now: datetime) -> None:
    """A token opens whatever the application's account reaches: nobody hands out more than their own."""
    for grant in active_grants(client.user_id, now).select_related("region", "station"):
        if not grants.may_give(role=grant.role, region=grant.region, station=grant.station, by=by, now=now):
            raise Refused(
                _("This application acts in places outside your own reach. Ask somebody above you."),
                code="beyond_reach",
            )


def _write(client: ApiClient, values: dict, *, expires_at: datetime, by: User, now: datetime) -> Issued:
    secret = secrets.new(secrets.TOKEN)
    token = ApiToken.objects.create(
        client=client,
        county_code=client.county_code,
        prefix=secrets.prefix(secret),
        digest=secrets.digest(secret),
        created_at=now,
        created_by=by,
        expires_at=expires_at,
        **values,
    )
    return Issued(token, secret)


def _facts(token: ApiToken) -> dict:
    return {
        "client": token.client_id,
        "scopes": list(token.scopes),
        "rate_per_minute": token.rate_per_minute,
        "expires_at": token.expires_at.isoformat(),
    }
