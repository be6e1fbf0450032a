"""Reading incentives: which claims have earned one and which have not and why, and statements by month."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from claims.models import Claim, CompensationPolicy, FollowUp, Incentive, IncentiveBatch
from claims.models.flags import ClaimFlag
from claims.models.flags import Verdict as FlagVerdict
from claims.models.follow_ups import FollowUpKind, FollowUpState
from claims.models.incentives import BatchState, IncentiveState
from claims.queries.follow_ups import lowest_scores
from claims.queries.policies import policy_for
from claims.rules.incentives import Against, Facts, against
from claims.rules.status import REOPENING_WINDOW, Status
from stations.models import Agent
from stations.models.network import TierChoices

LOOK_BACK = timedelta(days=60)
"""How long after its settlement a claim may still earn its incentive: follow-ups are late at times."""
REWARDED_TIERS = (TierChoices.VILLAGE, TierChoices.TOWNSHIP)
"""Where agents work for an allowance and incentives; who works at the county centre has a salary."""


@dataclass(frozen=True)
class Verdict:
    """One claim: whose incentive it would be, by which terms, and every reason against it."""

    claim: Claim
    agent: Agent | None
    policy: CompensationPolicy
    score: int | None
    reasons: tuple[Against, ...]


def candidates(now: datetime) -> QuerySet[Claim]:
    """Closed claims whose reopening window is over and that have not earned an incentive yet."""
    return without_incentive(now).filter(resolved_at__lt=now - REOPENING_WINDOW).order_by("resolved_at", "id")


def without_incentive(now: datetime) -> QuerySet[Claim]:
    """Closed claims of late that have no incentive."""
    rows = Claim.objects.filter(status=Status.CLOSED, resolved_at__gte=now - LOOK_BACK)
    return rows.filter(incentive__isnull=True)


def verdicts(claims: Collection[Claim], *, now: datetime) -> list[Verdict]:
    """The verdict on each of these claims; a constant number of queries, and one for each county and day."""
    agents = {
        agent.user_id: agent
        for agent in Agent.objects.filter(
            user__in={claim.handler_id for claim in claims if claim.handler_id}
        ).select_related("station", "user")
    }
    scores = lowest_scores(claims)
    follow_ups = _follow_ups(claims)
    reopened = set(
        FollowUp.objects.filter(claim__in=claims, round__lt=F("claim__round")).values_list("claim", flat=True)
    )
    flagged = _flagged(claims)
    lines = {claim.order_line_id for claim in claims}
    paid = dict(Incentive.objects.filter(order_line__in=lines).values_list("order_line", "claim"))
    terms: dict[tuple[str, date], CompensationPolicy] = {}
    found = []
    for claim in claims:
        on = timezone.localdate(claim.resolved_at) if claim.resolved_at else None
        day = on or timezone.localdate(now)
        if (claim.county_code, day) not in terms:
            terms[claim.county_code, day] = policy_for(claim.county_code, day)
        policy = terms[claim.county_code, day]
        agent = agents.get(claim.handler_id)
        is_rewarded = agent is not None and agent.station.tier in REWARDED_TIERS
        given = scores.get(claim.pk, ())
        state = follow_ups.get(claim.pk)
        facts = Facts(
            status=Status(claim.status),
            resolved_at=claim.resolved_at,
            resolved_on=on,
            was_reopened=claim.pk in reopened,
            is_follow_up_over=state in (FollowUpState.DONE, FollowUpState.EXHAUSTED),
            is_unreachable=state == FollowUpState.EXHAUSTED,
            scores=given,
            has_confirmed_flag=claim.pk in flagged,
            has_agent=is_rewarded,
            certified_until=agent.certified_until if agent and agent.is_certified_on(day) else None,
            is_line_paid=paid.get(claim.order_line_id, claim.pk) != claim.pk,
            amount_fen=policy.incentive_fen,
        )
        found.append(
            Verdict(
                claim=claim,
                agent=agent if is_rewarded else None,
                policy=policy,
                score=min(given, default=None),
                reasons=against(facts, now=now),
            )
        )
    return found


@dataclass(frozen=True)
class AgentMonth:
    """One line of a county's statement: an agent's claims and sums of a month."""

    agent_id: int
    person: str
    station: str
    claims: int
    due_fen: int
    paid_fen: int
    cancelled: int


def statement(county_code: str, month: date) -> list[AgentMonth]:
    """Incentives of a month by agent, the largest sum first; one query."""
    is_paid, is_due = Q(state=IncentiveState.PAID), Q(state=IncentiveState.DUE)
    rows = (
        Incentive.objects.filter(county_code=county_code, month=month)
        .order_by()
        .values("agent_id", "agent__user__full_name", "station__name")
        .annotate(
            claims=Count("id", filter=is_paid | is_due),
            due=Sum("amount_fen", filter=is_due, default=0),
            paid=Sum("amount_fen", filter=is_paid, default=0),
            cancelled=Count("id", filter=Q(state=IncentiveState.CANCELLED)),
        )
    )
    lines = [
        AgentMonth(
            agent_id=row["agent_id"],
            person=row["agent__user__full_name"],
            station=row["station__name"],
            claims=row["claims"],
            due_fen=row["due"],
            paid_fen=row["paid"],
            cancelled=row["cancelled"],
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (-(line.due_fen + line.paid_fen), line.agent_id, line.station))


def of_month(county_code: str, month: date) -> QuerySet[Incentive]:
    """Every incentive of a county's month with what a list says of it, by agent and day."""
    return (
        Incentive.objects.filter(county_code=county_code, month=month)
        .select_related("claim", "order_line", "agent__user", "station", "movement")
        .order_by("agent_id", "due_at", "id")
    )


