"""The two web servers of a run, what they cost, and a browser that only counts."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WORKERS = 2
STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 15
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """gunicorn with two workers on loopback, started as in docs/operations.md."""

    def __init__(self, settings_module: str, log: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [
            *(sys.executable, "-m", "gunicorn", "aftersales.wsgi", "--bind", f"127.0.0.1:{self.port}"),
            *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", "4", "--preload"),
            *("--log-level", "warning", "--no-control-socket"),
        ]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings_module}
        self.process = subprocess.Popen(
            command, env=environment, stdout=log.open("ab"), stderr=subprocess.STDOUT, start_new_session=True
        )

    def wait(self, path: str) -> None:
        """Until it answers. Raises RuntimeError when it does not."""
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                Browser(self).get(path)
                return
            time.sleep(0.2)
        raise RuntimeError("A web server does not answer; its log is above.")

    def _processes(self) -> list[int]:
        master = self.process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [master, *map(int, children)]

    def cpu_seconds(self) -> float:
        """Processor time that its processes have used so far."""
        used = 0
        for pid in self._processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used += int(fields[11]) + int(fields[12])
        return used / TICKS

    def memory_bytes(self) -> int:
        """Memory of its processes, shared pages counted once."""
        total = 0
        for pid in self._processes():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Answer:
    """`sent` is the body as it came over the line, most often compressed."""

    status: int
    sent: bytes
    encoding: str
    seconds: float

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.sent) if self.encoding == "gzip" else self.sent


class Browser:
    """One connection that stays open, with a session. It refuses to measure an answer other than 200."""

    def __init__(self, server: Server, session: str = ""):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.headers = {"Accept-Encoding": "gzip", "Accept-Language": "zh-CN"}
        if session:
            self.headers["Cookie"] = f"sessionid={session}"

    def get(self, path: str) -> Answer:
        started = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        sent = response.read()
        seconds = time.perf_counter() - started
        return Answer(response.status, sent, response.getheader("Content-Encoding", ""), seconds)

    def page(self, path: str) -> Answer:
        """A page that must be there. Raises RuntimeError with its status otherwise."""
        answer = self.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return answer

    def close(self) -> None:
        self.connection.close()
