from datetime import datetime

import pytest

from aftersales.notices.models import Notice
from aftersales.web.formats import SHANGHAI
from tests.factories import NOW, seeing_everything
from tests.training.certificates.cases import sat
from training.models import SkillsCheck
from training.services import skills_reminders

pytestmark = pytest.mark.django_db

DECEMBER = datetime(2026, 12, 2, 8, 25, tzinfo=SHANGHAI)


def remind(now=DECEMBER):
    with seeing_everything():
        return skills_reminders.remind(now=now)


def told():
    return set(Notice.objects.filter(event="skills_check.due").values_list("recipient__username", flat=True))


def test_everybody_due_is_reminded_once(cast):
    assert (remind(), remind(DECEMBER.replace(day=20))) == (5, 0)

    assert told() == {"agent", "neighbour", "uncertified", "technician", "suining_agent"}
    assert Notice.objects.first().params == {"quarter": "2026-Q4", "until_on": "2026-12-31"}


def test_who_has_passed_the_theory_or_has_a_check_is_left_in_peace(cast):
    sat(cast.agent, purpose="skills_check")
    sat(cast.neighbour, purpose="skills_check", has_passed=False)
    SkillsCheck._base_manager.create(
        user=cast.technician,
        station=cast.liuguang_point,
        county_code="520123000000",
        quarter="2026-10-01",
        attitude_permille=900,
        has_passed=False,
        by=cast.trainer,
        at=NOW,
    )

    assert remind() == 3
    assert told() == {"neighbour", "uncertified", "suining_agent"}


def test_nobody_is_reminded_before_the_last_thirty_days(cast):
    assert remind(DECEMBER.replace(day=1)) == 0
    assert told() == set()
