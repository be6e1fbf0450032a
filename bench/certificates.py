"""500 certificates in one file, as a batch print makes it; and the same file made again."""

from __future__ import annotations

import time
from datetime import date, timedelta

from django.db.models import Max
from django.test import override_settings
from django.utils import timezone

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from bench.measures import Measure
from stations.models import Agent
from training.models import (
    Certificate,
    CertificatePrint,
    Exam,
    PracticalExam,
    PracticalSheet,
    Sitting,
)
from training.rules.certificates import make_number, valid_until
from training.services import certificate_prints

COUNT = 500
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
GIVEN = "秀兰建国大勇素珍志明文斌光明小军春梅永贵"


def measure(county_code: str) -> list[Measure]:
    """Seconds from the start of the job to the finished file, twice over the same certificates."""
    now = timezone.now()
    with system_scope("measure a batch of certificates"), override_settings(PUBLIC_URL="https://example.org"):
        rows = _certificates(county_code)
        printed = certificate_prints.ask(rows, by=system_user(), now=now)
        first, digest = _made(printed, now)
        certificate_prints.ask_again(printed, by=system_user(), now=now)
        second, again = _made(printed, now)
    same = "identical" if digest == again else "DIFFERENT"
    return [
        Measure("file of 500 certificates", "s", 60, 30, ours=[first], note=f"{COUNT} pages"),
        Measure("the same file made again", "s", 60, 30, ours=[second], note=same),
    ]


def _made(printed: CertificatePrint, now) -> tuple[float, str]:
    started = time.perf_counter()
    certificate_prints.make(printed.pk, now=now)
    took = time.perf_counter() - started
    return took, CertificatePrint.objects.values_list("sha256", flat=True).get(pk=printed.pk)


def _certificates(county_code: str) -> list[Certificate]:
    """Certificates of one person under many names, each over results of its own."""
    agent = Agent.objects.filter(county_code=county_code, left_on__isnull=True).order_by("pk").first()
    where = {"user": agent.user, "station": agent.station, "county_code": county_code}
    exam = Exam.objects.filter(purpose="certificate").order_by("pk").first()
    sheet = PracticalSheet.objects.order_by("pk").first()
    taken = Sitting.objects.filter(exam=exam, user=agent.user).aggregate(last=Max("attempt"))["last"] or 0
    now, today = timezone.now(), timezone.localdate()
    sittings = Sitting.objects.bulk_create(
        Sitting(
            exam=exam,
            attempt=taken + number,
            seed="b" * 32,
            state="submitted",
            started_at=now - timedelta(hours=1),
            ends_at=now,
            ended_at=now,
            score_permille=900,
            has_passed=True,
            **where,
        )
        for number in range(1, COUNT + 1)
    )
    practicals = PracticalExam.objects.bulk_create(
        PracticalExam(
            sheet=sheet,
            examiner=system_user(),
            held_on=today,
            score_permille=900,
            has_passed=True,
            at=now,
            **where,
        )
        for _number in range(COUNT)
    )
    return Certificate.objects.bulk_create(
        _certificate(number, sitting, practical, where, today)
        for number, (sitting, practical) in enumerate(zip(sittings, practicals, strict=True))
    )


def _certificate(number: int, sitting: Sitting, practical: PracticalExam, where: dict, today: date):
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[number % 18 : number % 18 + 1 + number % 2]
    return Certificate(
        number=make_number(),
        holder_name=name,
        sitting=sitting,
        practical=practical,
        issued_on=today,
        valid_until=valid_until(today),
        issued_by=system_user(),
        **where,
    )
