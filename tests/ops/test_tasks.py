import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django_q.models import Failure, Success, Task

from aftersales.ops import tasks
from aftersales.ops.models import Heartbeat

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def finished(name, *, success, age):
    return Task.objects.create(
        id=name,
        name=name,
        func="aftersales.ops.tasks.heartbeat",
        started=NOW - age,
        stopped=NOW - age,
        success=success,
    )


def test_heartbeat_is_one_row_however_often_it_beats():
    tasks.heartbeat()
    tasks.heartbeat()

    assert list(Heartbeat.objects.values_list("name", "beat_at")) == [("cluster", NOW)]


def test_only_successes_older_than_a_week_are_forgotten():
    week, moment = timedelta(days=7), timedelta(microseconds=1)
    finished("old", success=True, age=week + moment)
    finished("week", success=True, age=week)
    finished("failed", success=False, age=week + moment)

    assert tasks.purge_finished_tasks() == 1

    assert [row.name for row in Success.objects.all()] == ["week"]
    assert [row.name for row in Failure.objects.all()] == ["failed"]


def test_stray_picture_goes_a_day_after_it_came(settings):
    stray = Path(settings.MEDIA_ROOT) / "pictures" / "ab" / "cd" / f"{'abcd' + '0' * 28}.jpg"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"")
    os.utime(stray, times=(NOW.timestamp(),) * 2)

    assert tasks.sweep_photos() == (0, 0)
    stray_after = NOW - timedelta(hours=24, seconds=1)
    os.utime(stray, times=(stray_after.timestamp(),) * 2)

    assert tasks.sweep_photos() == (0, 1)
    assert not stray.exists()
