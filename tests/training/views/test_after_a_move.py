"""Who is posted to another county keeps what they learned, and goes on where they stopped."""

import pytest
from django.urls import reverse

from aftersales.accounts.roles import Role
from stations.models import Agent
from stations.services import agents
from tests.factories import NOW, acting_as, give, make_user, seeing_everything
from tests.training.learning_cases import make_learning
from training.models import Certificate, Enrolment, PracticalExam, Sitting


@pytest.fixture
def moved(cast, client):
    """The agent at work in another county, signed in."""
    make_learning(cast)
    nation = make_user("nation")
    give(nation, Role.ADMINISTRATOR)
    with seeing_everything():
        agent = Agent.objects.select_related("user", "station").get(user=cast.agent)
    with acting_as(nation):
        agents.post(agent=agent, station=cast.chenlou, reason="needed there", by=nation, now=NOW)
    client.force_login(cast.agent)
    return client


def key(model, **about) -> int:
    with seeing_everything():
        return model.objects.get(**about).pk


def test_what_they_learned_is_still_theirs(cast, moved):
    over, practical = key(Sitting, state="submitted"), key(PracticalExam)

    pages = {
        reverse("training:my_courses"): ["课程2"],
        reverse("training:my_hours"): ["县里集中培训"],
        reverse("training:certificate_own"): ["2028-11-20"],
        reverse("training:sitting_list"): ["90%"],
        reverse("training:sitting_result", args=[over]): ["90%"],
        reverse("training:practical_detail", args=[practical]): ["实操"],
        reverse("training:own_record"): ["课程2", "90%", "实操", "县里集中培训"],
    }

    answers = {address: moved.get(address) for address in pages}
    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(pages, 200)
    missing = {
        (address, word)
        for address, words in pages.items()
        for word in words
        if word not in answers[address].content.decode()
    }
    assert missing == set()


def test_they_go_on_where_they_stopped(cast, moved):
    course = key(Enrolment, finished_at=None)

    assert "课程1" in moved.get(reverse("training:course_learn", args=[course])).content.decode()
    with acting_as(cast.suining_manager):
        assert [each.course.title for each in Enrolment.objects.all()] == ["课程1"]
    with acting_as(cast.manager):
        assert [each.course.title for each in Enrolment.objects.all()] == ["课程2"]
        assert Certificate.objects.count() == 1


def test_the_certificate_certifies_in_the_new_county_too(cast, moved):
    with acting_as(cast.suining_manager):
        agent = Agent.objects.get(user=cast.agent)

    assert agent.certified_until is not None
