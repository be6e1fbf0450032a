import os
from datetime import UTC, datetime, timedelta
from inspect import getmembers, isfunction
from pathlib import Path

import pytest

from aftersales.ops import tasks
from aftersales.ops.models import Heartbeat

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_every_task_counts_its_attempts():
    ours = {name: task for name, task in getmembers(tasks, isfunction) if task.__module__ == tasks.__name__}

    assert [name for name, task in ours.items() if not getattr(task, "is_job", False)] == ["heartbeat"]


def test_draining_the_outbox_is_a_sign_of_life():
    tasks.drain_outbox()

    assert list(Heartbeat.objects.values_list("name", "beat_at")) == [("drain", NOW)]


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
