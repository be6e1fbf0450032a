"""Applications of other parties: registering one with an account of its own, suspending it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit import trail
from aftersales.integration.models import ApiClient
from aftersales.lib.errors import Refused
from aftersales.web.lines import checked_line
from claims.services import adapters
from stations.models import Party, Region
from stations.rules.regions import county_code
from stations.services import grants

NAME_SIGNS, CONTACT_SIGNS = 80, 120


def register(
    *,
    party: Party,
    name: str,
    regions: Collection[Region],
    is_programme_wide: bool = False,
    contact: str = "",
    adapter: str = "",
    reason: str,
    by: User,
    now: datetime,
) -> ApiClient:
    """Register an application and open the account under which it acts, in these regions or everywhere.

    Whoever registers needs a grant that may give the role there (stations.services.grants). It can do
    nothing before a token is issued.

    One of several counties is registered by whoever could let it act everywhere: no manager of one of them
    would see it, or could stop it.

    Raises Refused with name_missing, too_long, unprintable, party_suspended, unknown_choice, one_reach,
    several_counties, already_registered, and "rank", "reach", "reason_missing" as `grants.give` does.
    """
    name = checked_line(name, limit=NAME_SIGNS, field="name")
    contact = checked_line(contact, limit=CONTACT_SIGNS, field="contact")
    if not name:
        raise Refused(_("Name the application."), code="name_missing", field="name")
    if party.is_suspended:
        raise Refused(_("This party is suspended."), code="party_suspended", field="party")
    if adapter and adapter not in adapters.every():
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="adapter")
    if bool(regions) == is_programme_wide:
        raise Refused(_("Choose regions, or the whole programme."), code="one_reach", field="regions")
    counties = {county_code(region.code) for region in regions}
    may_everywhere = grants.may_give(role=Role.INTEGRATION, region=None, station=None, by=by, now=now)
    if len(counties) > 1 and not may_everywhere:
        raise Refused(
            _("Register it for each county apart, or ask the platform desk to register it for several."),
            code="several_counties",
            field="regions",
        )
    with transaction.atomic():
        try:
            with transaction.atomic():
                client = _write(party, name, contact, adapter, counties, by=by, now=now)
        except IntegrityError:
            raise Refused(
                _("This party has an application of this name."), code="already_registered", field="name"
            ) from None
        given = {"user": client.user, "role": Role.INTEGRATION, "reason": reason, "by": by, "now": now}
        if is_programme_wide:
            grants.give(**given, is_programme_wide=True)
        for region in sorted(regions, key=lambda each: each.code):
            grants.give(**given, region=region)
        trail.record(
            "api_client.registered",
            by=by,
            obj=client,
            after={
                "party": party.pk,
                "name": name,
                "regions": sorted(each.code for each in regions),
                **({"adapter": adapter} if adapter else {}),
            },
            reason=reason,
            at=now,
        )
    return client


def suspend(*, client: ApiClient, reason: str, by: User, now: datetime) -> ApiClient:
    """Let none of its tokens and sessions count any more, from the next request on, until it is resumed.

    Raises Refused with reason_missing, nothing_new, unknown_client.
    """
    return _set_suspended(client, True, "api_client.suspended", reason, by=by, now=now)


def resume(*, client: ApiClient, reason: str, by: User, now: datetime) -> ApiClient:
    """Let its tokens that have not ended count again. Raises Refused as `suspend` does."""
    return _set_suspended(client, False, "api_client.resumed", reason, by=by, now=now)


def _write(party, name, contact, adapter, counties, *, by, now) -> ApiClient:
    county = counties.pop() if len(counties) == 1 else ""
    user = User(username=f"api-{party.pk}-{int(now.timestamp() * 1000):x}", full_name=name[:60])
    user.county_code = county
    user.set_unusable_password()
    user.save(force_insert=True)
    return ApiClient.objects.create(
        party=party,
        name=name,
        user=user,
        county_code=county,
        contact=contact,
        adapter=adapter,
        created_by=by,
        created_at=now,
    )


def _set_suspended(client, is_suspended, verb, reason, *, by, now) -> ApiClient:
    reason = " ".join(reason.split())
    if not reason:
        raise Refused(_("Give a reason."), code="reason_missing", field="reason")
    with transaction.atomic():
        changed = ApiClient.objects.filter(pk=client.pk, is_suspended=not is_suspended).update(
            is_suspended=is_suspended
        )
        if not changed:
            raise Refused(_("This is so already."), code="nothing_new")
        trail.record(verb, by=by, obj=client, reason=reason, at=now)
    return ApiClient.objects.get(pk=client.pk)
