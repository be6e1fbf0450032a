"""What hangs on home visits in the small world of tests/rights/world.py: costs, weeks, a need of help."""

from __future__ import annotations

from datetime import time, timedelta

from django.db.models import Model
from django.utils import timezone

from aftersales.accounts import sealing
from claims.models import (
    Availability,
    AvailabilityException,
    CalendarFeed,
    DayPlan,
    HomeHelp,
    Visit,
    VisitCost,
    VisitSignature,
)
from tests.factories import NOW
from tests.rights.marks import Marks


def visit_rows(mark: Marks, visit: Visit, person) -> list[Model]:
    """An agent's week, day away, order of a day and calendar; a consumer's need; what a visit cost."""
    claim = visit.claim
    place = {"station": claim.station, "county_code": claim.county_code}
    key = sealing.new_person_key()
    return [
        Availability.objects.create(user=person, weekday=0, starts=time(8), **place),
        AvailabilityException.objects.create(
            user=person,
            day=timezone.localdate() + timedelta(days=3),
            reason=mark.word("awayreason"),
            **place,
        ),
        HomeHelp.objects.create(
            consumer=claim.consumer,
            person_key=key,
            why_sealed=sealing.seal(key, mark.word("helpwhy")),
            consent_how="spoken",
            recorded_by=person,
            recorded_at=NOW,
            **place,
        ),
        VisitSignature.objects.create(
            visit=visit,
            county_code=claim.county_code,
            person_key=key,
            strokes_sealed=sealing.seal(key, "[[[1,2],[3,4]]]"),
            at=NOW,
        ),
        DayPlan.objects.create(
            technician=person,
            day=timezone.localdate(visit.starts_at),
            visit_ids=[visit.pk],
            is_by_hand=True,
            made_at=NOW,
            **place,
        ),
        CalendarFeed.objects.create(user=person, token_hash=mark.word("feedhash"), made_at=NOW),
        VisitCost.objects.create(
            visit=visit,
            county_code=claim.county_code,
            kind="travel",
            amount_fen=1200,
            borne_by="fund",
            note=mark.word("costnote"),
            by=person,
            at=NOW,
        ),
    ]
