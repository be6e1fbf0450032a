import pytest
import time_machine

from tests.claims.admin.rows import make_rows
from tests.factories import NOW
from tests.grounds import laid_once


@pytest.fixture(autouse=True)
def _the_clock_stands():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
@laid_once
def ours(cast):
    """The rows of 修文, filed by the agent of 广城."""
    return make_rows(cast.guangcheng, agent=cast.agent, officer=cast.second_officer, manager=cast.manager)


@pytest.fixture
@laid_once
def theirs(cast):
    """The rows of 睢宁, which nobody of 修文 may see."""
    return make_rows(
        cast.chenlou,
        agent=cast.suining_agent,
        officer=cast.suining_officer,
        manager=cast.suining_manager,
        name="孟德海",
    )
