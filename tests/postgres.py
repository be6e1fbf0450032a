"""A private PostgreSQL for one run of the tests, or of `make bench`."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SERVER_USER = "postgres"
# A role that owns its databases but is no superuser, as in production: what it may not do fails here too.
APPLICATION_ROLE = "aftersales"
# No code is generated for a statement that runs once over a handful of rows either.
FAST = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 "
    "-c max_wal_senders=4 -c shared_buffers=256MB -c jit=off"
)


class NoServer(Exception):
    """No private PostgreSQL can be started here; the message says why."""


def postgres_binaries() -> Path:
    """Return the folder with PostgreSQL's server programs: PG_BIN, pg_config's, or Debian's.

    Raises NoServer with a sentence when there is none, or no user that may run it.
    """
    folders = [Path("/usr/lib/postgresql/15/bin")]
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        folders.insert(0, Path(answer.stdout.strip()))
    if os.environ.get("PG_BIN"):
        folders = [Path(os.environ["PG_BIN"])]
    found = next((folder for folder in folders if (folder / "initdb").exists()), None)
    if found is None:
        raise NoServer(
            f"no PostgreSQL server programs in {', '.join(map(str, folders))}; PG_BIN can name the folder"
        )
    if os.geteuid() == 0 and (not shutil.which("runuser") or not _user_exists(SERVER_USER)):
        raise NoServer(f"PostgreSQL refuses to run as root and there is no user {SERVER_USER} to run it as")
    return found


def _user_exists(name: str) -> bool:
    return subprocess.run(["id", name], capture_output=True, check=False).returncode == 0


class PrivatePostgres:
    """A throw-away cluster in a temporary folder, reached by its socket.

    `settings` are the server's options. Those of the tests trade safety for speed; nothing is measured there.
    """

    def __init__(self, settings: str = FAST):
        self.binaries = postgres_binaries()
        self.folder = Path(tempfile.mkdtemp(prefix="aftersales-pg-"))
        self.before = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, SERVER_USER, SERVER_USER)
            self.before = ["runuser", "-u", SERVER_USER, "--"]
        try:
            self._run(
                "initdb", "-U", SERVER_USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
            )
            listen = f"-k {self.folder} -c listen_addresses= {settings}"
            self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", listen, "start")
            self._run(
                "createuser",
                "-h",
                str(self.folder),
                "-U",
                SERVER_USER,
                "--createdb",
                "--createrole",
                APPLICATION_ROLE,
                data=False,
            )
        except BaseException:
            self.stop()
            raise

    @property
    def url(self) -> str:
        # Two slashes: the settings read what follows as the folder of the socket.
        return f"postgres://{APPLICATION_ROLE}@/{self.folder}/aftersales"

    def owner_of(self, database: str) -> str:
        """The address of a database for the server's own user, whom nothing stops."""
        return f"host={self.folder} user={SERVER_USER} dbname={database}"

    def create_database(self) -> None:
        """Create the database that the address names; Django's test runner makes one of its own instead."""
        self._run("createdb", "-h", str(self.folder), "-U", APPLICATION_ROLE, APPLICATION_ROLE, data=False)

    def _run(self, program: str, *arguments: str, data: bool = True) -> None:
        where = ["-D", str(self.folder / "data")] if data else []
        command = [*self.before, str(self.binaries / program), *where, *arguments]
        # Output goes to a file: the server inherits it, and would keep a pipe open for as long as it runs.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(command, cwd="/", stdout=output, stderr=subprocess.STDOUT, check=False)
            output.seek(0)
            if done.returncode:
                raise NoServer(f"{program} failed: {output.read().strip()}")

    def stop(self) -> None:
        try:
            if (self.folder / "data" / "postmaster.pid").exists():
                self._run("pg_ctl", "-m", "immediate", "stop")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
