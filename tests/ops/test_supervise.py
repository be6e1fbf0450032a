"""When the supervisor starts, ends and restarts the cluster; real processes are in tests/campaigns."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_q.models import Schedule

from aftersales.ops import beats, supervise
from aftersales.ops.schedules import SCHEDULES
from aftersales.ops.supervise import Supervisor

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
SILENT_AFTER = 180


class Clock:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


class Cluster:
    """Stands for the process group."""

    age_seconds = 1.0

    def __init__(self, happened):
        self.happened = happened
        self.is_alive = self.is_obedient = True
        happened.append("start")

    def has_ended(self):
        return not self.is_alive

    def end(self):
        self.happened.append("end")

    def stop(self):
        self.happened.append("stop")
        return self.is_obedient


class Stage:
    """A supervisor with everything around it in the hands of the test."""

    def __init__(self):
        self.happened = []
        self.clock = Clock()
        self.beat = NOW
        self.refuses = False
        self.supervisor = Supervisor(
            start_group=lambda: Cluster(self.happened),
            read_beat=self.read_beat,
            prepare=lambda: None,
            silent_after=SILENT_AFTER,
            clock=self.clock,
        )

    def read_beat(self):
        if self.refuses:
            raise OperationalError("gone")
        return self.beat

    def pass_(self, seconds, *, beating=False):
        """Let time pass second by second; returns what happened."""
        for _second in range(seconds):
            self.clock.seconds += 1
            if beating:
                self.beat += timedelta(seconds=1)
            self.supervisor.tick()
        happened, self.happened[:] = list(self.happened), []
        return happened


@pytest.fixture
def stage():
    stage = Stage()
    stage.supervisor.tick()
    assert stage.happened == ["start"]
    stage.happened.clear()
    return stage


def test_cluster_that_beats_is_left_alone(stage):
    assert stage.pass_(1000, beating=True) == []


def test_silent_cluster_is_ended_as_a_whole_and_started_again(stage):
    assert stage.pass_(SILENT_AFTER - 1) == []
    assert stage.pass_(20) == ["end", "start"]


def test_beat_counts_when_it_changes_whatever_time_it_names(stage):
    stage.beat = NOW + timedelta(days=3)
    assert stage.pass_(100) == []
    stage.beat = NOW - timedelta(hours=2)

    assert stage.pass_(SILENT_AFTER) == []
    assert stage.pass_(40) == ["end", "start"]


def test_cluster_that_has_ended_is_cleared_away_and_started_again(stage):
    stage.supervisor.group.is_alive = False

    assert stage.pass_(2) == ["end", "start"]


def test_each_start_waits_longer_until_the_cluster_beats(stage):
    waited = []
    for _attempt in range(8):
        stage.supervisor.group.is_alive = False
        assert stage.pass_(1) == ["end"]
        waited.append(0)
        while stage.supervisor.group is None:
            stage.pass_(1)
            waited[-1] += 1
    stage.pass_(60, beating=True)
    stage.supervisor.group.is_alive = False

    assert waited == [1, 2, 4, 8, 16, 32, 60, 60]
    assert stage.pass_(2) == ["end", "start"]


def test_database_that_is_gone_is_not_a_silent_cluster(stage):
    stage.pass_(100)
    stage.refuses = True
    assert stage.pass_(1000) == []
    stage.refuses = False

    assert stage.pass_(SILENT_AFTER - 20) == []
    assert stage.pass_(40) == ["end", "start"]


def test_start_waits_for_the_database():
    stage = Stage()
    stage.refuses = True
    stage.supervisor.tick()
    assert stage.pass_(30) == []
    stage.refuses = False

    assert stage.pass_(32) == ["start"]


@pytest.mark.parametrize("is_obedient", [True, False])
def test_cluster_is_stopped_when_the_supervisor_is(stage, is_obedient, caplog):
    stage.supervisor.group.is_obedient = is_obedient
    stage.supervisor.stopping = True

    stage.supervisor.run()

    assert stage.happened == ["stop"]
    told = [record.getMessage() for record in caplog.records]
    assert told == ([] if is_obedient else ["the task cluster did not stop by itself and was ended"])


@pytest.fixture
def connections_stay(monkeypatch):
    """The connection that a test's transaction lives in."""
    monkeypatch.setattr(supervise.connections, "close_all", lambda: None)


@pytest.mark.django_db
def test_beat_is_read_from_the_database(connections_stay):
    before = supervise.read_beat()
    beats.beat(beats.CLUSTER, now=NOW)

    assert (before, supervise.read_beat()) == (None, NOW)


@pytest.mark.django_db
def test_schedules_are_made_equal_once_and_never_lie_too_far_ahead(connections_stay):
    def far_ahead():
        """Runs that lie further ahead than two of their own intervals: a weekly one may be days away."""
        latest = {planned.name: planned.latest_next(timezone.now()) for planned in SCHEDULES}
        return [row.name for row in Schedule.objects.all() if row.next_run > latest[row.name]]

    Schedule.objects.filter(name="heartbeat").delete()
    prepare = supervise.Schedules()

    prepare()
    assert Schedule.objects.filter(name="heartbeat").exists()
    Schedule.objects.update(next_run=timezone.now() + timedelta(days=60))
    assert len(far_ahead()) == len(SCHEDULES)
    prepare()

    assert far_ahead() == []
