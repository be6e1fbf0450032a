"""Attempts are counted before the work, stop at five, and what was done is not done again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils.translation import override
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ

from aftersales.audit.models import AuditEvent
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from aftersales.ops import jobs
from aftersales.ops.jobs import JobFailed, job
from aftersales.ops.models import JobRun
from aftersales.ops.schedules import Planned
from aftersales.web.models import FailureCount
from tests.factories import make_user
from tests.processes import at_once

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def delivered():
    """Says that the queue has delivered a call; the dictionary is what goes back to it."""
    token = jobs._delivery.set(None)

    def deliver(queue_id):
        call = {"id": queue_id, "ack_failure": True}
        jobs.note_delivery("django_q", task=call)
        return call

    yield deliver
    jobs._delivery.reset(token)


class Trouble(Exception):
    pass


def write(name):
    FailureCount.objects.create(key=name, started_at=NOW)


def written():
    return sorted(FailureCount.objects.values_list("key", flat=True))


@job(one_transaction=True)
def write_once(number: int) -> str:
    write(f"row {FailureCount.objects.count()}")
    return f"did {number}"


@job
def write_and_fail(number: int) -> None:
    write(f"row {FailureCount.objects.count()}")
    raise Trouble("张三 13800000000")


@job
def look(planned_at: str = "") -> str:
    write(planned_at)
    return planned_at


ONCE, FAILING, LOOK = (f"{__name__}.{name}" for name in ("write_once", "write_and_fail", "look"))


def runs(*fields):
    return list(JobRun.objects.order_by("pk").values_list("task", "key", *fields))


def test_job_is_begun_once_under_its_key():
    answers = [write_once(7, key="seven"), write_once(7, key="seven"), write_once(7, key="other")]

    assert answers == ["did 7", None, "did 7"]
    assert written() == ["row 0", "row 1"]
    assert runs("arguments", "state", "attempts", "started_at", "finished_at", "last_error") == [
        (ONCE, "seven", [7], "done", 1, NOW, NOW, ""),
        (ONCE, "other", [7], "done", 1, NOW, NOW, ""),
    ]


def test_key_of_a_call_is_the_one_of_the_queue_when_nobody_gave_one(delivered):
    delivered("q1")
    answers = [write_once(7), write_once(7)]
    delivered("q2")
    answers.append(write_once(7))

    assert answers == ["did 7", None, "did 7"]
    write_once(7, key="seven")
    assert runs("is_named") == [(ONCE, "q1", False), (ONCE, "q2", False), (ONCE, "seven", True)]


def test_task_called_by_hand_is_not_counted(delivered):
    delivered("q1")
    jobs.forget_delivery("django_q")

    assert [write_once(7), write_once(7)] == ["did 7", "did 7"]
    assert runs() == []


def test_attempt_is_counted_before_the_work_starts():
    seen = []

    @job
    def watch(number):
        seen.extend(JobRun.objects.values_list("state", "attempts", "started_at"))

    watch(7, key="seven")

    assert seen == [("running", 1, NOW)]


def test_failure_is_written_down_without_its_words_and_stays_in_the_queue(delivered, caplog):
    call = delivered("q1")

    with pytest.raises(JobFailed) as told:
        write_and_fail(7)

    assert (str(told.value), told.value.__suppress_context__) == ("Trouble", True)
    assert call["ack_failure"] is False
    assert runs("state", "attempts", "finished_at", "last_error") == [
        (FAILING, "q1", "failed", 1, None, "Trouble")
    ]
    record = next(record for record in caplog.records if record.name == jobs.__name__)
    assert (record.getMessage(), record.task, record.code) == ("a job failed", FAILING, "Trouble")


def test_work_in_one_transaction_leaves_nothing_when_it_fails():
    @job(one_transaction=True)
    def write_then_fail(number):
        write("half")
        raise Refused("no", code="fund_empty")

    with pytest.raises(Refused):
        write_then_fail(7, key="seven")

    assert written() == []
    assert runs("state", "last_error")[0][2:] == ("failed", "fund_empty")


def test_fifth_failure_is_the_last(delivered):
    acknowledged = []
    for _attempt in range(5):
        call = delivered("q1")
        with pytest.raises(JobFailed):
            write_and_fail(7)
        acknowledged.append(call["ack_failure"])

    assert acknowledged == [False, False, False, False, True]
    assert runs("state", "attempts", "finished_at", "last_error") == [
        (FAILING, "q1", "dead", 5, NOW, "Trouble")
    ]
    assert write_and_fail(7) is None
    assert len(written()) == 5


@pytest.mark.parametrize(("attempts", "begins"), [(4, True), (5, False)])
def test_job_whose_process_was_killed_is_begun_five_times(attempts, begins):
    JobRun.objects.create(
        task=ONCE, key="seven", created_at=NOW, started_at=NOW, state="running", attempts=attempts
    )

    answer = write_once(7, key="seven")

    assert answer == ("did 7" if begins else None)
    expected = ("done", 5, "") if begins else ("dead", 5, "killed")
    assert runs("state", "attempts", "last_error") == [(ONCE, "seven", *expected)]
    assert len(written()) == int(begins)


def test_time_limit_is_a_failure_that_the_worker_still_learns_of(delivered):
    call = delivered("q1")

    @job
    def hang(number):
        raise TimeoutException("Task exceeded maximum timeout value (60 seconds)")

    with pytest.raises(TimeoutException):
        hang(7)

    assert call["ack_failure"] is False
    assert runs("state", "last_error")[0][2:] == ("failed", "timeout")


@pytest.mark.parametrize("step", ["_begin", "_fail"])
def test_job_that_cannot_be_counted_stays_in_the_queue(delivered, monkeypatch, step):
    call = delivered("q1")

    def refuse(*args):
        raise Trouble("the database is gone")

    monkeypatch.setattr(jobs, step, refuse)
    with pytest.raises(Trouble):
        write_and_fail(7)

    assert call["ack_failure"] is False


def test_what_another_delivery_has_done_meanwhile_is_undone():
    @job(one_transaction=True)
    def write_beside_another(number):
        write("twice")
        JobRun.objects.update(state="done", finished_at=NOW)
        done.append(number)

    done = []

    assert write_beside_another(7, key="seven") is None
    assert (done, written()) == ([7], [])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_three_deliveries_at_the_same_moment_have_one_effect():
    outcomes = at_once(lambda: write_once(7, key="seven"), [()] * 3)

    assert len(written()) == 1
    assert [outcome.value for outcome in outcomes].count("did 7") == 1
    assert runs("state")[0][2:] == ("done",)


@pytest.fixture
def every_minute(monkeypatch):
    monkeypatch.setattr(jobs, "SCHEDULES", (Planned("look", LOOK, minutes=1),))


def test_scheduled_run_is_one_job_for_its_planned_time():
    answers = [look(planned_at=NOW.isoformat()) for _delivery in range(2)]

    assert answers == [NOW.isoformat(), None]
    assert runs("planned_at", "state") == [(LOOK, NOW.isoformat(), NOW, "done")]


def test_late_run_is_made_up_for_by_a_later_one(every_minute):
    look(planned_at=LATER.isoformat())

    assert look(planned_at=NOW.isoformat()) is None
    assert runs("state", "attempts") == [
        (LOOK, LATER.isoformat(), "done", 1),
        (LOOK, NOW.isoformat(), "overtaken", 0),
    ]


def test_dead_run_is_made_up_for_by_a_later_one(every_minute):
    for planned in (NOW, LATER + timedelta(minutes=1)):
        JobRun.objects.create(
            task=LOOK,
            key=planned.isoformat(),
            planned_at=planned,
            created_at=NOW,
            finished_at=NOW,
            state="dead",
            attempts=5,
        )

    look(planned_at=LATER.isoformat())

    assert [row[-1] for row in runs("state")] == ["overtaken", "dead", "done"]


def test_run_of_the_night_works_for_its_own_day(monkeypatch):
    monkeypatch.setattr(jobs, "SCHEDULES", (Planned("look", LOOK, cron="10 3 * * *"),))
    look(planned_at=LATER.isoformat())

    assert look(planned_at=NOW.isoformat()) == NOW.isoformat()


@pytest.fixture
def dead():
    return JobRun.objects.create(
        task=ONCE,
        key="seven",
        arguments=[7, "2026-01-31"],
        created_at=NOW,
        started_at=NOW,
        finished_at=NOW,
        state="dead",
        attempts=5,
        last_error="killed",
    )


def trail():
    with system_scope("test", quiet=True):
        events = AuditEvent.objects.filter(verb__startswith="job.").order_by("pk")
        return list(events.values_list("verb", "object_id", "before", "reason"))


def test_released_job_gets_five_new_attempts(dead):
    jobs.release(job=dead, reason="The cause is gone.", by=make_user("ops"), now=LATER)

    assert [(row.func(), row.args(), row.kwargs()) for row in OrmQ.objects.all()] == [
        (ONCE, (7, "2026-01-31"), {"key": "seven"})
    ]
    assert runs("state", "attempts", "finished_at") == [(ONCE, "seven", "waiting", 0, None)]
    before = {"attempts": 5, "last_error": "killed"}
    assert trail() == [("job.released", str(dead.pk), before, "The cause is gone.")]
    assert write_once(7, key="seven") == "did 7"


def test_released_run_by_the_clock_keeps_its_planned_time(dead):
    JobRun.objects.update(task=LOOK, arguments=[], key=NOW.isoformat(), planned_at=NOW)
    dead.refresh_from_db()

    jobs.release(job=dead, reason="The cause is gone.", by=make_user("ops"), now=LATER)

    [row] = OrmQ.objects.all()
    assert row.kwargs() == {"key": NOW.isoformat(), "planned_at": NOW.isoformat()}
    assert look(*row.args(), **row.kwargs()) == NOW.isoformat()
    assert runs("state") == [(LOOK, NOW.isoformat(), "done")]


def test_job_set_aside_never_runs_again(dead):
    jobs.set_aside(job=dead, reason="Done by hand.", by=make_user("ops"), now=LATER)

    assert write_once(7, key="seven") is None
    assert (runs("state"), OrmQ.objects.count()) == ([(ONCE, "seven", "set_aside")], 0)
    assert [event[0] for event in trail()] == ["job.set_aside"]


@pytest.mark.parametrize("decide", [jobs.release, jobs.set_aside])
@pytest.mark.parametrize(
    ("state", "reason", "code"),
    [("failed", "The cause is gone.", "job_not_dead"), ("dead", "  no ", "reason_missing")],
)
def test_only_a_dead_job_is_decided_about_and_only_with_a_reason(dead, decide, state, reason, code):
    JobRun.objects.update(state=state, finished_at=NOW if state == "dead" else None)

    with override("en"), pytest.raises(Refused) as refused:
        decide(job=dead, reason=reason, by=make_user("ops"), now=LATER)

    assert (refused.value.code, trail(), OrmQ.objects.count()) == (code, [], 0)


def test_jobs_that_are_over_are_forgotten_in_time():
    month, days, moment = timedelta(days=30), timedelta(days=2), timedelta(microseconds=1)

    def ended(name, state, age, *, is_named):
        ended_at = None if state == "failed" else NOW - age
        JobRun.objects.create(
            task="t", key=name, is_named=is_named, state=state, created_at=NOW - age, finished_at=ended_at
        )

    ended("run", "done", days, is_named=False)
    ended("run, older", "overtaken", days + moment, is_named=False)
    ended("named", "done", month, is_named=True)
    ended("named, older", "set_aside", month + moment, is_named=True)
    ended("dead", "dead", month + moment, is_named=False)
    ended("open", "failed", month + moment, is_named=True)

    assert jobs.purge(before=NOW - days, named_before=NOW - month) == 2

    assert [key for _task, key in runs()] == ["run", "named", "dead", "open"]


def test_day_arrives_as_it_was_enqueued():
    with transaction.atomic():
        jobs.enqueue(ONCE, date(2026, 1, 31))

    [row] = OrmQ.objects.all()
    assert row.args() == ("2026-01-31",)
