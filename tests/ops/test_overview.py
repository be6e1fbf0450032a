"""The operators' page: what it counts, what it shows, and the decision about a job that was given up."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override
from django_q.models import OrmQ, Schedule, Task

from aftersales.ops import beats, overview, tasks
from aftersales.ops.models import JobRun
from aftersales.ops.schedules import SCHEDULES, Planned, synchronise

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
HEARTBEAT = Planned("heartbeat", "aftersales.ops.tasks.heartbeat", minutes=1)
NIGHT = Planned("tidy", "aftersales.ops.tasks.unheard_of", cron="10 3 * * *")
TONIGHT = datetime(2026, 11, 21, 19, 10, tzinfo=UTC)
PAGE = "/admin/ops/jobrun/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)
    synchronise(now=NOW, planned=(HEARTBEAT, NIGHT))


def make_job(key, state, **more):
    ended = NOW if state in ("done", "dead", "set_aside", "overtaken") else None
    facts = {"task": HEARTBEAT.task, "arguments": [7], "created_at": NOW, "started_at": NOW, **more}
    return JobRun.objects.create(key=key, state=state, finished_at=ended, **facts)


def test_every_task_has_a_name_in_words():
    jobs = {
        name
        for name, task in vars(tasks).items()
        if hasattr(task, "__wrapped__") and task.__module__ == tasks.__name__
    }
    planned = {each.task.rpartition(".")[2] for each in SCHEDULES}

    assert set(overview.TASK_NAMES) == jobs | planned


def test_queue_is_counted():
    for seconds in (-60, -5, 30):
        OrmQ.objects.create(key="aftersales", payload="", lock=NOW + timedelta(seconds=seconds))
    for number, state in enumerate(("running", "failed", "failed", "dead", "done")):
        make_job(str(number), state)

    assert overview.queue(now=NOW) == overview.Queue(
        waiting=2, oldest_at=NOW - timedelta(seconds=60), in_hand=1, running=1, failed=2, dead=1
    )


def test_signs_of_life_are_those_that_are_expected():
    beats.beat(beats.CLUSTER, now=NOW - timedelta(seconds=180))
    beats.beat("drain", now=NOW)
    synchronise(now=NOW, planned=(HEARTBEAT, Planned("sweep_clocks", HEARTBEAT.task, minutes=1)))

    with override("en"):
        assert overview.signs(now=NOW) == [
            overview.Sign("Task cluster", NOW - timedelta(seconds=180), False),
            overview.Sign("Escalation of overdue claims", None, False),
        ]


def test_schedules_are_told_with_their_last_run():
    Task.objects.create(
        id="t1", name="t1", func=HEARTBEAT.task, started=NOW, stopped=NOW, success=False, attempt_count=2
    )
    Schedule.objects.filter(name="heartbeat").update(task="t1")

    with override("en"):
        assert overview.plans() == [
            overview.Plan("Sign of life", "every 1 min", NOW, NOW, False),
            overview.Plan("unheard_of", "every day at 03:10", TONIGHT, None, None),
        ]
        assert overview.failures() == [
            {"func": HEARTBEAT.task, "stopped": NOW, "attempt_count": 2, "name": "Sign of life"}
        ]


def test_page_lists_what_needs_somebody_and_everything_when_asked(as_user):
    for state in JobRun.State.values:
        make_job(f"job-{state}", state)
    platform = as_user("platform")

    shown = {
        query: sorted(job.key for job in platform.get(PAGE + query).context["cl"].result_list)
        for query in ("", "?state=done", "?state=all")
    }

    assert shown == {
        "": ["job-dead", "job-failed", "job-running", "job-waiting"],
        "?state=done": ["job-done"],
        "?state=all": sorted(f"job-{state}" for state in JobRun.State.values),
    }


def test_page_tells_of_queue_signs_and_schedules(as_user, django_assert_max_num_queries):
    make_job("j1", "dead", last_error="killed")
    beats.beat(beats.CLUSTER, now=NOW)
    administrator = as_user("administrator")

    with django_assert_max_num_queries(25):
        page = administrator.get(PAGE).content.decode()

    for words in (
        "given up: 1",
        "Task cluster",
        "shows life",
        "Sign of life",
        "every 1 min",
        "its process was killed",
    ):
        assert words in page, words


def test_dead_job_is_released_with_a_reason(as_user):
    job = make_job("j1", "dead", attempts=5)
    platform = as_user("platform")
    send = {"action": "release", "_selected_action": [job.pk], "apply": "1"}

    without = platform.post(PAGE, send)
    still = JobRun.objects.get().state
    done = platform.post(PAGE, {**send, "with-reason": "The cause is gone."})

    assert (without.status_code, still, done.status_code) == (200, "dead", 302)
    job.refresh_from_db()
    assert (job.state, job.attempts, OrmQ.objects.count()) == ("waiting", 0, 1)


@pytest.mark.parametrize("name", ["manager", "officer", "trainer"])
def test_page_is_for_those_who_run_the_system(as_user, name):
    assert as_user(name).get(PAGE).status_code == 403


def test_tables_of_the_queue_itself_are_not_opened(as_user):
    administrator = as_user("administrator")

    for model in ("schedule", "ormq", "success", "failure"):
        assert administrator.get(f"/admin/django_q/{model}/").status_code == 404
