"""Reading follow-ups: who may make which call, what is due, what was said, and the month in figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from aftersales.accounts.models import User
from claims.models import Claim, FollowUp, FollowUpAttempt, Holding, Offer, Score, Visit
from claims.models.dispatch import OfferState
from claims.models.follow_ups import FollowUpKind, FollowUpState, ScoreSource
from claims.queries.visit_conditions import went
from claims.rules.follow_ups import LOW, OWN_SCORE_WINDOW, REOPENING_AFTER_CALL, Attempt, Outcome
from claims.rules.status import Status, may_reopen

DUE_ORDER, ENDED_ORDER = ("due_at", "id"), ("-ended_at", "-id")


def listed(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Follow-ups with what a list says of each, in a constant number of queries."""
    return rows.select_related(
        "claim__consumer", "claim__order_line", "claim__station", "caller"
    ).prefetch_related("scores", "attempts")


def to_call(person: User) -> QuerySet[FollowUp]:
    """Open follow-ups in reach that this person may make: they had no hand in the claim or the first call."""
    return FollowUp.objects.filter(state=FollowUpState.OPEN).exclude(_not_for(person))


def for_others(person: User) -> QuerySet[FollowUp]:
    """Open follow-ups in reach that colleagues have to make, because this person had a hand in it."""
    return FollowUp.objects.filter(_not_for(person), state=FollowUpState.OPEN)


def ended() -> QuerySet[FollowUp]:
    """Follow-ups that are over and count."""
    return FollowUp.objects.filter(state__in=(FollowUpState.DONE, FollowUpState.EXHAUSTED))


def caller_cannot() -> Q:
    """The condition on follow-ups whose turn it is to somebody who may not make the call any more: they have
    had a hand in the claim since, or their account is closed."""
    return Q(caller__isnull=False) & (Q(caller__is_active=False) | _barred(F("caller"), OuterRef("caller")))


def _not_for(person: User) -> Q:
    return _barred(person, person)


def _barred(person: User | F, inner: User | OuterRef) -> Q:
    """Who may not make a follow-up; `inner` is the same person as sub-queries name them."""
    same_round = {"claim": OuterRef("claim"), "round": OuterRef("round")}
    held = Holding._base_manager.filter(**same_round, handler=inner)
    accepted = Offer._base_manager.filter(**same_round, person=inner, state=OfferState.ACCEPTED)
    gone = Visit._base_manager.filter(went(), **same_round, technician=inner)
    called = FollowUpAttempt._base_manager.filter(
        follow_up__claim=OuterRef("claim"),
        follow_up__round=OuterRef("round"),
        follow_up__kind=FollowUpKind.FIRST,
        by=inner,
    )
    return (
        Q(claim__handler=person)
        | Q(claim__consumer__user=person)
        | Exists(held)
        | Exists(accepted)
        | Exists(gone)
        | Q(kind=FollowUpKind.SECOND) & Exists(called)
    )


def handlers_of(claim: Claim, round_number: int) -> set[int]:
    """Accounts that handled a claim in a round or went to the consumer, and the consumer's own; read past
    the scope."""
    same_round = {"claim": claim, "round": round_number}
    held = Holding._base_manager.filter(**same_round).order_by().values_list("handler_id")
    accepted = Offer._base_manager.filter(**same_round, state=OfferState.ACCEPTED).order_by()
    gone = Visit._base_manager.filter(went(), **same_round).order_by()
    found = held.union(accepted.values_list("person_id"), gone.values_list("technician_id"))
    return {*(person for (person,) in found), claim.handler_id, claim.consumer.user_id} - {None}


def first_callers(follow_up: FollowUp) -> set[int]:
    """Who made the calls that a second follow-up comes after; nobody for a first one."""
    if follow_up.kind == FollowUpKind.FIRST:
        return set()
    return callers_of_first(follow_up.claim, follow_up.round)


def callers_of_first(claim: Claim, round_number: int) -> set[int]:
    """Who made an attempt at the first follow-up of a round; read past the scope."""
    earlier = FollowUpAttempt._base_manager.filter(
        follow_up__claim=claim, follow_up__round=round_number, follow_up__kind=FollowUpKind.FIRST
    )
    return set(earlier.values_list("by_id", flat=True))


def tries_of(attempts: Collection[FollowUpAttempt]) -> list[Attempt]:
    """Attempts in the form the rules take."""
    return [Attempt(timezone.localdate(each.at), Outcome(each.outcome)) for each in attempts]


def of_claim(claim: Claim) -> list[FollowUp]:
    """The follow-ups of a claim's present round, the first one first, in one query.

    Each has what was `said`: stars, source and comment of its scores.
    """
    rows = (
        FollowUp.objects.filter(claim=claim, round=claim.round)
        .exclude(state=FollowUpState.VOID)
        .annotate(stars=F("scores__stars"), source=F("scores__source"), comment=F("scores__comment"))
        .order_by("id", "scores__id")
    )
    found: dict[int, FollowUp] = {}
    for row in rows:
        follow_up = found.setdefault(row.pk, row)
        if follow_up is row:
            follow_up.said = []
        if row.stars is not None:
            follow_up.said.append((row.stars, ScoreSource(row.source).label, row.comment))
    return list(found.values())


def open_to_own_score(claim: Claim, *, now: datetime) -> FollowUp | None:
    """The follow-up on which the consumer may still put a score of their own, if there is one."""
    if claim.status not in (Status.RESOLVED, Status.CLOSED) or claim.resolved_at is None:
        return None
    if now > claim.resolved_at + OWN_SCORE_WINDOW:
        return None
    scored = Score.objects.filter(follow_up=OuterRef("pk"), source="self")
    return (
        FollowUp.objects.filter(claim=claim, round=claim.round, kind=FollowUpKind.FIRST)
        .exclude(state=FollowUpState.VOID)
        .exclude(Exists(scored))
        .first()
    )


def own_score(claim: Claim) -> Score | None:
    """What the consumer of a claim has said themselves in the present round."""
    return Score.objects.filter(claim=claim, round=claim.round, source="self").first()


def ended_low(follow_up: FollowUp) -> bool:
    """Whether a second call is done and the consumer gave a low score in it."""
    if follow_up.kind != FollowUpKind.SECOND or follow_up.state != FollowUpState.DONE:
        return False
    return Score.objects.filter(follow_up=follow_up, stars__lte=LOW).exists()


def reopens(follow_up: FollowUp, *, now: datetime) -> bool:
    """Whether a low second call still lets its claim be taken up again: it is the present round's, the claim
    is settled, and the call is not over for longer than that, or the claim itself not for seven days."""
    claim = follow_up.claim
    if claim.round != follow_up.round or claim.status not in (Status.RESOLVED, Status.CLOSED):
        return False
    in_time = now <= follow_up.ended_at + REOPENING_AFTER_CALL
    return in_time or (claim.resolved_at is not None and may_reopen(claim.resolved_at, now))


def lowest_scores(claims: Collection[Claim]) -> dict[int, tuple[int, ...]]:
    """All scores of the present round of each of these claims, in one query."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = Score.objects.filter(claim__in=claims, round=F("claim__round")).order_by("stars")
    for claim, stars in rows.values_list("claim_id", "stars"):
        found[claim].append(stars)
    return {claim: tuple(stars) for claim, stars in found.items()}
