"""What happens when people act on the network at the same moment."""

import pytest

from aftersales.accounts.models import User
from aftersales.lib.errors import Refused
from stations.models import Agent, Grant, Region, Station
from stations.services import agents, grants, network
from tests.cast import make_cast
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TOGETHER = 6


def race(manager, step) -> list[str]:
    """How each of several managers fared who take the same step at once: "done" or the code of a refusal."""

    def take(_number):
        with acting_as(manager):
            try:
                step()
            except Refused as refused:
                return refused.code
            return "done"

    outcomes = at_once(take, [(number,) for number in range(TOGETHER)])
    assert [outcome.error for outcome in outcomes] == [""] * TOGETHER
    return sorted(outcome.value for outcome in outcomes)


def test_one_step_is_taken_once():
    cast = make_cast()

    codes = race(
        cast.manager,
        lambda: network.move(
            station=cast.guangcheng,
            action="suspend",
            reason="flood",
            expected_version=1,
            by=cast.manager,
            now=NOW,
        ),
    )

    assert codes == ["done"] + ["stale"] * (TOGETHER - 1)
    with seeing_everything():
        assert Station.objects.get(pk=cast.guangcheng.pk).version == 2


def test_a_place_gets_one_standby_point():
    cast = make_cast()
    region = Region.objects.create(code="520123104000", name="六屯镇", level=4, parent_id="520123000000")

    codes = race(
        cast.manager,
        lambda: network.create_station(
            tier="township", region=region, name="六屯镇乡镇备用处理点", by=cast.manager, now=NOW
        ),
    )

    assert codes == ["done"] + ["taken"] * (TOGETHER - 1)


def test_a_user_name_is_given_once():
    cast = make_cast()

    codes = race(
        cast.manager,
        lambda: agents.take_on(
            station=cast.guangcheng, username="twice", full_name="杨小梅", by=cast.manager, now=NOW
        ),
    )

    assert codes == ["done"] + ["username_taken"] * (TOGETHER - 1)
    assert User.objects.filter(username="twice").count() == 1


def test_a_role_is_taken_back_once():
    cast = make_cast()
    with seeing_everything():
        grant = Grant.objects.get(user=cast.officer)

    codes = race(
        cast.manager,
        lambda: grants.withdraw(grant=grant, reason="leaves", by=cast.manager, now=NOW),
    )

    assert codes == ["already_withdrawn"] * (TOGETHER - 1) + ["done"]


def test_somebody_leaves_once():
    cast = make_cast()
    with seeing_everything():
        agent = Agent.objects.select_related("user", "station").get(user=cast.agent)

    codes = race(
        cast.manager,
        lambda: agents.leave(agent=agent, reason="moved away", by=cast.manager, now=NOW),
    )

    assert codes == ["done"] + ["left"] * (TOGETHER - 1)
