"""`python -m aftersales.ops.replica FOLDER`: a streaming replica of the database, for reports to read.

Runs on the machine of the replica, needs PostgreSQL's programs and nothing of the system itself. It copies
the running server into FOLDER, follows it from then on through a slot of its own, and starts. Asked again for
a folder that is there, it only starts. docs/operations.md says how reports are led to it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SERVER_USER = "postgres"


class NotStarted(Exception):
    """The replica could not be made or started; the message holds what the program said."""


@dataclass(frozen=True)
class Primary:
    """Where the server to follow is reached: a host name or the folder of its socket, and who may copy it."""

    host: str
    port: int = 5432
    user: str = SERVER_USER


class Replica:
    """A PostgreSQL in `folder` that follows a primary; `listen` are options of its server."""

    def __init__(self, folder: Path, binaries: Path, listen: str):
        self.folder, self.binaries, self.listen = folder, binaries, listen
        # PostgreSQL refuses to run as root.
        self.before = ["runuser", "-u", SERVER_USER, "--"] if os.geteuid() == 0 else []

    @property
    def exists(self) -> bool:
        return (self.folder / "standby.signal").exists()

    def copy(self, primary: Primary, *, slot: str) -> None:
        """Copy the primary and note where to follow it; raises NotStarted."""
        self._run(
            "pg_basebackup",
            *("-h", primary.host, "-p", str(primary.port), "-U", primary.user),
            *("-D", str(self.folder), "-X", "stream", "-c", "fast", "-C", "-S", slot, "-R"),
        )

    def start(self) -> None:
        log = self.folder.parent / f"{self.folder.name}.log"
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-l", str(log), "-o", self.listen, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        # A file, not a pipe: the server that is started inherits it.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [*self.before, str(self.binaries / program), *arguments],
                cwd="/",
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            output.seek(0)
            if done.returncode:
                raise NotStarted(f"{program} failed: {output.read().strip()}")


def binaries_of_this_machine() -> Path:
    """The folder of PostgreSQL's server programs; raises NotStarted when there is none."""
    candidates = [Path("/usr/lib/postgresql/15/bin")]
    if found := shutil.which("pg_config"):
        answer = subprocess.run([found, "--bindir"], capture_output=True, text=True, check=False)
        candidates.insert(0, Path(answer.stdout.strip()))
    for folder in candidates:
        if (folder / "pg_basebackup").exists():
            return folder
    raise NotStarted("no PostgreSQL server programs here; name their folder with --binaries")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m aftersales.ops.replica", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the replica lies; made when it is not there")
    parser.add_argument(
        "--from", dest="host", required=True, help="host of the primary, or folder of its socket"
    )
    parser.add_argument("--from-port", type=int, default=5432)
    parser.add_argument("--user", default="aftersales_replica", help="a role with REPLICATION on the primary")
    parser.add_argument("--slot", default="aftersales_reports", help="name of the slot kept on the primary")
    parser.add_argument("--port", type=int, default=5433, help="port of the replica, on the loopback address")
    parser.add_argument("--binaries", type=Path, help="folder of PostgreSQL's server programs")
    asked = parser.parse_args(arguments)
    listen = f"-c port={asked.port} -c listen_addresses=127.0.0.1 -c hot_standby=on"
    try:
        replica = Replica(asked.folder.resolve(), asked.binaries or binaries_of_this_machine(), listen)
        if not replica.exists:
            replica.copy(Primary(asked.host, asked.from_port, asked.user), slot=asked.slot)
        replica.start()
    except NotStarted as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    sys.stdout.write(f"replica at 127.0.0.1:{asked.port}, data in {replica.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
