"""Whatever is killed: work goes on, nothing is lost or done twice, nothing is left beside the new cluster."""

import os
import signal

import pytest

from tests.campaigns.stage import alive
from tests.campaigns.work import effects

JOBS = 40
ROLES = ("worker", "pusher", "monitor", "sentinel", "main")

pytestmark = [pytest.mark.campaign, pytest.mark.django_db(transaction=True)]


def each_once(numbers):
    return dict.fromkeys(numbers, 1)


def test_worker_killed_at_work(stage):
    stage = stage()
    numbers = stage.enqueue("count_up", JOBS)
    [victim] = stage.enqueue("wait_for_the_kill")

    stage.kill(stage.waiting_at(victim))
    stage.wait("every job", stage.all_done)

    assert effects() == each_once([*numbers, victim])
    assert stage.runs("attempts")[victim] == (2,)
    assert stage.beats_again()
    assert (stage.health()["cluster"]["ok"], stage.health()["jobs"]) == (True, {"ok": True, "dead": 0})


def test_idle_worker_killed_takes_the_cluster_with_it_and_the_supervisor_notices(stage):
    stage = stage(workers=1)
    before = stage.enqueue("count_up", JOBS)
    stage.wait("the first jobs", stage.all_done)
    old = stage.members()

    stage.kill(stage.member("worker"))
    after = stage.enqueue("count_up", JOBS)
    stage.wait("a red health page", lambda: not stage.health()["cluster"]["ok"])
    done_meanwhile = effects()
    stage.wait("every job", stage.all_done)

    assert done_meanwhile == each_once(before)
    assert effects() == each_once([*before, *after])
    assert stage.main() not in old
    assert alive(old) == []
    assert stage.health()["cluster"]["ok"]


def test_whole_cluster_killed(stage):
    stage = stage()
    [victim] = stage.enqueue("wait_for_the_kill")
    numbers = stage.enqueue("count_up", JOBS)
    stage.waiting_at(victim)
    old = stage.members()

    os.killpg(stage.main(), signal.SIGKILL)
    stage.wait("every job", stage.all_done)

    assert effects() == each_once([victim, *numbers])
    assert alive(old) == []
    assert stage.health()["cluster"]["ok"]


def test_main_process_killed_leaves_no_orphans(stage):
    stage = stage()
    [victim] = stage.enqueue("wait_for_the_kill")
    stage.waiting_at(victim)
    old = stage.members()

    stage.kill(stage.main())
    stage.wait("another cluster", lambda: stage.main() not in (None, old[0]))
    left_behind = alive(old)
    stage.wait("every job", stage.all_done)

    assert left_behind == []
    assert effects() == each_once([victim])


def test_supervisor_killed_takes_the_cluster_with_it(stage):
    stage = stage()
    numbers = stage.enqueue("count_up", JOBS)
    old = stage.members()

    stage.supervisor.kill()
    stage.supervisor.wait()
    stage.wait("the cluster to stop", lambda: alive(old) == [])
    more = stage.enqueue("count_up", JOBS)
    stage.start()
    stage.wait("every job", stage.all_done)

    assert effects() == each_once([*numbers, *more])


def test_stopping_lets_work_finish(stage):
    stage = stage()
    numbers = stage.enqueue("count_up", JOBS)
    stage.wait("some work", effects)
    old = stage.members()

    stage.supervisor.terminate()

    assert stage.supervisor.wait(30) == 0
    assert alive(old) == []
    done = set(effects())
    stage.start()
    stage.wait("every job", stage.all_done)
    assert done <= set(numbers)
    assert effects() == each_once(numbers)
    assert set(stage.runs("attempts").values()) == {(1,)}


def test_one_process_after_the_other(stage):
    stage = stage()
    numbers = []
    for role in ROLES * 2:
        numbers += stage.enqueue("count_up", JOBS)
        stage.wait("some of the work", lambda: effects().keys() & set(numbers[-JOBS:]))  # noqa: B023
        old = stage.members()
        stage.kill(stage.member(role))
        stage.wait("every job", stage.all_done)
        # Where the cluster went on with a new child, the next kill wants one that is whole again.
        if stage.main() == old[0]:
            stage.kill(old[0])
        stage.wait(
            "a whole cluster",
            lambda: stage.main() not in (None, old[0]) and len(stage.members()) >= stage.workers + 4,  # noqa: B023
        )

    assert effects() == each_once(numbers)
