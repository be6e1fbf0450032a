"""A supervised task cluster as real processes on the database of the test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from django.db import connection, transaction
from django.test import Client
from django_q.models import OrmQ

from aftersales.ops.models import Heartbeat, JobRun
from aftersales.ops.process_groups import ROOT
from aftersales.web.queueing import enqueue
from tests.campaigns import work

LONGEST_WAIT_SECONDS = 180
LOOK_EVERY_SECONDS = 0.2
BEATS_WAITING = 3


def parents() -> dict[int, tuple[int, str]]:
    """Parent and state of every process, by its number."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                found[int(entry.name)] = (int(parent), state)
    return found


def children_of(pid: int) -> list[int]:
    return sorted(child for child, (parent, state) in parents().items() if parent == pid and state != "Z")


def alive(pids) -> list[int]:
    now = parents()
    return [pid for pid in pids if pid in now and now[pid][1] != "Z"]


class Stage:
    """Starts `manage.py run_cluster`, gives it work, kills, waits and looks. Nothing is left behind."""

    def __init__(self, folder: Path, *, workers: int):
        name = connection.settings_dict["NAME"]
        address = os.environ["DATABASE_URL"].rpartition("/")[0]
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "aftersales.settings",
            "DATABASE_URL": f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{address}/{name}",
            "TASK_WORKERS": str(workers),
            "LOG_LEVEL": "WARNING",
            work.FOLDER: str(folder),
        }
        self.folder, self.workers = folder, workers
        self.supervisors: list[subprocess.Popen] = []
        self.groups: set[int] = set()
        self.enqueued = 0
        self.next_beat = 0.0

    # --- processes --------------------------------------------------------------------------------

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        self.supervisors.append(
            subprocess.Popen(
                [sys.executable, "manage.py", "run_cluster", "--stop-within", "10"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        )
        log.close()
        self.wait("the cluster to stand", lambda: len(self.members()) >= self.workers + 4)

    @property
    def supervisor(self) -> subprocess.Popen:
        return self.supervisors[-1]

    def main(self) -> int | None:
        found = children_of(self.supervisor.pid)
        self.groups.update(found)
        return found[0] if found else None

    def members(self) -> list[int]:
        """Main process, sentinel, workers, monitor, pusher: the order in which a fresh cluster makes them."""
        main = self.main()
        guards = children_of(main) if main else []
        return [main, *guards, *children_of(guards[0])] if guards else []

    def member(self, role: str) -> int:
        """One process of a cluster in which nothing has been replaced."""
        fixed = {"main": 0, "sentinel": 1, "worker": 2, "monitor": 2 + self.workers}
        return self.members()[{**fixed, "pusher": 3 + self.workers}[role]]

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End what is left, by its number; asks the supervisor first."""
        for supervisor in self.supervisors:
            if supervisor.poll() is None:
                supervisor.terminate()
                try:
                    supervisor.wait(30)
                except subprocess.TimeoutExpired:
                    supervisor.kill()
                    supervisor.wait()
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    # --- work -------------------------------------------------------------------------------------

    def enqueue(self, task: str, times: int = 1) -> list[int]:
        """Enqueue a task of `work` with numbers of its own, as one transaction; returns the numbers."""
        numbers = list(range(self.enqueued + 1, self.enqueued + 1 + times))
        self.enqueued += times
        with transaction.atomic():
            for number in numbers:
                enqueue(f"{work.MODULE}.{task}", number, key=f"job:{number}")
        return numbers

    def runs(self, *fields: str) -> dict[int, tuple]:
        """What the jobs of `work` say of themselves, by number."""
        rows = JobRun.objects.filter(task__startswith=work.MODULE).values_list("key", *fields)
        return {int(key.removeprefix("job:")): tuple(rest) for key, *rest in rows}

    def waiting_at(self, number: int) -> int:
        """The process in which a job says that it waits for the kill."""
        told = self.folder / f"waits-{number}"
        self.wait("the job to begin", told.exists)
        return int(told.read_text())

    def all_done(self) -> bool:
        return all(self.runs("state").get(n) == ("done",) for n in range(1, self.enqueued + 1))

    def health(self) -> dict:
        return Client().get("/healthz").json()["checks"]

    def beat_at(self):
        return Heartbeat.objects.filter(name="cluster").values_list("beat_at", flat=True).first()

    def beats_again(self) -> bool:
        """Wait for a beat that is newer than now's; the cluster finishes what it is given."""
        before = self.beat_at()
        self.wait("a beat", lambda: self.beat_at() != before)
        return True

    # --- time -------------------------------------------------------------------------------------

    def wait(self, what: str, until: Callable[[], bool]) -> None:
        """Look until it is so. Meanwhile the heartbeat is enqueued, since schedules know whole minutes."""
        deadline = time.monotonic() + LONGEST_WAIT_SECONDS
        while not until():
            if time.monotonic() > deadline:
                log = (self.folder / "log").read_text()[-3000:]
                raise AssertionError(f"waited in vain for {what}; the log ends with:\n{log}")
            if time.monotonic() > self.next_beat:
                self.next_beat = time.monotonic() + 1
                if OrmQ.objects.count() < BEATS_WAITING:
                    with transaction.atomic():
                        enqueue("aftersales.ops.tasks.heartbeat")
            self.main()
            time.sleep(LOOK_EVERY_SECONDS)
