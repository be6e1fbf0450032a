"""What becomes of somebody's learning when they are posted elsewhere, or leave."""

import pytest

from aftersales.accounts.roles import Role
from aftersales.audit.models import AuditEvent
from stations.models import Agent
from stations.services import agents
from tests.factories import NOW, acting_as, give, make_user, seeing_everything
from tests.training.learning_cases import XIUWEN, make_learning
from training.models import Certificate, Enrolment, LessonProgress, Mentorship, Sitting, SittingAnswer

SUINING = "320324000000"


@pytest.fixture
def learning(cast):
    make_learning(cast)


def move(cast, station, by):
    with seeing_everything():
        agent = Agent.objects.select_related("user", "station").get(user=cast.agent)
    with acting_as(by):
        agents.post(agent=agent, station=station, reason="needed there", by=by, now=NOW)


def where_things_are() -> dict:
    with seeing_everything():
        return {
            "courses": list(
                Enrolment.objects.order_by("id").values_list("station__name", "county_code", "withdrawn_at")
            ),
            "progress": list(LessonProgress.objects.values_list("county_code", flat=True)),
            "sittings": list(Sitting.objects.order_by("id").values_list("station__name", "county_code")),
            "answers": list(
                SittingAnswer.objects.order_by("sitting_id").values_list("county_code", flat=True)
            ),
            "mentors": list(Mentorship.objects.values_list("station__name", "until_on")),
            "certificates": list(Certificate.objects.values_list("station__name", "shows_name")),
        }


def test_what_is_under_way_comes_along_within_the_county(cast, learning):
    move(cast, cast.fangmaping, cast.manager)

    assert where_things_are() == {
        "courses": [("放马坪村服务点", XIUWEN, None), ("广城村服务点", XIUWEN, None)],
        "progress": [XIUWEN],
        "sittings": [("广城村服务点", XIUWEN), ("放马坪村服务点", XIUWEN)],
        "answers": [XIUWEN, XIUWEN],
        "mentors": [("放马坪村服务点", None)],
        "certificates": [("广城村服务点", True)],
    }


def test_in_another_county_the_mentor_stays_behind(cast, learning):
    somebody = make_user("nation")
    give(somebody, Role.ADMINISTRATOR)

    move(cast, cast.chenlou, somebody)

    assert where_things_are() == {
        "courses": [("陈楼村服务点", SUINING, None), ("广城村服务点", XIUWEN, None)],
        "progress": [SUINING],
        "sittings": [("广城村服务点", XIUWEN), ("陈楼村服务点", SUINING)],
        "answers": [XIUWEN, SUINING],
        "mentors": [("广城村服务点", NOW.date())],
        "certificates": [("广城村服务点", True)],
    }


def test_who_leaves_gives_courses_up_and_is_no_longer_named_in_public(cast, learning):
    with seeing_everything():
        agent = Agent.objects.select_related("user", "station").get(user=cast.agent)

    with acting_as(cast.manager):
        agents.leave(agent=agent, reason="moved away", by=cast.manager, now=NOW)

    assert where_things_are() == {
        "courses": [("广城村服务点", XIUWEN, NOW), ("广城村服务点", XIUWEN, None)],
        "progress": [XIUWEN],
        "sittings": [("广城村服务点", XIUWEN)] * 2,
        "answers": [XIUWEN, XIUWEN],
        "mentors": [("广城村服务点", NOW.date())],
        "certificates": [("广城村服务点", False)],
    }
    with seeing_everything():
        said = list(AuditEvent.objects.filter(at=NOW).order_by("id").values_list("verb", flat=True))
    assert said[-3:] == ["enrolment.withdrawn", "mentorship.ended", "certificate.consent_withdrawn"]
