"""What a consumer of a village said after a claim, and what its agent earned; full of the place's marks."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Model

from aftersales.accounts.models import User
from claims.models import (
    Claim,
    CompensationPolicy,
    FollowUp,
    FollowUpAttempt,
    Fund,
    Incentive,
    IncentiveBatch,
    Score,
)
from tests.factories import NOW
from tests.rights.marks import Marks


def follow_up_rows(mark: Marks, claim: Claim, person: User) -> list[Model]:
    """A second follow-up that waits, the first one with its attempt and its low score, and an incentive."""
    where = {"claim": claim, "county_code": claim.county_code, "round": claim.round}
    first = FollowUp.objects.create(
        **where, state="done", opened_at=NOW, due_at=NOW + timedelta(days=7), ended_at=NOW
    )
    attempt = FollowUpAttempt.objects.create(
        follow_up=first,
        county_code=claim.county_code,
        number=1,
        how="phone",
        outcome="answered",
        note=mark.word("attemptnote"),
        by=person,
        at=NOW,
    )
    score = Score.objects.create(
        **where,
        follow_up=first,
        stars=2,
        comment=mark.word("scorecomment"),
        source="interviewer",
        by=person,
        at=NOW,
    )
    second = FollowUp.objects.create(
        **where,
        kind="second",
        opened_at=NOW,
        due_at=NOW + timedelta(days=2),
        answer=mark.word("answer"),
        caller=person,
    )
    incentive = Incentive.objects.create(
        claim=claim,
        order_line=claim.order_line,
        county_code=claim.county_code,
        agent=person.agent,
        station=claim.station,
        amount_fen=500,
        month=date(2026, 11, 1),
        policy=CompensationPolicy.objects.filter(county_code="").first(),
        due_at=NOW,
        reason=mark.word("incentivereason"),
    )
    return [attempt, score, second, incentive]


def incentive_payment(mark: Marks, fund: Fund, official: User) -> IncentiveBatch:
    """A payment of incentives that waits for a second person."""
    return IncentiveBatch.objects.create(
        fund=fund,
        county_code=fund.county_code,
        month=date(2026, 10, 1),
        amount_fen=500,
        count=1,
        reference=mark.word("incentivereference"),
        proposed_by=official,
        proposed_at=NOW,
    )
