"""What consumers said in the demonstration after their claims had ended, and what agents earned by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from aftersales.accounts.models import User
from aftersales.accounts.scoping import acting_in
from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.ops.demo.people import Desk
from aftersales.ops.demo.words import Words
from claims.models import Claim, FollowUp, FollowUpAttempt, Score
from claims.rules.follow_ups import ALLOWANCE, ANSWER_ALLOWANCE
from claims.services import follow_ups, incentives, scores
from stations.access.scope import authority_of

BATCH = 500
DAY = timedelta(days=1)
SAID = (
    (5, "第二天钱就到了，没跑冤枉路", 45),
    (4, "处理得可以，就是打了两次电话", 30),
    (3, "结果还行，等得久了点", 12),
    (2, "照片拍了三遍才通过", 5),
    (1, "赔的钱不够重新买一箱", 2),
)
"""Score, words, weight; one in sixteen is not reached, one in twenty gives no score."""
UNREACHED, REFUSED, WITH_SIDES, OWN = 1 / 16, 1 / 20, 0.5, 0.15


class Afterwards:
    """Makes the calls of a year, and pays the agents for the months that are over."""

    def __init__(self, staff: Desk, *, words: Words, system: User, now: datetime):
        self.staff, self.random, self.system, self.now = staff, words.random, system, now
        self.callers = (staff.officer, staff.second_officer)

    def write(self) -> Iterator[str]:
        """Calls about what ended long ago, a few about the last days, incentives; yields what was done."""
        yield f"follow-ups {self.ask_about_the_past()}"
        yield f"calls {self._recent_calls()}"
        yield f"incentives {self._incentives()}"

    def ask_about_the_past(self) -> int:
        """Calls about every claim that was settled and nobody asked about; returns how many."""
        ended = Claim.objects.filter(
            county_code=self.staff.county_code, resolved_at__isnull=False, follow_ups__isnull=True
        ).order_by("id")
        claims = list(ended)
        for first in range(0, len(claims), BATCH):
            with transaction.atomic():
                self._called(claims[first : first + BATCH])
        return len(claims)

    def _called(self, claims: list[Claim]) -> None:
        """Every row as the service would have left it, for claims of the past."""
        made = FollowUp.objects.bulk_create([self._follow_up(claim) for claim in claims])
        attempts, scores = [], []
        for follow_up in made:
            caller = follow_up.caller
            if follow_up.state == "exhausted":
                attempts += [
                    self._attempt(
                        follow_up, number, caller, follow_up.ended_at - DAY * (3 - number), "unreachable"
                    )
                    for number in (1, 2, 3)
                ]
                continue
            if self.random.random() < REFUSED:
                attempts.append(self._attempt(follow_up, 1, caller, follow_up.ended_at, "refused"))
                continue
            score = self._score(follow_up)
            scores.append(score)
            if score.by:
                attempts.append(self._attempt(follow_up, 1, caller, follow_up.ended_at, "answered"))
        FollowUpAttempt.objects.bulk_create(attempts)
        given = Score.objects.bulk_create(scores)
        seconds = FollowUp.objects.bulk_create([self._second(score) for score in given if score.stars <= 2])
        FollowUpAttempt.objects.bulk_create(
            [self._attempt(each, 1, self.staff.manager, each.ended_at, "refused") for each in seconds]
        )
        AuditEvent.objects.bulk_create(
            [
                trail.prepare(
                    "score.given",
                    by=score.by,
                    obj=score,
                    station_id=score.claim.station_id,
                    after={"stars": score.stars, "source": score.source, "kind": "first"},
                    at=score.at,
                )
                for score in sorted(given, key=lambda score: score.at)
            ]
        )

    def _score(self, follow_up: FollowUp) -> Score:
        """What a consumer said: mostly to the caller, some by themselves; half of them rate the sides too."""
        stars, comment = self._drawn()
        is_own = self.random.random() < OWN
        sides = {}
        if self.random.random() < WITH_SIDES:
            for side in ("attitude", "speed", "efficiency"):
                sides[side] = min(5, max(1, stars + self.random.choice((-1, 0, 0, 0, 1))))
        return Score(
            follow_up=follow_up,
            claim=follow_up.claim,
            county_code=follow_up.county_code,
            round=follow_up.round,
            stars=stars,
            comment=comment if self.random.random() < 0.4 else "",
            source="self" if is_own else "interviewer",
            by=None if is_own else follow_up.caller,
            at=follow_up.ended_at,
            **sides,
        )

    def _follow_up(self, claim: Claim) -> FollowUp:
        reached = self.random.random() > UNREACHED
        return FollowUp(
            claim=claim,
            county_code=claim.county_code,
            round=claim.round,
            state="done" if reached else "exhausted",
            caller=self.random.choice(self.callers),
            opened_at=claim.resolved_at,
            due_at=claim.resolved_at + ALLOWANCE,
            ended_at=claim.resolved_at + self.random.randrange(3, 7) * DAY,
        )

    def _second(self, score: Score) -> FollowUp:
        """A low score of the past was answered by the manager the day after."""
        return FollowUp(
            claim=score.claim,
            county_code=score.county_code,
            round=score.round,
            kind="second",
            state="done",
            opened_at=score.at,
            due_at=score.at + ANSWER_ALLOWANCE,
            ended_at=score.at + DAY,
            caller=self.staff.manager,
            answer="已电话致歉并说明计算办法，村民表示理解。",
        )

    @staticmethod
    def _attempt(follow_up: FollowUp, number: int, by: User, at: datetime, outcome: str) -> FollowUpAttempt:
        return FollowUpAttempt(
            follow_up=follow_up,
            county_code=follow_up.county_code,
            number=number,
            how="phone",
            outcome=outcome,
            by=by,
            at=at,
        )

    def _drawn(self) -> tuple[int, str]:
        stars, comment, _weight = self.random.choices(SAID, weights=[weight for *_said, weight in SAID])[0]
        return stars, comment

    def _recent_calls(self) -> int:
        """The oldest of the last days through the service itself: scores, one low, one nobody reached yet."""
        waiting = FollowUp.objects.filter(
            county_code=self.staff.county_code, state="open", opened_at__lt=self.now - 2 * DAY
        )
        rows = list(waiting.select_related("claim").order_by("opened_at", "id")[:7])
        for number, follow_up in enumerate(rows):
            at = follow_up.opened_at + DAY
            caller = self.callers[number % 2]
            if follow_up.claim.handler_id == caller.pk:
                continue
            outcome, stars, comment = "answered", 5 - number % 3, ""
            if number == 1:
                stars, comment = 2, "坏果是赔了，可是电话里态度不好"
            if number == 2:
                outcome, stars = "unreachable", None
            with self._as(caller, at):
                follow_ups.attempt(
                    follow_up=follow_up,
                    number=1,
                    how="phone",
                    outcome=outcome,
                    stars=stars,
                    comment=comment,
                    by=caller,
                    now=at,
                )
        if rows:
            scores.score_by_consumer(
                follow_up=rows[0], stars=5, comment="谢谢代办员小王", now=rows[0].opened_at + 2 * DAY
            )
        self._call_twice()
        return len(rows)

    def _call_twice(self) -> None:
        """Somebody who is not satisfied at the second call either, an hour ago: the claim may be reopened."""
        waiting = FollowUp.objects.filter(county_code=self.staff.county_code, state="open", kind="first")
        first = waiting.select_related("claim").order_by("-opened_at").first()
        if first is None:
            return
        calls = (
            (first, 1, "换来的还是坏的", "", 3),
            (None, 2, "说好的补发没有到", "已向村民致歉，建议重新受理。", 1),
        )
        for follow_up, stars, comment, answer, hours in calls:
            at = max(self.now - timedelta(hours=hours), first.opened_at)
            call = follow_up or FollowUp.objects.select_related("claim").get(
                claim=first.claim, round=first.round, kind="second"
            )
            if call.caller is None:
                return
            with self._as(call.caller, at):
                follow_ups.attempt(
                    follow_up=call,
                    number=call.attempts.count() + 1,
                    how="phone",
                    outcome="answered",
                    stars=stars,
                    comment=comment,
                    answer=answer,
                    by=call.caller,
                    now=at,
                )

    def _incentives(self) -> int:
        """Settled at the end of the last two months and now; the months that are over are paid."""
        first = timezone.localtime(self.now).replace(day=1, hour=4, minute=15, second=0, microsecond=0)
        before = (first - DAY).replace(day=1)
        new = 0
        for end in (before - timedelta(hours=6), first - timedelta(hours=6)):
            new += incentives.settle(by=self.system, now=end)
            paid_at = min(end + 5 * DAY, self.now)
            if timezone.localdate(paid_at).replace(day=1) > end.date().replace(day=1):
                self._pay(end.date().replace(day=1), paid_at)
        return new + incentives.settle(by=self.system, now=self.now)

    def _pay(self, month, at: datetime) -> None:
        county = self.staff.county_code
        with self._as(self.staff.officer, at):
            batch = incentives.prepare(county_code=county, month=month, by=self.staff.officer, now=at)
        with self._as(self.staff.manager, at):
            incentives.confirm(
                batch=batch,
                reference=f"JL{month:%y%m}0001",
                by=self.staff.manager,
                now=at + timedelta(minutes=40),
            )

    @staticmethod
    def _as(user: User, at: datetime):
        user.__dict__.pop("_authority", None)
        return acting_in(authority_of(user, now=at).scope)
