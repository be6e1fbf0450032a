"""Refusals with what their letters show, and the appeals that wait for an answer."""

from datetime import datetime

from django.db.models import Q, QuerySet

from aftersales.accounts.models import User
from aftersales.audit.trail import system_scope
from claims.models import Appeal, Claim, Refusal
from claims.models.appeals import AppealState
from claims.queries.work_lists import levels_within_reach


def letters() -> QuerySet[Refusal]:
    """Refusals inside the scope with everything that a letter shows, the newest round first."""
    return Refusal.objects.select_related(
        "policy",
        "refused_by",
        "claim__station",
        "claim__consumer",
        "claim__order_line__order__merchant",
        "appeal__answered_by",
    ).order_by("-round", "-id")


def letter_for_consumer(claim: Claim) -> Refusal | None:
    """The refusal of a claim that its consumer has found on the public page; None while it goes on."""
    with system_scope("a consumer reads a refusal", quiet=True):
        return letters().filter(claim=claim, round=claim.round).first()


def letter_by_key(key: int, number: str) -> Refusal | None:
    """The refusal that a signed token of the public page names, with the number of its claim."""
    with system_scope("a consumer reads a refusal", quiet=True):
        return letters().filter(pk=key, claim__number=number).first()


def appeals() -> QuerySet[Appeal]:
    """Appeals inside the scope, as their list shows them."""
    return Appeal.objects.select_related("claim__order_line", "claim__consumer", "station", "refusal")


def appeals_for(user: User, now: datetime) -> QuerySet[Appeal]:
    """Open appeals that this person may answer: high enough, and not involved; the soonest due first."""
    return (
        appeals()
        .filter(levels_within_reach(user, now, Appeal.scope_paths), state=AppealState.OPEN)
        .exclude(refused_by=user)
        .exclude(Q(filed_by__isnull=False) & Q(filed_by=user))
        .exclude(claim__filed_by=user)
        .exclude(Q(claim__consumer__user__isnull=False) & Q(claim__consumer__user=user))
        .order_by("answer_by", "id")
    )
