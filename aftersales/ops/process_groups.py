"""A child process with all its own children, started and ended as one. Knows nothing of Django."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STOPS_WITHIN_SECONDS = 15
GONE_WITHIN_SECONDS = 5
LOOK_EVERY_SECONDS = 0.05
TELL_ME_WHEN_MY_PARENT_DIES = 1  # PR_SET_PDEATHSIG of prctl(2)

_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Runs in the child before its program: when its parent is killed, it is asked to stop (Linux)."""
    if _prctl:
        _prctl(TELL_ME_WHEN_MY_PARENT_DIES, signal.SIGTERM)


class Group:
    """A child with all its own children, in a process group that is stopped as one.

    `within_seconds` is how long it may take to stop by itself.
    """

    def __init__(
        self,
        name: str,
        command: list[str],
        environment: dict[str, str],
        *,
        within_seconds: float = STOPS_WITHIN_SECONDS,
    ):
        self.name = name
        self.command = command
        self.environment = environment
        self.within_seconds = within_seconds
        self.start()

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the launcher alone, which stops in order.
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self.started = time.monotonic()

    def has_ended(self) -> bool:
        """Whether the first process is gone; others of the group may have outlived it."""
        return self.process.poll() is not None

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self.started

    def ask_to_stop(self) -> None:
        """Ask the first process, which lets its own children finish what they are doing."""
        if not self.has_ended():
            self.process.terminate()

    def stop(self, within_seconds: float | None = None) -> bool:
        """Ask, wait, and end whatever of the group is left; returns whether it stopped by itself."""
        self.ask_to_stop()
        did_stop = True
        try:
            self.process.wait(self.within_seconds if within_seconds is None else within_seconds)
        except subprocess.TimeoutExpired:
            did_stop = False
        self.end()
        return did_stop

    def end(self) -> None:
        """End every process of the group at once, and wait until none is left."""
        self._signal(signal.SIGKILL)
        self.process.wait()
        # What the first process has left behind is reaped by init, not by us.
        until = time.monotonic() + GONE_WITHIN_SECONDS
        while self._signal(0) and time.monotonic() < until:
            time.sleep(LOOK_EVERY_SECONDS)

    def _signal(self, number: int) -> bool:
        """Send to the whole group; returns whether there is one."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
            return True
        return False

    def restart(self) -> None:
        self.stop()
        self.start()
