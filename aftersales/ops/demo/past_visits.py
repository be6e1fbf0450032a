"""Home visits of the demonstration's past months: every row as the services would have left it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.words import Words
from claims.models import Claim, Visit, VisitCost
from claims.rules.visits import WINDOW, WINDOW_STARTS

DAY = timedelta(days=1)
PAST_SHARE, FAILED_SHARE = 0.45, 0.12


class PastVisits:
    """Agents went to appliances of claims that have ended long ago."""

    def __init__(self, staff: Staff, *, words: Words):
        self.staff, self.random = staff, words.random

    def write(self) -> Iterator[str]:
        """Visits to appliances of claims that have ended, with their costs; yields how many."""
        ended = Claim.objects.filter(
            county_code=self.staff.county_code,
            goods_type="appliance",
            status="closed",
            resolved_at__isnull=False,
            visits__isnull=True,
        )
        rows = [
            self._visit(claim)
            for claim in ended.select_related("station__parent", "station__region").order_by("id")
            if self.random.random() < PAST_SHARE
            and timezone.localtime(claim.resolved_at).hour >= WINDOW_STARTS[0].hour
        ]
        made = Visit.objects.bulk_create(rows)
        VisitCost.objects.bulk_create(cost for visit in made for cost in self._costs(visit))
        AuditEvent.objects.bulk_create(
            trail.prepare(
                f"visit.{visit.state}",
                by=visit.ended_by,
                obj=visit,
                after={
                    "kind": visit.kind,
                    "starts_at": visit.starts_at.isoformat(),
                    "outcome": visit.outcome,
                },
                at=visit.ended_at,
            )
            for visit in sorted(made, key=lambda visit: visit.ended_at)
        )
        yield f"visits of past months {len(made)}"

    def _visit(self, claim: Claim) -> Visit:
        local = timezone.localtime(claim.resolved_at)
        starts = max(at for at in WINDOW_STARTS if at <= local.time())
        starts_at = timezone.make_aware(datetime.combine(local.date(), starts))
        is_failed = self.random.random() < FAILED_SHARE
        station = claim.station.parent
        agent = self.staff.agents[claim.station_id]
        came = (
            {"state": "failed", "failure": self.random.choice(("nobody_home", "road", "no_part"))}
            if is_failed
            else {"state": "done", "outcome": "solved", "proof": "paper", "done": "换件修好，试机正常"}
        )
        return Visit(
            claim=claim,
            round=claim.round,
            county_code=claim.county_code,
            station=station,
            place=claim.station.region,
            kind=self.random.choice(("repair", "repair", "repair", "inspection", "pickup"))
            if is_failed
            else "repair",
            task=claim.description[:300] or "上门检修",
            technician=agent,
            starts_at=starts_at,
            ends_at=starts_at + WINDOW,
            distance_m=self.random.randrange(400, 9_000),
            override_reason="村里没有维修员",
            transport=self.random.choice(("motorbike", "motorbike", "tricycle", "walk")),
            planned_by=agent,
            planned_at=max(claim.filed_at, starts_at - DAY),
            started_at=starts_at,
            ended_at=min(claim.resolved_at, starts_at + timedelta(minutes=70)),
            ended_by=agent,
            **came,
        )

    def _costs(self, visit: Visit) -> Iterator[VisitCost]:
        lines = [("travel", self.random.randrange(6, 30), "fund")]
        if visit.state == "done":
            lines.append(("labour", self.random.randrange(20, 70), "liable_party"))
            if self.random.random() < 0.5:
                lines.append(("part", self.random.randrange(12, 120), "liable_party"))
        for kind, yuan, bearer in lines:
            yield VisitCost(
                visit=visit,
                county_code=visit.county_code,
                kind=kind,
                amount_fen=yuan * 100,
                borne_by=bearer,
                by=visit.ended_by,
                at=visit.ended_at,
            )
