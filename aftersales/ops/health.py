"""Whether the system can do its work, in numbers that a machine can read.

Each check answers for itself, so one that breaks does not hide the others. Nothing here names a person,
a path or a setting: the answer is public.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min
from django_q.models import OrmQ, Schedule

from aftersales.ops import beats
from aftersales.ops.beats import beat
from aftersales.ops.models import Heartbeat, JobRun

PROBE = "probe"
QUEUE_STUCK_AFTER = timedelta(minutes=10)
FREE_BYTES_NEEDED = 256 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """What one check found; `numbers` are whole seconds, bytes or counts, or None when unknown."""

    ok: bool
    numbers: dict[str, int | None]


def _database(now: datetime) -> Finding:
    beat(PROBE, now=now)
    return Finding(True, {})


@lru_cache(maxsize=1)
def _known_migrations() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def _migrations(now: datetime) -> Finding:
    missing = _known_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    return Finding(not missing, {"missing": len(missing)})


def _listens_for(expected: beats.Beat) -> Callable[[datetime], Finding | None]:
    def check(now: datetime) -> Finding | None:
        if expected.schedule and not Schedule.objects.filter(name=expected.schedule).exists():
            return None
        beat_at = Heartbeat.objects.filter(name=expected.name).values_list("beat_at", flat=True).first()
        since = None if beat_at is None else int((now - beat_at).total_seconds())
        return Finding(beats.is_alive(expected, beat_at, now=now), {"seconds_since_beat": since})

    return check


def _queue(now: datetime) -> Finding:
    # A task that a worker holds carries a lock in the future, so its age reads as nought.
    waiting = OrmQ.objects.aggregate(tasks=Count("pk"), since=Min("lock"))
    age = max(now - waiting["since"], timedelta()) if waiting["since"] else timedelta()
    return Finding(
        age < QUEUE_STUCK_AFTER,
        {"tasks": waiting["tasks"], "oldest_seconds": int(age.total_seconds())},
    )


def _jobs(now: datetime) -> Finding:
    dead = JobRun.objects.filter(state=JobRun.State.DEAD).count()
    return Finding(not dead, {"dead": dead})


def _disk(now: datetime) -> Finding:
    places = [Path(settings.MEDIA_ROOT)]
    if connection.vendor == "sqlite":
        places.append(Path(connection.settings_dict["NAME"]))
    free = min(shutil.disk_usage(_existing(place)).free for place in places)
    return Finding(free >= FREE_BYTES_NEEDED, {"free_bytes": free})


def _existing(place: Path) -> Path:
    return next(path for path in (place, *place.parents) if path.exists())


READINESS = {"database": _database, "migrations": _migrations}
HEALTH = {
    **READINESS,
    **{expected.name: _listens_for(expected) for expected in beats.EXPECTED},
    "queue": _queue,
    "jobs": _jobs,
    "disk": _disk,
}


def report(checks: dict[str, Callable[[datetime], Finding | None]], *, now: datetime) -> dict[str, Finding]:
    """Run the checks in order; a check whose database or disk fails is a finding, not an error.

    A check that has nothing to look at here answers None and is left out.
    """
    findings = {}
    for name, check in checks.items():
        try:
            finding = check(now)
        except (DatabaseError, OSError):
            finding = Finding(False, {})
        if finding is not None:
            findings[name] = finding
    return findings
