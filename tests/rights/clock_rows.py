"""What runs on a claim of a village, what stood still, who held it, and who is asked; full of the village's
marks."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Model

from aftersales.accounts.models import User
from claims.models import Claim, ClaimClock, ClockRule, Escalation, Holding, Offer, Pause
from claims.rules.clocks import Clock, Family
from tests.factories import NOW
from tests.rights.marks import Marks

HOUR = timedelta(hours=1)


def clock_rows(mark: Marks, claim: Claim, person: User) -> list[Model]:
    """One row of each: a running clock, a pause that is over, an escalation, the holder, an open offer."""
    where = {"claim": claim, "county_code": claim.county_code, "round": 1}
    rule = ClockRule.objects.get(
        policy__kind="service", policy__county_code="", policy__version=1, clock=Clock.HANDLING, goods_type=""
    )
    clock = ClaimClock.objects.create(
        **where,
        clock=Clock.HANDLING,
        family=Family.PROMISE,
        level=claim.level,
        rule=rule,
        windows=[["08:30", "18:00"]],
        started_at=NOW - 9 * HOUR,
        due_at=claim.handling_due_at,
    )
    pause = Pause.objects.create(
        **where,
        reason="consumer",
        note=mark.word("pausenote"),
        from_at=NOW - 3 * HOUR,
        longest_until=NOW + HOUR,
        until_at=NOW - HOUR,
        by=person,
        ended_by=person,
    )
    step = Escalation.objects.create(
        **where,
        clock=Clock.HANDLING,
        level=claim.level,
        step="warned",
        from_station=claim.station,
        handler=person,
        due_at=NOW - HOUR,
        at=NOW - HOUR,
    )
    holding = Holding.objects.create(
        **where,
        level=claim.level,
        station=claim.station,
        because="sent_back",
        reason=mark.word("holdingreason"),
        by=person,
        handler=person,
        from_at=NOW - HOUR,
    )
    offer = Offer.objects.create(
        **where,
        level=claim.level,
        person=person,
        rank=1,
        score=66,
        reasons=[{"code": "same_station", "points": 45}],
        offered_at=NOW - HOUR,
        answer_by=NOW + 10_000 * HOUR,
        note=mark.word("offernote"),
    )
    return [pause, step, holding, offer, clock]
