"""What tests of follow-ups and incentives arrange: claims that were settled, called about and closed."""

from datetime import datetime, timedelta

from aftersales.accounts.models import User
from claims.models import Claim, FollowUp, Incentive
from claims.services import casework, follow_ups, incentives
from tests.factories import NOW, make_claim, seeing_everything

CLOSED_AFTER = timedelta(days=7, minutes=1)


def settled(station, *, handler: User, now: datetime = NOW, **fields) -> Claim:
    """A claim that its handler has settled with an explanation."""
    claim = make_claim(station, filed_by=handler, with_clocks=True, **fields)
    with seeing_everything():
        return casework.resolve(claim=claim, reason="explained", by=handler, now=now)


def first_of(claim: Claim) -> FollowUp:
    with seeing_everything():
        return FollowUp.objects.get(claim=claim, round=claim.round, kind="first")


def called(claim: Claim, *, by: User, stars: int | None = 5, outcome: str = "answered", now=NOW, **fields):
    """Somebody calls about a claim; returns the follow-up as it stands afterwards."""
    with seeing_everything():
        follow_up = fields.pop("follow_up", None) or first_of(claim)
        return follow_ups.attempt(
            follow_up=follow_up,
            number=fields.pop("number", follow_up.attempts.count() + 1),
            how=fields.pop("how", "phone"),
            outcome=outcome,
            stars=stars if outcome == "answered" else None,
            by=by,
            now=now,
            **fields,
        )


def closed(claim: Claim, *, by: User, now: datetime | None = None) -> Claim:
    with seeing_everything():
        current = Claim.objects.get(pk=claim.pk)
        return casework.close(claim=current, by=by, now=now or current.resolved_at + CLOSED_AFTER)


def successful(station, *, handler: User, caller: User, **fields) -> Claim:
    """A claim that has earned its incentive and waits to be found."""
    claim = settled(station, handler=handler, **fields)
    called(claim, by=caller, stars=4, now=claim.resolved_at)
    return closed(claim, by=handler)


def settle(now: datetime, *, by: User) -> int:
    with seeing_everything():
        return incentives.settle(by=by, now=now)


def rows() -> list[Incentive]:
    with seeing_everything():
        return list(Incentive.objects.order_by("id"))
