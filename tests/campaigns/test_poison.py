"""Work that kills, hangs or fails is tried five times and listed; everything else goes on."""

import pytest

from aftersales.ops.models import JobRun
from tests.campaigns.work import effects

JOBS = 40

pytestmark = [pytest.mark.campaign, pytest.mark.django_db(transaction=True)]


def test_poison_is_given_up_and_the_queue_drains(stage):
    stage = stage()
    numbers = stage.enqueue("count_up", JOBS)
    [killing] = stage.enqueue("kill_own_worker")
    [hanging] = stage.enqueue("hang")
    [failing] = stage.enqueue("fail")
    numbers += stage.enqueue("count_up", JOBS)

    stage.wait(
        "the poison to be given up",
        lambda: [stage.runs("state").get(n) for n in (killing, hanging, failing)] == [("dead",)] * 3,
    )
    stage.wait("the other jobs", lambda: len(effects()) == len(numbers))
    after = stage.enqueue("count_up", JOBS)
    stage.wait("jobs that came after", lambda: len(effects()) == len(numbers) + JOBS)

    told = stage.runs("attempts", "last_error")
    assert {number: told[number] for number in (killing, hanging, failing)} == {
        killing: (5, "killed"),
        hanging: (5, "timeout"),
        failing: (5, "ValueError"),
    }
    assert effects() == dict.fromkeys([*numbers, *after], 1)
    assert stage.beats_again()
    assert (stage.health()["cluster"]["ok"], stage.health()["jobs"]) == (True, {"ok": False, "dead": 3})
    assert JobRun.objects.filter(state=JobRun.State.FAILED).count() == 0
