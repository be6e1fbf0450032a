from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django_q.models import OrmQ
from django_q.signals import post_execute
from django_q.tasks import async_task

from aftersales.ops import beats, tasks
from aftersales.ops.models import Heartbeat

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
TASK = {"func": "aftersales.ops.tasks.heartbeat", "success": True}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine, monkeypatch):
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(beats, "_last_beat", float("-inf"))


@pytest.fixture
def seconds(monkeypatch):
    """The clock that nobody sets, to be moved by hand."""
    passed = [0.0]
    monkeypatch.setattr(beats.time, "monotonic", lambda: passed[0])
    return passed


def written():
    return list(Heartbeat.objects.values_list("name", "beat_at"))


def test_heartbeat_alone_says_nothing():
    tasks.heartbeat(planned_at=NOW.isoformat())

    assert written() == []


def test_task_that_went_all_the_way_is_a_beat():
    async_task("aftersales.ops.tasks.heartbeat", sync=True)

    assert (written(), OrmQ.objects.count()) == ([("cluster", NOW)], 0)


def test_beats_are_not_written_for_every_task(seconds, time_machine):
    post_execute.send("django_q", task=TASK)
    time_machine.move_to(NOW + timedelta(seconds=14))
    seconds[0] = 14.9
    post_execute.send("django_q", task=TASK)
    first = written()
    seconds[0] = 15.0
    post_execute.send("django_q", task=TASK)

    assert first == [("cluster", NOW)]
    assert [at > NOW for _name, at in written()] == [True]


def test_database_that_refuses_does_not_end_the_process_and_the_next_task_beats():
    def refuse(execute, sql, params, many, context):
        raise OperationalError("gone")

    with connection.execute_wrapper(refuse):
        beats.beat_of_the_cluster("django_q", task=TASK)
    refused = written()
    beats.beat_of_the_cluster("django_q", task=TASK)

    assert (refused, written()) == ([], [("cluster", NOW)])
