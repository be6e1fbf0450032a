"""Who looks after practical exams in one county and learns in another sees those of the first alone."""

import pytest

from aftersales.accounts.roles import Role
from stations.models import Agent, Grant
from tests.factories import NOW, seeing_everything
from tests.training.certificates.cases import practised
from tests.training.exams.cases import DAY

pytestmark = pytest.mark.django_db


def test_examining_in_one_county_shows_no_colleagues_of_another(cast, as_user):
    with seeing_everything():
        Grant.objects.create(
            user=cast.officer,
            role=Role.AGENT,
            station=cast.chenlou,
            county_code=cast.chenlou.county_code,
            starts_at=NOW - 300 * DAY,
            reason="test",
        )
        Agent.objects.create(user=cast.officer, station=cast.chenlou, county_code=cast.chenlou.county_code)
    here = practised(cast.agent, cast.trainer)
    there = practised(cast.suining_agent, cast.suining_officer)
    client = as_user("officer")

    listed = {row.pk for row in client.get("/training/practicals/").context["list_page"].rows}

    assert listed == {here.pk}
    assert client.get(f"/training/practicals/{there.pk}/").status_code == 404
