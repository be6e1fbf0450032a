"""Letters of refusals, appeals and second looks of the demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.words import Words
from claims.models import Claim, Compensation, Refusal, ReviewSample
from claims.queries import reviews as reading
from claims.queries.clocks import LazyDays
from claims.queries.policies import policy_for
from claims.rules.appeals import last_day
from claims.rules.fund import payout_key
from claims.rules.sampling import is_drawn
from claims.services import appeals, reviews
from stations.access.scope import authority_of

LOOKED_AT_AFTER = timedelta(days=30)
OBJECTED_SHARE = 0.06
OBJECTIONS = ("照片里是苹果，订单是桃子", "照片重复，看不出坏了几个", "登记数量比照片上多")
APPEALS = ("箱子底下一层全是烂的，照片没拍到", "照片是站点拍的，当时光线太暗")


class Decisions:
    """Adds to a county whose claims are written what people did about refusals and automatic payouts."""

    def __init__(self, staff: Staff, *, words: Words, now: datetime):
        self.staff, self.random, self.now = staff, words.random, now

    def write(self) -> Iterator[str]:
        """Letters for refusals of the past, second looks, two appeals; yields what was done."""
        with transaction.atomic():
            yield f"letters {self._letters()}"
            yield f"second looks {self._draw()}"
        yield f"objections {self._look()}"
        yield f"appeals {self._appeal()}"

    def _letters(self) -> int:
        """A refusal for each refused claim of the past, as the service would have left it."""
        days, today = LazyDays(), timezone.localdate(self.now)
        policy = policy_for(self.staff.county_code, today)
        refused = Claim.objects.filter(
            county_code=self.staff.county_code, status="rejected", refusals__isnull=True
        ).select_related("order_line")
        rows = [
            Refusal(
                claim=claim,
                round=claim.round,
                station_id=claim.station_id,
                county_code=claim.county_code,
                policy=policy,
                code=claim.rejection_code,
                text=claim.rejection_text,
                bad_milli=claim.bad_milli,
                total_milli=claim.order_line.quantity_milli,
                paid_fen=claim.order_line.paid_fen,
                granted_fen=0,
                level="officer",
                refused_by=self.staff.officer,
                refused_at=claim.closed_at,
                appeal_until=last_day(
                    timezone.localdate(claim.closed_at), policy.appeal_days, days.is_working_day
                ),
            )
            for claim in refused.order_by("id")
        ]
        return len(Refusal.objects.bulk_create(rows, batch_size=500))

    def _draw(self) -> int:
        """The sample of the past, drawn by the same rule."""
        paid = Compensation.objects.filter(
            county_code=self.staff.county_code, level="rule", state="executed", review__isnull=True
        ).select_related("policy", "claim")
        rows = [
            ReviewSample(
                compensation=each,
                claim_id=each.claim_id,
                station_id=each.station_id,
                county_code=each.county_code,
                filed_by_id=each.claim.filed_by_id,
                drawn_at=each.decided_at,
            )
            for each in paid.order_by("id")
            if is_drawn(payout_key(each.claim_id, each.round), each.policy.review_sample_permille)
        ]
        return len(ReviewSample.objects.bulk_create(rows, batch_size=500))

    def _look(self) -> int:
        """The officers have looked at all that was drawn before the last days; returns the objections."""
        waiting = ReviewSample.objects.filter(
            county_code=self.staff.county_code, verdict="", drawn_at__lt=self.now - LOOKED_AT_AFTER
        ).select_related("compensation", "claim__consumer")
        found = 0
        for sample in waiting.order_by("id"):
            involved = reading.involved(sample)
            people = [
                each for each in (self.staff.officer, self.staff.second_officer) if each.pk not in involved
            ]
            if not people:
                continue
            is_objection = self.random.random() < OBJECTED_SHARE
            reason = self.random.choice(OBJECTIONS) if is_objection else ""
            by, at = self.random.choice(people), sample.drawn_at + timedelta(days=self.random.randrange(1, 6))
            with self._as(by, at):
                reviews.judge(
                    sample=sample,
                    verdict="objection" if is_objection else "fine",
                    reason=reason,
                    by=by,
                    now=at,
                )
            found += is_objection
        return found

    def _appeal(self) -> int:
        """Two appeals about the last refusals: one answered, one that waits."""
        refused = Refusal.objects.filter(
            county_code=self.staff.county_code, claim__status="rejected", appeal__isnull=True
        ).select_related("claim__station")
        last = list(refused.order_by("-refused_at")[: len(APPEALS)])
        for number, (refusal, text) in enumerate(zip(last, APPEALS, strict=False)):
            agent = self.staff.agents.get(refusal.claim.station_id, self.staff.officer)
            at = min(self.now, refusal.refused_at + timedelta(hours=20))
            with self._as(agent, at):
                filed = appeals.file(claim=refusal.claim, text=text, filed_how="in_person", by=agent, now=at)
            if number:
                manager, at = self.staff.manager, min(self.now, at + timedelta(hours=3))
                with self._as(manager, at):
                    appeals.dismiss(
                        appeal=filed,
                        answer="重新看了照片和登记记录，原决定依据充分，予以维持。",
                        by=manager,
                        now=at,
                    )
        return len(last)

    def _as(self, person: User, at: datetime):
        return acting_in(authority_of(person, now=at).scope)
