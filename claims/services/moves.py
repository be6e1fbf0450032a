"""The one place where a claim changes its state: a conditional update and one event of history."""

from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from aftersales.accounts.models import User
from aftersales.audit import trail
from aftersales.lib.errors import Refused
from claims.models import Claim
from claims.rules.status import Action, next_status
from claims.services import offers, visit_ends

VERBS: dict[Action, str] = {
    Action.ACCEPT: "claim.accepted",
    Action.START: "claim.started",
    Action.WAIT: "claim.put_on_hold",
    Action.RESUME: "claim.resumed",
    Action.RESOLVE: "claim.resolved",
    Action.CLOSE: "claim.closed",
    Action.REJECT: "claim.rejected",
    Action.WITHDRAW: "claim.withdrawn",
    Action.REOPEN: "claim.reopened",
    Action.MERGE: "claim.merged",
}
"""What history calls each action."""

FREE_TEXTS = frozenset({"reply_progress", "reply_method", "rejection_text"})
"""Columns that people type sentences into: they stay on the claim and out of the sealed history, which
holds codes, numbers and times only."""


def move(
    *,
    claim: Claim,
    action: Action,
    by: User,
    now: datetime,
    expected_version: int | None = None,
    changes: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    reason: str = "",
) -> Claim:
    """Take one step of the table in claims.rules.status and return the claim as it stands afterwards.

    `facts` are codes and numbers that history keeps beside what changed.

    Status, version and `changes` (further columns) move in one UPDATE that holds only while the claim still
    stands where `claim` says and, if given, at `expected_version`. The argument itself is left as it was.

    Raises Refused("stale") when somebody else was faster, Refused("illegal_move") when the table has no
    such step.
    """
    if expected_version is not None and expected_version != claim.version:
        raise stale()
    try:
        status = next_status(claim.status, action)
    except Refused as refused:
        raise Refused(
            _("This step is not possible in the claim's present state."),
            code=refused.code,
            details=refused.details,
        ) from None
    changed = {"status": status.value, **(changes or {})}
    with transaction.atomic():
        moved = change(claim=claim, changes=changed)
        trail.record(
            VERBS[action],
            by=by,
            obj=moved,
            before=recorded(claim, changed),
            after={**recorded(moved, changed), **(facts or {})},
            reason=reason,
            at=now,
        )
        # A claim that is being filed at this moment cannot have been offered to anybody.
        if claim.handler_id is None and (moved.handler_id or not moved.is_open) and claim.filed_at != now:
            offers.settle(claim=moved, by=by, now=now)
        if not moved.is_open:
            visit_ends.with_claim(moved, by=by, now=now)
    return moved


def change(*, claim: Claim, changes: dict[str, Any]) -> Claim:
    """Write columns of a claim if nobody has written to it meanwhile; the version goes up by one.

    For services that write the event themselves. Raises Refused("stale"), and Claim.DoesNotExist for a
    claim outside the scope.
    """
    with transaction.atomic():
        # Past the scope on purpose: its condition on the place becomes a sub-query, which PostgreSQL does
        # not look at again after waiting for another writer, and both would win. The read below is scoped.
        written = Claim._base_manager.filter(pk=claim.pk, status=claim.status, version=claim.version).update(
            **changes, version=claim.version + 1
        )
        moved = Claim.objects.get(pk=claim.pk)
        if not written:
            raise stale()
    return moved


def recorded(claim: Claim, columns) -> dict[str, Any]:
    """Columns of a claim as history keeps them: codes, numbers, keys and ISO times."""
    return {
        name: _plain(getattr(claim, claim._meta.get_field(name).attname))
        for name in columns
        if name not in FREE_TEXTS
    }


def stale() -> Refused:
    """What the slower of two people is told."""
    return Refused(_("Somebody else has just changed this claim. Reload to see what happened."), code="stale")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.value if isinstance(value, models.Choices) else value
