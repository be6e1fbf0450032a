from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from shutil import disk_usage
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django_q.models import OrmQ

from aftersales.ops import beats, health
from aftersales.ops.models import Heartbeat, JobRun
from aftersales.ops.schedules import Planned, synchronise

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
WELL = {
    "database": {"ok": True},
    "migrations": {"ok": True, "missing": 0},
    "cluster": {"ok": True, "seconds_since_beat": 30},
    "queue": {"ok": True, "tasks": 0, "oldest_seconds": 0},
    "jobs": {"ok": True, "dead": 0},
    "disk": {"ok": True, "free_bytes": health.FREE_BYTES_NEEDED},
}
MEBIBYTE = 1024 * 1024

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_noon(time_machine, monkeypatch):
    """All is well: the cluster beat half a minute ago and the disk has exactly what is needed."""
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(
        health.shutil, "disk_usage", lambda path: SimpleNamespace(free=health.FREE_BYTES_NEEDED)
    )
    synchronise(now=NOW, planned=(Planned("heartbeat", "aftersales.ops.tasks.heartbeat", minutes=1),))
    health.beat(beats.CLUSTER, now=NOW - timedelta(seconds=30))


def waiting_task(since):
    return OrmQ.objects.create(key="aftersales", payload="", lock=since)


def test_healthz_answers_with_every_check(client, at_noon):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"ok": True, "checks": WELL})
    assert "no-store" in answer["Cache-Control"]
    assert Heartbeat.objects.get(name=health.PROBE).beat_at == NOW


def test_readyz_asks_only_for_what_requests_need(client, at_noon):
    Heartbeat.objects.all().delete()

    answer = client.get("/readyz")

    ready = {name: WELL[name] for name in ("database", "migrations")}
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "checks": ready})


@pytest.mark.parametrize(
    ("seconds", "ok"),
    [(179, True), (180, False), (-599, True), (-600, False)],
    ids=["recent", "silent", "clocks differ", "from before a clock went back"],
)
def test_cluster_is_silent_after_three_minutes(client, at_noon, seconds, ok):
    health.beat(beats.CLUSTER, now=NOW - timedelta(seconds=seconds))

    answer = client.get("/healthz")

    expected = {**WELL, "cluster": {"ok": ok, "seconds_since_beat": seconds}}
    assert (answer.status_code, answer.json()) == (200 if ok else 503, {"ok": ok, "checks": expected})


def test_cluster_that_never_beat_is_silent(client, at_noon):
    Heartbeat.objects.all().delete()

    answer = client.get("/healthz")

    expected = {**WELL, "cluster": {"ok": False, "seconds_since_beat": None}}
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "checks": expected})


@pytest.mark.parametrize(
    ("name", "schedule", "minutes"), [("sweep", "sweep_clocks", 3), ("drain", "drain_outbox", 5)]
)
def test_other_beats_are_expected_while_their_schedule_exists(client, at_noon, name, schedule, minutes):
    synchronise(now=NOW, planned=(Planned(schedule, "aftersales.ops.tasks.heartbeat", minutes=1),))

    answers = [client.get("/healthz").json()["checks"][name]]
    health.beat(name, now=NOW - timedelta(minutes=minutes))
    answers.append(client.get("/healthz").json()["checks"][name])
    health.beat(name, now=NOW - timedelta(minutes=minutes) + timedelta(seconds=1))
    answers.append(client.get("/healthz").json()["checks"][name])

    assert answers == [
        {"ok": False, "seconds_since_beat": None},
        {"ok": False, "seconds_since_beat": minutes * 60},
        {"ok": True, "seconds_since_beat": minutes * 60 - 1},
    ]


def test_dead_job_waits_for_somebody(client, at_noon):
    JobRun.objects.create(task="a", key="1", created_at=NOW, state=JobRun.State.FAILED, attempts=4)
    JobRun.objects.create(
        task="a", key="2", created_at=NOW, finished_at=NOW, state=JobRun.State.DEAD, attempts=5
    )

    answer = client.get("/healthz")

    expected = {**WELL, "jobs": {"ok": False, "dead": 1}}
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "checks": expected})


@pytest.mark.parametrize(
    ("age", "ok"),
    [(timedelta(minutes=10) - timedelta(seconds=1), True), (timedelta(minutes=10), False)],
)
def test_queue_is_stuck_when_its_oldest_task_waits_ten_minutes(client, at_noon, age, ok):
    waiting_task(since=NOW - age)
    waiting_task(since=NOW + timedelta(seconds=60))  # held by a worker

    answer = client.get("/healthz")

    expected = {**WELL, "queue": {"ok": ok, "tasks": 2, "oldest_seconds": int(age.total_seconds())}}
    assert (answer.status_code, answer.json()) == (200 if ok else 503, {"ok": ok, "checks": expected})


def test_disk_that_fills_up_is_reported(client, at_noon, monkeypatch):
    free = health.FREE_BYTES_NEEDED - 1
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: SimpleNamespace(free=free))

    answer = client.get("/healthz")

    expected = {**WELL, "disk": {"ok": False, "free_bytes": free}}
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "checks": expected})


def test_disk_is_measured_where_files_will_be_even_before_the_first(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"

    finding = health.report({"disk": health.HEALTH["disk"]}, now=NOW)["disk"]

    assert abs(finding.numbers["free_bytes"] - disk_usage(tmp_path).free) < 512 * MEBIBYTE


def test_missing_migration_makes_it_unready(client, at_noon):
    MigrationRecorder(connection).record_unapplied("ops", "0001_initial")

    answer = client.get("/readyz")

    expected = {"database": WELL["database"], "migrations": {"ok": False, "missing": 1}}
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "checks": expected})


def test_database_that_refuses_is_an_answer_and_not_an_error(client, at_noon):
    def refuse(execute, sql, params, many, context):
        raise OperationalError("the disk is full")

    with ExitStack() as stack:
        stack.enter_context(connection.execute_wrapper(refuse))
        answer = client.get("/healthz")

    failed = {"ok": False}
    expected = {
        "database": failed,
        "migrations": failed,
        "cluster": failed,
        "sweep": failed,
        "drain": failed,
        "queue": failed,
        "jobs": failed,
        "disk": WELL["disk"],
    }
    assert (answer.status_code, answer.json()) == (503, {"ok": False, "checks": expected})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_only_read(client, path):
    assert client.post(path).status_code == 405
