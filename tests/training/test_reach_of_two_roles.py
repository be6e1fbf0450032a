"""Who looks after training in one county and learns in another sees people of the first alone."""

import pytest

from aftersales.accounts.roles import Role
from stations.models import Agent, Grant
from tests.factories import NOW, seeing_everything
from tests.training.certificates.cases import practised
from tests.training.exams.cases import DAY

pytestmark = pytest.mark.django_db


def learns_in_suining(cast, user) -> None:
    with seeing_everything():
        Grant.objects.create(
            user=user,
            role=Role.AGENT,
            station=cast.chenlou,
            county_code=cast.chenlou.county_code,
            starts_at=NOW - 300 * DAY,
            reason="test",
        )
        Agent.objects.create(user=user, station=cast.chenlou, county_code=cast.chenlou.county_code)


def test_examining_in_one_county_shows_no_colleagues_of_another(cast, as_user):
    learns_in_suining(cast, cast.officer)
    here = practised(cast.agent, cast.trainer)
    there = practised(cast.suining_agent, cast.suining_officer)
    client = as_user("officer")

    listed = {row.pk for row in client.get("/training/practicals/").context["list_page"].rows}

    assert listed == {here.pk}
    assert client.get(f"/training/practicals/{there.pk}/").status_code == 404


def test_the_desk_counts_people_of_the_county_it_looks_after_alone(cast, as_user):
    def counted() -> int:
        return as_user("manager").get("/training/").context["counts"]["people"].number

    before = counted()
    learns_in_suining(cast, cast.manager)

    assert counted() == before == 4
