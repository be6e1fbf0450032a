from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.contrib import admin
from django.core.management import call_command
from django_q.models import Schedule

from aftersales.ops.schedules import SCHEDULES, Planned, bring_back, synchronise

NOW = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)  # 14:05 in Shanghai
EVERY_MINUTE = Planned("look", "aftersales.ops.tasks.heartbeat", minutes=1)
EVERY_NIGHT = Planned("tidy", "aftersales.ops.tasks.purge_finished_tasks", cron="10 3 * * *")
TONIGHT = datetime(2026, 11, 21, 19, 10, tzinfo=UTC)  # 03:10 on the 22nd in Shanghai

pytestmark = pytest.mark.django_db


def stored():
    return {
        row.name: (row.func, row.schedule_type, row.minutes, row.cron, row.next_run)
        for row in Schedule.objects.all()
    }


def test_migrate_leaves_exactly_the_table():
    Schedule.objects.create(name="from an older version", func="os.getcwd")

    call_command("migrate", verbosity=0)

    assert sorted(stored()) == sorted(plan.name for plan in SCHEDULES)


def test_new_schedules_run_at_once_or_at_their_hour():
    synchronise(now=NOW, planned=(EVERY_MINUTE, EVERY_NIGHT))

    assert stored() == {
        "look": (EVERY_MINUTE.task, Schedule.MINUTES, 1, None, NOW),
        "tidy": (EVERY_NIGHT.task, Schedule.CRON, None, "10 3 * * *", TONIGHT),
    }


def test_next_run_that_the_plan_allows_is_kept():
    synchronise(now=NOW, planned=(EVERY_MINUTE, EVERY_NIGHT))

    synchronise(now=NOW + timedelta(seconds=50), planned=(EVERY_MINUTE, EVERY_NIGHT))

    assert {name: row[-1] for name, row in stored().items()} == {"look": NOW, "tidy": TONIGHT}


def test_next_run_that_a_wrong_clock_put_too_far_ahead_is_brought_back():
    synchronise(now=NOW + timedelta(days=3), planned=(EVERY_MINUTE, EVERY_NIGHT))

    synchronise(now=NOW, planned=(EVERY_MINUTE, EVERY_NIGHT))

    assert {name: row[-1] for name, row in stored().items()} == {"look": NOW, "tidy": TONIGHT}


def test_two_intervals_ahead_is_as_far_as_a_next_run_may_lie():
    synchronise(now=NOW, planned=(EVERY_MINUTE, EVERY_NIGHT))
    tomorrow = TONIGHT + timedelta(days=1)
    Schedule.objects.filter(name="look").update(next_run=NOW + timedelta(minutes=2))
    Schedule.objects.filter(name="tidy").update(next_run=tomorrow)

    kept = bring_back(now=NOW, planned=(EVERY_MINUTE, EVERY_NIGHT))
    moment_before = NOW - timedelta(microseconds=1)
    brought_back = bring_back(now=moment_before, planned=(EVERY_MINUTE, EVERY_NIGHT))

    assert (kept, brought_back) == (0, 1)
    assert {name: row[-1] for name, row in stored().items()} == {"look": moment_before, "tidy": tomorrow}


def test_changed_plan_replaces_the_stored_one():
    synchronise(now=NOW, planned=(EVERY_MINUTE,))

    synchronise(now=NOW, planned=(Planned("look", EVERY_NIGHT.task, cron=EVERY_NIGHT.cron),))

    assert stored() == {"look": (EVERY_NIGHT.task, Schedule.CRON, None, EVERY_NIGHT.cron, NOW)}


@pytest.mark.parametrize("plan", SCHEDULES, ids=lambda plan: plan.name)
def test_every_planned_task_exists_and_takes_its_planned_time(plan):
    module, name = plan.task.rsplit(".", 1)

    getattr(import_module(module), name)(planned_at=NOW.isoformat())


def test_schedules_cannot_be_added_in_the_admin():
    opened = {model._meta.app_label for model in admin.site._registry}

    assert "accounts" in opened or "auth" in opened
    assert "django_q" not in opened
