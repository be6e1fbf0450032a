"""Signs of life: who has to give one, how often, and the one of the task cluster itself."""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone

from aftersales.ops.models import Heartbeat

CLUSTER = "cluster"
# Clocks of several machines differ a little; a beat from further ahead was written before a clock went back.
CLOCKS_DIFFER_BY = timedelta(minutes=10)

logger = logging.getLogger(__name__)
_last_beat = float("-inf")


@dataclass(frozen=True)
class Beat:
    """A sign of life that is expected while its schedule exists; always, where no schedule is named."""

    name: str
    silent_after: timedelta
    schedule: str = ""


EXPECTED = (
    Beat(CLUSTER, timedelta(seconds=settings.TASK_SILENCE)),
    Beat("sweep", timedelta(minutes=3), schedule="sweep_clocks"),
    Beat("drain", timedelta(minutes=5), schedule="drain_outbox"),
)


def beat(name: str, *, now: datetime) -> None:
    """Record a sign of life, in a transaction of its own."""
    with transaction.atomic():
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now})


def is_alive(expected: Beat, beat_at: datetime | None, *, now: datetime) -> bool:
    """Whether a beat is recent: neither too old nor from a future that a clock has since left."""
    return beat_at is not None and -CLOCKS_DIFFER_BY < now - beat_at < expected.silent_after


def beat_of_the_cluster(sender, **kwargs) -> None:
    """Signal handler, in the process that has saved a task's result and taken it off the queue.

    Only there has a task gone all the way: workers may go on while what they return is never read. A
    cluster with nothing to do has the schedule `heartbeat`. At most one beat in a twelfth of the silence.
    """
    global _last_beat
    if time.monotonic() - _last_beat < settings.TASK_SILENCE / 12:
        return
    try:
        beat(CLUSTER, now=timezone.now())
    except DatabaseError as error:
        # The next task tries again; an error here would end the process.
        logger.warning("no beat could be written", extra={"code": type(error).__name__})
        return
    _last_beat = time.monotonic()
