"""People at stations: taken on, posted, certified, and gone after a hand-over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from aftersales.accounts import services as accounts
from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from stations.models import Agent, Grant, Party, Posting, Region, Station
from stations.models.agents import Origin, Skill
from stations.models.network import StationState, TierChoices
from stations.rules.regions import county_code
from stations.services import grants, hand_over

ROLES_OF_TIER: dict[str, tuple[Role, ...]] = {
    TierChoices.VILLAGE: (Role.AGENT,),
    TierChoices.TOWNSHIP: (Role.TOWNSHIP,),
    TierChoices.COUNTY: (Role.OFFICER, Role.TRAINER, Role.MANAGER),
}
"""What people at a station of each tier do; the first one when nothing is said."""


@dataclass(frozen=True)
class TakenOn:
    """A new colleague, and the password that is shown this once and stored nowhere."""

    agent: Agent
    password: str


def take_on(
    *,
    station: Station,
    username: str,
    full_name: str,
    by,
    now: datetime,
    role: str = "",
    origin: str = Origin.OTHER,
    dialects: str = "",
    skills: Sequence[str] = (),
    provider: Party | None = None,
) -> TakenOn:
    """Take somebody on at a station: account with a one-time password, posting, and the role of the tier.

    `provider` is the service provider that employs them, None for the network's own staff. An agent's role
    counts for the station, a technician's for the township, others' for the county. Raises Refused:
    "station_closed", "role_tier", "username", "username_taken", "full_name", "unknown_choice", and
    what grants.give refuses.
    """
    role = _role_at(station, role)
    if origin not in Origin.values or set(skills) - set(Skill.values):
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="origin")
    password = accounts.one_time_password()
    with transaction.atomic():
        user = new_user(username, full_name, station.county_code, password)
        agent = Agent.objects.create(
            user=user,
            station=station,
            county_code=station.county_code,
            origin=origin,
            dialects=dialects,
            skills=list(skills),
            provider=provider,
            joined_on=timezone.localdate(now),
        )
        _begin_posting(agent, now, "")
        grants.give(user=user, role=role, reason=_("taken on"), by=by, now=now, **reach_at(station, role))
        trail.record(
            "agent.taken_on", by=by, obj=agent, after={"user": user.pk, "station": station.pk}, at=now
        )
    return TakenOn(agent=agent, password=password)


def post(
    *, agent: Agent, station: Station, reason: str, by, now: datetime, role: str = "", expires_at=None
) -> Agent:
    """Post somebody to another station; their rights follow. Needs an empty hand-over list.

    The role at the old station is taken back, the one of the new station given, until `expires_at` if
    given. Raises Refused: "left", "same_station", "station_closed", "role_tier", "open_work", and what
    grants.give and grants.withdraw refuse.
    """
    if agent.left_on is not None:
        raise Refused(_("This person has left."), code="left")
    if agent.station_id == station.pk:
        raise Refused(_("This person is posted there already."), code="same_station", field="station")
    role = _role_at(station, role)
    with transaction.atomic():
        hand_over.refuse_while_open(agent)
        before = agent.station
        for grant in _grants_of_posting(agent, now):
            grants.withdraw(grant=grant, reason=reason, by=by, now=now)
        _end_posting(agent, now, reason)
        agent.station, agent.county_code = station, station.county_code
        agent._change_reason = reason[:100]
        agent.save(update_fields=["station", "county_code"])
        User.objects.filter(pk=agent.user_id).update(county_code=station.county_code)
        _begin_posting(agent, now, reason)
        grants.give(
            user=agent.user,
            role=role,
            reason=reason,
            expires_at=expires_at,
            by=by,
            now=now,
            **reach_at(station, role),
        )
        trail.record(
            "agent.posted",
            by=by,
            obj=agent,
            before={"station": before.pk},
            after={"station": station.pk, "role": role},
            reason=reason,
            at=now,
        )
        hand_over.tell_posted(agent=agent, by=by, now=now)
    return agent


def leave(*, agent: Agent, reason: str, by, now: datetime) -> Agent:
    """Let somebody go once everything is handed over: posting ends, rights go, the account is closed.

    Their sessions end at once. Raises Refused: "left", "open_work", "reason_missing", "own_rights", and what
    grants.withdraw refuses for any of their roles; then nothing has changed.
    """
    if agent.user_id == by.pk:
        raise Refused(_("Nobody deactivates their own account."), code="own_rights")
    with transaction.atomic():
        if not Agent.objects.filter(pk=agent.pk, left_on__isnull=True).update(
            left_on=timezone.localdate(now)
        ):
            raise Refused(_("This person has left."), code="left")
        hand_over.refuse_while_open(agent)
        grants.withdraw_all(user=agent.user, reason=reason, by=by, now=now)
        _end_posting(agent, now, reason)
        close_account(user=agent.user, reason=reason, by=by, now=now)
        agent.refresh_from_db()
        agent._change_reason = reason[:100]
        agent.save(update_fields=["left_on"])
        trail.record("agent.left", by=by, obj=agent, reason=reason, at=now)
        hand_over.tell_left(agent=agent, by=by, now=now)
    return agent


def close_account(*, user: User, reason: str, by, now: datetime) -> None:
    """Let nobody sign in with an account any more; whoever is signed in with it is out.

    Raises Refused("already_closed").
    """
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
            raise Refused(_("This account is closed already."), code="already_closed")
        user.refresh_from_db()
        user.set_unusable_password()
        user.save(update_fields=["password"])
        accounts.end_sessions(user=user)
        trail.record(
            "account.deactivated", by=by, obj=user, county_code=user.county_code, reason=reason, at=now
        )


def set_certified_until(
    *, agent: Agent, until: date | None, spans: Sequence[tuple[date, date]] = (), by, now: datetime
) -> Agent:
    """Record how long somebody's certificate is valid; None takes it away. Called by the training area.

    `spans` are the first and last days on which one counted, so that none reaches back; without them every
    day up to `until` counts.
    """
    with transaction.atomic():
        before = agent.certified_until
        agent.certified_until = until
        agent.certified_spans = [[first.isoformat(), last.isoformat()] for first, last in spans]
        agent.save(update_fields=["certified_until", "certified_spans"])
        trail.record(
            "agent.certified",
            by=by,
            obj=agent,
            before={"until": before.isoformat() if before else None},
            after={"until": until.isoformat() if until else None},
            at=now,
        )
    return agent


def change_details(
    *,
    agent: Agent,
    origin: str,
    dialects: str,
    skills: Sequence[str],
    provider: Party | None = None,
    by,
    now: datetime,
) -> Agent:
    """Keep what is known about somebody's origin, languages, skills and employer; no provider is the network
    itself. Raises Refused("unknown_choice").
    """
    if origin not in Origin.values or set(skills) - set(Skill.values):
        raise Refused(_("Choose one of the values on offer."), code="unknown_choice", field="origin")
    after = {
        "origin": str(origin),
        "dialects": dialects,
        "skills": list(skills),
        "provider_id": provider.pk if provider is not None else None,
    }
    with transaction.atomic():
        before = {field: getattr(agent, field) for field in after}
        for field, value in after.items():
            setattr(agent, field, value)
        agent.save(update_fields=list(after))
        trail.record("agent.changed", by=by, obj=agent, before=before, after=after, at=now)
    return agent


def _role_at(station: Station, role: str) -> Role:
    if station.state == StationState.CLOSED:
        raise Refused(_("This station is closed."), code="station_closed", field="station")
    fitting = ROLES_OF_TIER[station.tier]
    if not role:
        return fitting[0]
    if role not in fitting:
        raise Refused(
            _("This role does not belong to a station of this tier."), code="role_tier", field="role"
        )
    return Role(role)


def reach_at(station: Station, role: Role, county: Region | None = None) -> dict:
    """Where a role at a station counts, as grants.give takes it; `county` saves reading it."""
    if role == Role.AGENT:
        return {"station": station}
    if role == Role.TOWNSHIP:
        return {"region": station.region}
    return {"region": county or Region.objects.get(pk=county_code(station.region_id))}


def _grants_of_posting(agent: Agent, now: datetime) -> list[Grant]:
    """The roles somebody holds because of where they are posted."""
    held = grants.active_or_later(agent.user_id, now).select_related("region", "station", "user")
    roles = ROLES_OF_TIER[agent.station.tier]
    places = (agent.station.region_id, agent.county_code)
    return [
        grant
        for grant in held
        if grant.station_id == agent.station_id or (grant.role in roles and grant.region_id in places)
    ]


def new_user(username: str, full_name: str, county: str, password: str) -> User:
    """An account with nothing but a name and a password, inside the caller's transaction and history.

    Raises Refused: "username", "full_name" for what the column refuses, "username_taken".
    """
    user = User(username=username, full_name=full_name, county_code=county, password_is_one_time=True)
    user.set_password(password)
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as wrong:
        field = next(iter(wrong.message_dict))
        raise Refused(" ".join(wrong.message_dict[field]), code=field, field=field) from None
    taken = Refused(
        _("This user name is taken. Choose another one."), code="username_taken", field="username"
    )
    if User.objects.filter(username__iexact=username).exists():
        raise taken
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise taken from None
    return user


def _begin_posting(agent: Agent, now: datetime, reason: str) -> None:
    Posting.objects.create(
        agent=agent,
        station=agent.station,
        county_code=agent.county_code,
        started_on=timezone.localdate(now),
        reason=reason[:200],
    )


def _end_posting(agent: Agent, now: datetime, reason: str) -> None:
    Posting.objects.filter(agent=agent, ended_on__isnull=True).update(
        ended_on=timezone.localdate(now), reason=reason[:200]
    )
