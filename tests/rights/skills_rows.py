"""What hangs on the quarterly check of skills in the small world of tests/rights/world.py."""

from __future__ import annotations

from datetime import date

from django.db.models import Model

from aftersales.accounts.models import User
from stations.models import Agent
from tests.factories import NOW
from tests.rights.marks import Marks
from training.models import SkillsCheck


def skills_rows(mark: Marks, agent: Agent, trainer: User) -> list[Model]:
    """The check of a village's agent in a past quarter."""
    return [
        SkillsCheck.objects.create(
            user=agent.user,
            station=agent.station,
            county_code=agent.county_code,
            quarter=date(2026, 1, 1),
            attitude_permille=700,
            has_passed=False,
            remark=mark.word("skillsremark"),
            by=trainer,
            at=NOW,
        )
    ]