def batches(county_code: str, month: date | None = None) -> QuerySet[IncentiveBatch]:
    """Payments of a county, the newest first."""
    rows = IncentiveBatch.objects.filter(county_code=county_code)
    if month is not None:
        rows = rows.filter(month=month)
    return rows.select_related("proposed_by", "decided_by", "fund").order_by("-proposed_at", "-id")


def unpaid(county_code: str, month: date) -> QuerySet[Incentive]:
    """Incentives of a month that are due and in no payment yet."""
    return Incentive.objects.filter(
        county_code=county_code, month=month, state=IncentiveState.DUE, batch__isnull=True
    )


def to_confirm(person: User) -> QuerySet[IncentiveBatch]:
    """Payments that wait for a second person, which this one is."""
    return (
        IncentiveBatch.objects.filter(state=BatchState.PROPOSED)
        .exclude(proposed_by=person)
        .select_related("fund")
        .order_by("proposed_at", "id")
    )


@dataclass(frozen=True)
class OwnMonth:
    """What one person has earned in a month, and which of their closed claims have not earned and why."""

    incentives: list[Incentive]
    not_earned: list[Verdict]
    due_fen: int
    paid_fen: int


def of_person(person: User, month: date, *, now: datetime, with_reasons: bool) -> OwnMonth:
    """A person's month, past the scope: what they earned at a station they have left stays theirs to see.

    `with_reasons` adds the closed claims of late without an incentive.
    """
    with system_scope("own incentives", quiet=True):
        incentives = list(
            Incentive.objects.filter(agent__user=person, month=month)
            .select_related("claim", "order_line", "movement")
            .order_by("due_at", "id")
        )
        not_earned: list[Verdict] = []
        if with_reasons:
            rows = without_incentive(now).filter(handler=person).select_related("order_line")
            not_earned = verdicts(list(rows.order_by("-resolved_at")[:100]), now=now)
    return OwnMonth(
        incentives=incentives,
        not_earned=not_earned,
        due_fen=_sum(incentives, IncentiveState.DUE),
        paid_fen=_sum(incentives, IncentiveState.PAID),
    )


def _sum(incentives: Iterable[Incentive], state: str) -> int:
    return sum(each.amount_fen for each in incentives if each.state == state)


def _follow_ups(claims: Collection[Claim]) -> dict[int, str]:
    """The state of the first follow-up of the present round of each claim."""
    rows = FollowUp.objects.filter(claim__in=claims, round=F("claim__round"), kind=FollowUpKind.FIRST)
    return dict(rows.values_list("claim", "state"))


def _flagged(claims: Collection[Claim]) -> set[int]:
    """Claims with a sign of misuse that a person has confirmed."""
    confirmed = ClaimFlag.objects.filter(claim__in=claims, verdict=FlagVerdict.CONFIRMED)
    return set(confirmed.values_list("claim", flat=True))
