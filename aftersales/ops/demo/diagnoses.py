"""Diagnoses by phone of the demonstration: those of a year, and a washing machine that waits for a visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from aftersales.audit import trail
from aftersales.audit.models import AuditEvent
from aftersales.ops.demo.people import Staff
from aftersales.ops.demo.photos import evidence
from aftersales.ops.demo.words import Words
from aftersales.web.service_forms import new_form_key
from claims.models import Claim, Consumer, Diagnosis, Issue
from claims.models.claims import OPEN_STATUSES
from claims.queries import checklists
from claims.rules.diagnosis import Advice, Checklist, Walk, appliance_of, walk
from claims.services import diagnoses, filing, orders
from claims.services import evidence as photos

BATCH = 500
ASKED_SHARE = 0.7
DANGER_SHARE = 0.03
WASHER = ("波轮洗衣机 8 公斤", "不排水，嗡嗡响", [["danger", "no"], ["what", "no_drain"], ["hose", "no"]])
"""Product, what the villager says, and the answers until the filter is asked about."""


class Diagnoses:
    """Asks about the appliances of the demonstration."""

    def __init__(self, staff: Staff, *, words: Words, now: datetime):
        self.staff, self.random, self.now = staff, words.random, now
        self.issues = {issue.code: issue for issue in Issue.objects.all()}

    def write(self) -> Iterator[str]:
        """Yields what was brought about, for progress."""
        yield f"diagnoses by phone {self._past() + self._present()}"
        if self._washer() is not None:
            yield "a washing machine that waits for a visit"

    def _past(self) -> int:
        """Claims that have ended: every row as the service would have left it."""
        ended = self._appliances().exclude(status__in=OPEN_STATUSES).select_related("filed_by").order_by("id")
        rows = [self._row(claim) for claim in ended if self.random.random() < ASKED_SHARE]
        made = Diagnosis.objects.bulk_create(rows, batch_size=BATCH)
        AuditEvent.objects.bulk_create([self._event(each) for each in made], batch_size=BATCH)
        return len(made)

    def _present(self) -> int:
        """Open claims, through the service."""
        waiting = self._appliances().filter(status__in=OPEN_STATUSES).select_related("filed_by")
        asked = [claim for claim in waiting.order_by("id") if self.random.random() < ASKED_SHARE]
        for claim in asked:
            checklist = checklists.current(appliance_of(claim.order_line.product))
            diagnoses.record(
                claim=claim,
                appliance=checklist.appliance,
                checklist=checklist.version,
                answers=self._answered(checklist).answers,
                by=claim.filed_by,
                now=self.now,
            )
        return len(asked)

    def _appliances(self):
        rows = Claim.objects.filter(
            county_code=self.staff.county_code,
            goods_type__in=("appliance", "electronics"),
            nature="quality",
            is_without_reason=False,
        )
        return rows.select_related("order_line")

    def _row(self, claim: Claim) -> Diagnosis:
        checklist = checklists.current(appliance_of(claim.order_line.product))
        walked = self._answered(checklist)
        return Diagnosis(
            claim=claim,
            round=claim.round,
            county_code=claim.county_code,
            appliance=checklist.appliance,
            checklist=checklist.version,
            answers=walked.answers,
            advice=walked.ending.advice,
            issue=self.issues.get(walked.ending.issue),
            by=claim.filed_by,
            at=claim.filed_at + timedelta(minutes=self.random.randrange(4, 20)),
        )

    def _event(self, diagnosis: Diagnosis) -> AuditEvent:
        return trail.prepare(
            "diagnosis.recorded",
            by=diagnosis.by,
            obj=diagnosis,
            station_id=diagnosis.claim.station_id,
            after={
                "appliance": str(diagnosis.appliance),
                "checklist": diagnosis.checklist,
                "advice": str(diagnosis.advice),
                "issue": diagnosis.issue.code if diagnosis.issue else "",
            },
            at=diagnosis.at,
        )

    def _answered(self, checklist: Checklist) -> Walk:
        """Answers drawn until the end; danger is rare."""
        answers: list[list[str]] = []
        while (walked := walk(checklist, answers)).ending is None:
            options = [
                each
                for each in walked.step.options
                if each.ending is None
                or each.ending.advice != Advice.DANGER
                or self.random.random() < DANGER_SHARE
            ]
            answers = [*walked.answers, [walked.step.id, self.random.choice(options).key]]
        return walked

    def _washer(self) -> Diagnosis | None:
        """Filed this morning, diagnosed just now: the drain pump hums and a technician has to bring one."""
        station = next(each for each in self.staff.stations if self.staff.agents[each.pk].username == "agent")
        agent = self.staff.agents[station.pk]
        consumer = Consumer.objects.filter(station=station, erased_at__isnull=True).order_by("-id").first()
        if consumer is None:
            return None
        product, description, answers = WASHER
        filed_at = self.now - timedelta(hours=3)
        line = orders.type_in(
            station=station,
            number=f"X{self.random.randrange(10**11):011d}",
            product=product,
            goods_type="appliance",
            quantity_milli=1000,
            unit="piece",
            paid_fen=69_900,
            ordered_at=filed_at - timedelta(days=60),
            signed_at=filed_at - timedelta(days=55),
            merchant_name="万家惠电器旗舰店",
            platform_name="拼多多",
            consumer=consumer,
            by=agent,
            now=filed_at,
        )
        token = new_form_key()
        photos.stage(
            upload=evidence("appliance", self.random),
            station=station,
            form_token=token,
            by=agent,
            now=filed_at,
        )
        claim = filing.file(
            order_line=line,
            consumer=consumer,
            goods_type="appliance",
            nature="quality",
            severity="moderate",
            description=description,
            bad_milli=1000,
            channel="phone",
            consent_kind="spoken",
            form_token=token,
            by=agent,
            now=filed_at,
        )
        checklist = checklists.current(appliance_of(product))
        return diagnoses.record(
            claim=claim,
            appliance=checklist.appliance,
            checklist=checklist.version,
            answers=[*answers, ["drain_filter", "none"], ["pump_sound", "hum"]],
            note="波轮机，没有过滤器",
            by=agent,
            now=self.now,
        )
