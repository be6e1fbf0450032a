import pytest
import time_machine

from stations.models import Agent
from tests.factories import NOW
from training.models import SkillsCheck

COUNTY = "/dashboards/county/520123000000/"

pytestmark = pytest.mark.django_db


def stats(client):
    with time_machine.travel(NOW, tick=False):
        board = client.get(COUNTY).context["stats"]
    return [(each.value, each.tone, each.url) for each in board if each.url.startswith("/training/")]


def check(cast, user, quarter, *, has_passed):
    agent = Agent._base_manager.get(user=user)
    SkillsCheck._base_manager.create(
        user=user,
        station=agent.station,
        county_code=agent.county_code,
        quarter=quarter,
        attitude_permille=900,
        has_passed=has_passed,
        by=cast.trainer,
        at=NOW,
    )


def test_the_board_says_how_many_are_certified_and_how_many_checks_were_passed(client, cast):
    check(cast, cast.agent, "2026-10-01", has_passed=True)
    check(cast, cast.agent, "2026-07-01", has_passed=False)
    client.force_login(cast.manager)

    assert stats(client) == [
        ("75.0%", "warn", "/training/figures/?county=520123000000"),
        ("100.0%", "good", "/training/figures/?county=520123000000&quarter=2026-Q4"),
    ]


def test_the_last_quarter_is_shown_until_this_one_has_a_check(client, cast):
    check(cast, cast.agent, "2026-07-01", has_passed=False)
    client.force_login(cast.trainer)

    assert stats(client)[1] == ("0.0%", "warn", "/training/figures/?county=520123000000&quarter=2026-Q3")


def test_without_a_check_there_is_no_grade(client, cast):
    client.force_login(cast.trainer)

    value, tone, url = stats(client)[1]

    assert (tone, url) == ("", "/training/figures/?county=520123000000&quarter=2026-Q4")
    assert "%" not in value


def test_who_does_not_look_after_training_is_not_shown_it(client, cast):
    client.force_login(cast.officer)

    assert stats(client) == []
