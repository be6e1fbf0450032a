from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.notices.models import Notice
from stations.models import Agent
from tests.factories import NOW, acting_as
from tests.training.certificates.cases import practised, sat
from training.models import SkillsCheck
from training.services import skills_checks

pytestmark = pytest.mark.django_db

QUARTER = date(2026, 10, 1)


def record(cast, **given):
    """A check of the village agent by the trainer, with what the test says otherwise."""
    asked = {
        "user": cast.agent,
        "quarter": QUARTER,
        "sitting": None,
        "practical": None,
        "attitude_permille": 900,
        "remark": "",
        "by": cast.trainer,
        "now": NOW,
        **given,
    }
    with acting_as(asked["by"]):
        return skills_checks.record(asked.pop("user"), **asked)


def refusal(cast, **given) -> str:
    with pytest.raises(Refused) as refused:
        record(cast, **given)
    return refused.value.code


def test_a_check_with_all_parts_is_passed_and_told(cast):
    sitting, practical = sat(cast.agent, purpose="skills_check"), practised(cast.agent, cast.trainer)

    check = record(cast, sitting=sitting, practical=practical)

    assert (check.has_passed, check.station_id, check.county_code) == (
        True,
        cast.guangcheng.pk,
        "520123000000",
    )
    notice = Notice.objects.get(event="skills_check.passed")
    assert (notice.recipient_id, notice.params) == (cast.agent.pk, {"quarter": "2026-Q4"})
    event = AuditEvent._base_manager.get(verb="skills_check.recorded")
    assert event.after == {
        "user": cast.agent.pk,
        "quarter": "2026-Q4",
        "sitting": sitting.pk,
        "practical": practical.pk,
        "attitude_permille": 900,
        "has_passed": True,
    }


@pytest.mark.parametrize(
    ("theory", "practice", "attitude"), [(False, True, 900), (True, False, 900), (True, True, 790)]
)
def test_one_weak_part_fails_the_check(cast, theory, practice, attitude):
    check = record(
        cast,
        sitting=sat(cast.agent, purpose="skills_check", has_passed=theory),
        practical=practised(cast.agent, cast.trainer, has_passed=practice),
        attitude_permille=attitude,
    )

    assert check.has_passed is False
    assert Notice.objects.get(recipient=cast.agent).event == "skills_check.failed"


def test_what_was_missed_needs_a_word_and_is_failed(cast):
    assert refusal(cast) == "remark_missing"

    check = record(cast, remark="住院，两次都没来")

    assert (check.has_passed, check.sitting, check.practical) == (False, None, None)


def test_nobody_checks_themselves(cast):
    assert refusal(cast, by=cast.agent) == "own_check"


def test_an_account_without_a_posting_is_not_checked(cast):
    assert refusal(cast, user=cast.supervisor) == "not_posted"


@pytest.mark.parametrize("quarter", [date(2026, 7, 1), date(2027, 1, 1), date(2026, 10, 2)])
def test_only_the_running_quarter_is_recorded_in_november(cast, quarter):
    assert refusal(cast, quarter=quarter, remark="没来") == "quarter_closed"


def test_a_quarter_may_be_recorded_a_month_after_its_end(cast):
    check = record(cast, remark="没来", now=NOW.replace(year=2027, month=1, day=31))

    assert check.quarter == QUARTER


@pytest.mark.parametrize("attitude", [-1, 1001])
def test_points_beyond_the_scale_are_refused(cast, attitude):
    assert refusal(cast, remark="没来", attitude_permille=attitude) == "attitude_range"


def test_only_own_results_of_the_quarter_count(cast):
    assert refusal(cast, sitting=sat(cast.neighbour, purpose="skills_check")) == "sitting_unfit"
    assert refusal(cast, sitting=sat(cast.agent)) == "sitting_unfit"
    assert refusal(cast, sitting=sat(cast.agent, purpose="skills_check", days_ago=60)) == "sitting_unfit"
    assert refusal(cast, practical=practised(cast.neighbour, cast.trainer)) == "practical_unfit"
    assert refusal(cast, practical=practised(cast.agent, cast.trainer, days_ago=60)) == "practical_unfit"
    assert refusal(cast, remark="长" * 301) == "too_long"


def test_a_quarter_has_one_check_of_a_person(cast):
    record(cast, remark="没来")

    assert refusal(cast, remark="没来") == "recorded_already"
    assert SkillsCheck._base_manager.count() == 1
    assert AuditEvent._base_manager.filter(verb="skills_check.recorded").count() == 1


def test_a_check_never_changes(cast):
    check = record(cast, remark="没来")
    check.has_passed = True

    with pytest.raises(Exception, match="append-only"):
        check.save()


def test_another_county_is_out_of_reach(cast):
    Agent._base_manager.filter(user=cast.suining_agent).update(joined_on=NOW.date() - timedelta(days=400))

    with pytest.raises((Refused, ObjectDoesNotExist)) as refused:
        record(cast, user=cast.suining_agent, remark="没来")

    assert refused.value.code == "not_posted"
