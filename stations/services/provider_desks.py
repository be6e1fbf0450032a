"""Accounts of service providers: opened by the county manager, taken back when not wanted any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.accounts import services as accounts
from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import Party, ProviderDesk, Region
from stations.models.parties import PartyKind
from stations.services import agents, grants


@dataclass(frozen=True)
class DeskOpened:
    """A new account of a provider, and the password that is shown this once and stored nowhere."""

    desk: ProviderDesk
    password: str


def open_desk(
    *, provider: Party, county: Region, username: str, full_name: str, by: User, now: datetime
) -> DeskOpened:
    """Open an account with which somebody at a provider answers the orders of one county.

    Raises Refused: "not_a_provider", "username", "username_taken", "full_name", and what grants.give refuses.
    """
    if provider.kind != PartyKind.PROVIDER:
        raise Refused(_("Only a service provider has such an account."), code="not_a_provider")
    password = accounts.one_time_password()
    with transaction.atomic():
        user = agents.new_user(username, full_name, county.code, password)
        desk = ProviderDesk.objects.create(
            user=user, provider=provider, county_code=county.code, opened_by=by, opened_at=now
        )
        grants.give(
            user=user, role=Role.PROVIDER, region=county, reason=_("account of a provider"), by=by, now=now
        )
        trail.record(
            "provider_desk.opened", by=by, obj=desk, after={"user": user.pk, "provider": provider.pk}, at=now
        )
    return DeskOpened(desk=desk, password=password)


def close_desk(*, desk: ProviderDesk, reason: str, by: User, now: datetime) -> ProviderDesk:
    """Take an account of a provider back: its role goes, nobody signs in with it any more.

    Raises Refused: "unknown_desk", "already_closed", and what grants.withdraw refuses.
    """
    current = ProviderDesk.objects.select_related("user").filter(pk=desk.pk).first()
    if current is None:
        raise Refused(_("There is no such account."), code="unknown_desk")
    with transaction.atomic():
        closed = ProviderDesk.objects.filter(pk=desk.pk, closed_at__isnull=True).update(closed_at=now)
        if not closed:
            raise Refused(_("This account is closed already."), code="already_closed")
        grants.withdraw_all(user=current.user, reason=reason, by=by, now=now)
        agents.close_account(user=current.user, reason=reason, by=by, now=now)
        trail.record("provider_desk.closed", by=by, obj=current, reason=reason, at=now)
        current.refresh_from_db()
    return current
