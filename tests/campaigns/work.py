"""What the cluster is given to do: work whose effect can be counted, and poison."""

import os
import signal
import time
from pathlib import Path

from django.db.models import F
from django.utils import timezone

from aftersales.ops.jobs import job
from aftersales.web.models import FailureCount

MODULE = "tests.campaigns.work"
FOLDER = "CAMPAIGN_FOLDER"
LONG_SECONDS = 3600


def _effect(number: int) -> None:
    """One more for this number: done twice, it says two."""
    FailureCount.objects.get_or_create(key=f"job {number}", defaults={"started_at": timezone.now()})
    FailureCount.objects.filter(key=f"job {number}").update(count=F("count") + 1)


def effects() -> dict[int, int]:
    """How often each number has had its effect."""
    found = FailureCount.objects.filter(key__startswith="job ").values_list("key", "count")
    return {int(key.removeprefix("job ")): count for key, count in found}


@job(one_transaction=True)
def count_up(number: int) -> None:
    _effect(number)
    time.sleep(0.02)


@job(one_transaction=True)
def wait_for_the_kill(number: int) -> None:
    """The first time: have the effect, say where one is, and wait for a kill before it is committed."""
    _effect(number)
    told = Path(os.environ[FOLDER]) / f"waits-{number}"
    if not told.exists():
        draft = told.with_suffix(".draft")
        draft.write_text(str(os.getpid()))
        draft.rename(told)
        time.sleep(LONG_SECONDS)


@job
def kill_own_worker(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@job
def hang(number: int) -> None:
    time.sleep(LONG_SECONDS)


@job
def fail(number: int) -> None:
    raise ValueError("never right")
