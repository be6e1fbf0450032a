import os
import re
from datetime import UTC, datetime, timedelta
from inspect import getmembers, isfunction
from pathlib import Path

import pytest

from aftersales.ops import tasks
from aftersales.ops.models import Heartbeat
from claims.services import sweep
from tests.claims.clock_cases import FILED_AT, clocked, steps_of
from tests.factories import seeing_everything
from tests.training.village_class_cases import make_class
from training.services import class_attendees

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"\"aftersales\.ops\.tasks\.(\w+)\"")
NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_every_task_counts_its_attempts():
    ours = {name: task for name, task in getmembers(tasks, isfunction) if task.__module__ == tasks.__name__}

    assert [name for name, task in ours.items() if not getattr(task, "is_job", False)] == ["heartbeat"]


def test_tasks_that_are_named_exist():
    """A name that leads nowhere is found out by the cluster alone, when the work is already lost."""
    tops = ("aftersales", "stations", "claims", "training")
    sources = [path.read_text() for top in tops for path in (ROOT / top).rglob("*.py")]

    named = {name for source in sources for name in NAMED.findall(source)}

    assert {"heartbeat", "drain_outbox"} <= named
    assert [name for name in sorted(named) if not hasattr(tasks, name)] == []


def test_draining_the_outbox_is_a_sign_of_life():
    tasks.drain_outbox()

    assert list(Heartbeat.objects.values_list("name", "beat_at")) == [("drain", NOW)]


def test_the_sweep_goes_by_the_database_and_is_a_sign_of_life(cast, monkeypatch):
    claim = clocked(cast.guangcheng, cast.agent)
    monkeypatch.setattr(sweep, "present", lambda: FILED_AT + timedelta(hours=4))

    found = [tasks.sweep_clocks(), tasks.sweep_clocks()]

    nothing = {"warned": 0, "ran_out": 0, "escalated": 0, "resumed": 0, "failed": 0}
    assert found == [{**nothing, "warned": 1, "ran_out": 1, "escalated": 1}, nothing]
    assert len(steps_of(claim)) == 2
    assert list(Heartbeat.objects.values_list("name", "beat_at")) == [("sweep", NOW)]


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


def test_classes_are_reminded_of_and_old_records_erased(cast):
    make_class(cast.guangcheng, cast.agent, starts_at=NOW + timedelta(days=1))
    old = make_class(cast.liuguang, cast.neighbour, starts_at=NOW - timedelta(days=500), state="held")
    with seeing_everything():
        class_attendees.add(
            old, names=["张桂英"], consent_how="spoken", by=cast.neighbour, now=NOW - timedelta(days=500)
        )

    reminded, erased = tasks.remind_classes(), [tasks.erase_class_records() for _turn in range(2)]

    assert reminded == 4
    assert erased == [{"names": 1, "photos": 0}, {"names": 0, "photos": 0}]
