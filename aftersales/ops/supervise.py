"""Keeping the task cluster at work: `manage.py run_cluster`, in production and under `make run`.

A cluster can hang without ending: a worker that is killed while it waits takes the lock of the queue with it,
and from then on nothing is executed and a polite signal is not heard. And it can end and leave processes
behind. So it gets a process group of its own, is watched by its beat in the database, and is ended and
started again as a whole.
"""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from aftersales.ops import schedules
from aftersales.ops.beats import CLUSTER
from aftersales.ops.models import Heartbeat
from aftersales.ops.process_groups import Group

COMMAND = [sys.executable, "manage.py", "qcluster"]
TICK_SECONDS = 0.2
LONGEST_PAUSE_BETWEEN_LOOKS = 15
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 1, 60
# What a task may still take, and a little for the cluster to put its things away.
STOPS_WITHIN_SECONDS = settings.TASK_TIMEOUT + 15

logger = logging.getLogger(__name__)


@dataclass
class Watch:
    """When a beat was last seen to change, on a clock that nobody sets.

    The beat's own time says nothing here: it may lie in the future of a clock that has been put right.
    """

    silent_after: float
    beat: datetime | None = None
    changed: float = field(default=0)

    def begin(self, beat: datetime | None, *, at: float) -> None:
        """Start to wait anew, from what is there now."""
        self.beat, self.changed = beat, at

    def is_silent(self, beat: datetime | None, *, at: float) -> bool:
        """Take in what is there now; whether nothing has changed for too long."""
        if beat != self.beat:
            self.begin(beat, at=at)
        return at - self.changed >= self.silent_after


class Supervisor:
    """Starts the cluster, looks after it, and stops it. `read_beat` may raise DatabaseError."""

    def __init__(
        self,
        *,
        start_group: Callable[[], Group],
        read_beat: Callable[[], datetime | None],
        prepare: Callable[[], None],
        silent_after: float,
        clock: Callable[[], float] = time.monotonic,
    ):
        self.start_group = start_group
        self.read_beat = read_beat
        self.prepare = prepare
        self.clock = clock
        self.look_every = min(LONGEST_PAUSE_BETWEEN_LOOKS, silent_after / 6)
        self.watch = Watch(silent_after)
        self.group: Group | None = None
        self.wait_seconds = FIRST_WAIT_SECONDS
        self.start_at = self.next_look = clock()
        self.stopping = False

    def tick(self) -> None:
        """Do what is due at this moment: start, notice an end, or look at the beat."""
        now = self.clock()
        if self.group is None:
            if now >= self.start_at:
                self._start()
        elif self.group.has_ended():
            self._end("the task cluster has ended and is started again")
        elif now >= self.next_look:
            self.next_look = now + self.look_every
            self._look()

    def run(self) -> None:
        """Tick until told to stop, then let the cluster finish what it is doing."""
        try:
            while not self.stopping:
                self.tick()
                time.sleep(TICK_SECONDS)
        finally:
            if self.group is not None and not self.group.stop():
                logger.warning("the task cluster did not stop by itself and was ended")

    def _start(self) -> None:
        try:
            self.prepare()
            beat = self.read_beat()
        except DatabaseError as error:
            logger.error("the task cluster waits for the database", extra={"code": type(error).__name__})
            self._put_off()
            return
        self.group = self.start_group()
        self.watch.begin(beat, at=self.clock())
        self.next_look = self.clock() + self.look_every

    def _look(self) -> None:
        try:
            beat = self.read_beat()
            self.prepare()
        except DatabaseError as error:
            # Without the database it cannot be told from a cluster that waits for it, and that recovers.
            logger.warning("the beat cannot be read", extra={"code": type(error).__name__})
            self.watch.begin(self.watch.beat, at=self.clock())
            return
        had_beaten = beat != self.watch.beat
        if self.watch.is_silent(beat, at=self.clock()):
            self._end("the task cluster is silent and is started again")
        elif had_beaten:
            self.wait_seconds = FIRST_WAIT_SECONDS

    def _end(self, why: str) -> None:
        logger.error(why, extra={"count": int(self.group.age_seconds)})
        self.group.end()
        self.group = None
        self._put_off()

    def _put_off(self) -> None:
        """The next start waits twice as long as the last, until the cluster has beaten again."""
        self.start_at = self.clock() + self.wait_seconds
        self.wait_seconds = min(self.wait_seconds * 2, LONGEST_WAIT_SECONDS)


def read_beat() -> datetime | None:
    """The cluster's last beat; holds no connection between two looks."""
    try:
        return Heartbeat.objects.filter(name=CLUSTER).values_list("beat_at", flat=True).first()
    finally:
        connections.close_all()


class Schedules:
    """The stored schedules: equal to the table once, and never too far ahead."""

    def __init__(self):
        self.are_equal = False

    def __call__(self) -> None:
        try:
            if self.are_equal:
                schedules.bring_back(now=timezone.now())
            else:
                schedules.synchronise(now=timezone.now())
                self.are_equal = True
        finally:
            connections.close_all()


def supervise(*, stops_within: float = STOPS_WITHIN_SECONDS) -> None:
    """Run the task cluster until SIGTERM or SIGINT."""
    supervisor = Supervisor(
        start_group=lambda: Group("task cluster", COMMAND, dict(os.environ), within_seconds=stops_within),
        read_beat=read_beat,
        prepare=Schedules(),
        silent_after=settings.TASK_SILENCE,
    )

    def asked_to_stop(number, frame):
        supervisor.stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked_to_stop)
    supervisor.run()
