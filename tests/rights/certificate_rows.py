"""A certificate and a file of certificates in the small world of tests/rights/world.py."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Model

from aftersales.accounts.models import User
from stations.models import Agent
from tests.factories import NOW
from tests.rights.marks import Marks
from training.models import (
    Certificate,
    CertificatePrint,
    Exam,
    PracticalExam,
    PracticalSheet,
    Sitting,
)
from training.rules.certificates import make_number


def certificate_rows(mark: Marks, agent: Agent, trainer: User) -> list[Model]:
    """What a village's agent passed, the certificate over it, and a file it was printed in."""
    where = {"user": agent.user, "station": agent.station, "county_code": agent.county_code}
    exam, _made = Exam.objects.get_or_create(
        code="rights-certificate", defaults={"title": "结业理论考试", "purpose": "certificate"}
    )
    sheet, _made = PracticalSheet.objects.get_or_create(
        code="rights-sheet", defaults={"title": "拍照取证实操"}
    )
    sitting = Sitting.objects.create(
        exam=exam,
        attempt=90,
        seed="a" * 32,
        state="submitted",
        started_at=NOW - timedelta(days=30),
        ends_at=NOW - timedelta(days=30),
        ended_at=NOW - timedelta(days=30),
        score_permille=900,
        has_passed=True,
        **where,
    )
    practical = PracticalExam.objects.create(
        sheet=sheet,
        examiner=trainer,
        held_on=date(2026, 10, 30),
        points={"photo": 85},
        score_permille=850,
        has_passed=True,
        remark=mark.word("practicalremark"),
        at=NOW,
        **where,
    )
    certificate = Certificate.objects.create(
        number=make_number(),
        holder_name=agent.user.full_name,
        sitting=sitting,
        practical=practical,
        issued_on=date(2026, 11, 1),
        valid_until=date(2028, 10, 31),
        issued_by=trainer,
        **where,
    )
    printed = CertificatePrint.objects.create(
        county_code=agent.county_code,
        certificate_ids=[certificate.pk],
        count=1,
        done=1,
        state="ready",
        sha256="b" * 64,
        asked_by=trainer,
        asked_at=NOW,
        ended_at=NOW,
    )
    return [certificate, printed]
