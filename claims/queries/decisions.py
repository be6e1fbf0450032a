"""Who has to decide a compensation, who may, and what waits for a decision or for money."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.roles import Role
from aftersales.audit.trail import system_scope
from claims.models import Claim, Compensation
from claims.models.compensation import CompensationState, Remedy
from claims.queries import policies
from claims.queries.flags import asking
from claims.rules import approval
from claims.rules.approval import Level
from claims.rules.classification import PROCEDURES, Decider, Procedure
from claims.rules.flags import OWN_CLAIM
from stations.access.scope import active_grants
from stations.models import Agent, Grant
from stations.rules.regions import prefix

LEVEL_OF_ROLE: dict[str, Level] = {
    Role.OFFICER: Level.OFFICER,
    Role.MANAGER: Level.MANAGER,
    Role.PLATFORM: Level.PLATFORM,
}


@dataclass(frozen=True)
class Requirement:
    """The lowest level that may decide, and why: reasons of the rule, and what caught the eye."""

    level: Level
    reasons: tuple[str, ...]
    flags: tuple[str, ...]


def to_decide():
    """Chosen by the consumer and waiting for an officer, a manager or the platform desk, oldest first."""
    return Compensation.objects.filter(state=CompensationState.CHOSEN).order_by("chosen_at", "id")


def waiting_to_be_carried_out():
    """Approved and not yet carried out: a payout that waits for money or for somebody to hand it over."""
    return Compensation.objects.filter(state=CompensationState.APPROVED).order_by("decided_at", "id")


def procedure_of(claim: Claim) -> Procedure:
    return PROCEDURES[claim.procedure]


def requirement(
    compensation: Compensation, *, earlier_award_fen: int, involved: Collection[int] = ()
) -> Requirement:
    """Who must decide this compensation at least, once the consumer's choice is recorded.

    Flags are taken as they stand; services.flags brings them up to date. `involved`: people who work on it
    now; a person who gains from it among them is one more.

    The amount that counts against the limits is the line's: what earlier claims on it got and this one
    together, so that a claim split in ten is decided where the whole would be.
    """
    claim = compensation.claim
    policy = compensation.policy
    codes = asking(claim)
    if claim.consumer.user_id in involved and OWN_CLAIM not in codes:
        codes.append(OWN_CLAIM)
    limits = policies.limits_of(policy)
    amount = compensation.payable_fen
    if compensation.remedy == Remedy.REPAIR:
        # Neither the fund nor the line pays for it, so no amount moves it up.
        amount, earlier_award_fen = min(amount, limits.automatic_fen), 0
    required = approval.required_level(
        amount + earlier_award_fen if amount else 0,
        limits,
        flags=codes,
        evidence_count=_evidence_count(claim, policy.photos_required),
        choice_recorded=True,
        filer_certified=_is_certified(claim),
        decided_by=decider_of(procedure_of(claim)),
    )
    return Requirement(required.level, tuple(reason.value for reason in required.reasons), tuple(codes))


def with_somebody(level: Level, claim: Claim, *, involved: Collection[int] = (), now: datetime) -> Level:
    """The level itself, or the next one above it where somebody may decide who is not involved."""
    if level == Level.RULE:
        return level
    barred = people_behind(claim) | {claim.filed_by_id, claim.consumer.user_id, *involved}
    grants = Grant._base_manager.filter(
        role__in=LEVEL_OF_ROLE, user__is_active=True, withdrawn_at__isnull=True, starts_at__lte=now
    ).exclude(expires_at__lte=now)
    able = {
        LEVEL_OF_ROLE[grant.role]
        for grant in grants
        if grant.user_id not in barred and _reaches(grant, claim)
    }
    while level not in able and (higher := approval.next_level(level)) is not None:
        level = higher
    return level


def level_of(user: User, claim: Claim, *, now: datetime) -> Level | None:
    """The highest level at which somebody's grants let them decide this claim; None if none does."""
    return levels_of(user, [claim], now=now)[claim.pk]


def levels_of(user: User, claims: Collection[Claim], *, now: datetime) -> dict[int, Level | None]:
    """The same for several claims at once, by their keys."""
    grants = list(active_grants(user.pk, now).filter(role__in=LEVEL_OF_ROLE))
    reaching = {
        claim.pk: [LEVEL_OF_ROLE[grant.role] for grant in grants if _reaches(grant, claim)]
        for claim in claims
    }
    return {key: max(levels, key=approval.LADDER.index, default=None) for key, levels in reaching.items()}


def people_behind(claim: Claim) -> frozenset[int]:
    """Everybody who worked an amount of this round out, asked for it or recorded the choice."""
    return people_behind_each([claim])[claim.pk]


def people_behind_each(claims: Collection[Claim]) -> dict[int, frozenset[int]]:
    """The same for several claims at once, by their keys."""
    found: dict[int, set[int]] = {claim.pk: set() for claim in claims}
    rounds = {(claim.pk, claim.round) for claim in claims}
    with system_scope("who had a hand in an amount", quiet=True):
        rows = Compensation.objects.filter(claim__in=found).values_list(
            "claim_id", "round", "worked_out_by_id", "asked_by_id"
        )
        for claim_id, round_, *people in rows:
            if (claim_id, round_) in rounds:
                found[claim_id] |= {person for person in people if person is not None}
    return {key: frozenset(people) for key, people in found.items()}


def conflict_of(user: User, claim: Claim) -> approval.Conflict | None:
    """Why this person may not decide this claim, if something stands in the way."""
    return approval.conflict(user.pk, claim.filed_by_id, people_behind(claim), claim.consumer.user_id)


def _reaches(grant: Grant, claim: Claim) -> bool:
    if grant.is_programme_wide or grant.station_id == claim.station_id:
        return True
    return grant.region_id is not None and claim.station.region_id.startswith(prefix(grant.region_id))


def decider_of(procedure: Procedure) -> Decider:
    """Where the fund may not pay before liability is settled, a person's decision settles it."""
    if procedure.decided_by == Decider.AMOUNT_LIMITS and not procedure.advance_allowed:
        return Decider.COUNTY
    return procedure.decided_by


def _evidence_count(claim: Claim, needed: int) -> int:
    with system_scope("photos of a claim", quiet=True):
        count = claim.photos.count()
    return max(1, count) if count >= needed else 0


def _is_certified(claim: Claim) -> bool:
    """Whether the person who filed held a certificate on that day."""
    with system_scope("certificate of the filer", quiet=True):
        agent = Agent.objects.filter(user_id=claim.filed_by_id).first()
    return agent is not None and agent.is_certified_on(timezone.localdate(claim.filed_at))
