"""`make run`: a development system with its demo, web server and task cluster, started and stopped together.

Nothing has to be prepared. Secrets are drawn once and kept in var/dev.env, because sealed personal data is
lost without them; variables of the environment come first, so that DATABASE_URL can name a PostgreSQL.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from contextlib import suppress
from hashlib import sha256
from json import JSONDecodeError, loads
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
WEB_STARTS_WITHIN_SECONDS = 60
STOPS_WITHIN_SECONDS = 15
LOOK_EVERY_SECONDS = 15
CLUSTER_SILENT_AFTER_SECONDS = 180


class CannotStart(Exception):
    """The system cannot be started; the message is a sentence for the person who typed the command."""


def development_environment(secrets_file: Path) -> dict[str, str]:
    """Return the environment of every child; draws the secrets and writes them, for the owner only, once."""
    if not secrets_file.exists():
        secrets_file.parent.mkdir(parents=True, exist_ok=True)
        drawn = {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "FIELD_KEYS": "dev1:" + urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "PHONE_INDEX_KEY": secrets.token_urlsafe(32),
        }
        # Written aside and renamed: half a file would pass for the real one next time.
        draft = secrets_file.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text("".join(f"{name}={value}\n" for name, value in drawn.items()))
        draft.rename(secrets_file)
    kept = dict(line.split("=", 1) for line in secrets_file.read_text().splitlines())
    # Pages answer as they do in production; DEBUG=1 in front of make brings Django's own error pages.
    quiet = {"LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1", "DEBUG": "0"}
    return {"DEVELOPMENT": "1", **quiet, **kept, **os.environ}


def wanted_port(text: str) -> int:
    """Return the port when it can be listened on. Raises CannotStart with what to do instead."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStart(f"PORT is {text!r}; it has to be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError as error:
            raise CannotStart(
                f"Port {text} cannot be used ({error.strerror}). "
                f"Another one can be named: make run PORT={int(text) % 65535 + 1}"
            ) from None
    return int(text)


def accounts_file(environment: dict[str, str]) -> Path:
    """Where the demo accounts of this database are kept: each database has passwords of its own."""
    address = environment.get("DATABASE_URL", "")
    mark = f"-{sha256(address.encode()).hexdigest()[:8]}" if address else ""
    return VAR / f"demo_accounts{mark}.txt"


class Group:
    """A child with all its own children, in a process group that is stopped as one."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]):
        self.name = name
        self.command = command
        self.environment = environment
        self.start()

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the launcher alone, which stops in order.
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.started = time.monotonic()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self.started

    def ask_to_stop(self) -> None:
        """Ask the first process, which lets its own children finish what they are doing."""
        if not self.has_ended():
            self.process.terminate()

    def stop(self, within_seconds: float = STOPS_WITHIN_SECONDS) -> None:
        """Ask, wait, and end whatever of the group is left."""
        self.ask_to_stop()
        try:
            self.process.wait(within_seconds)
        except subprocess.TimeoutExpired:
            print(f"The {self.name} does not stop by itself and is ended.", flush=True)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()


def _health(address: str, path: str) -> dict | None:
    """What the health page says, whatever its status; None when there is no answer."""
    try:
        # Never through a proxy: the address is this machine's own.
        with build_opener(ProxyHandler({})).open(address + path, timeout=10) as answer:
            return loads(answer.read())
    except HTTPError as error:
        try:
            return loads(error.read())
        except JSONDecodeError:
            return None
    except (URLError, OSError, JSONDecodeError):
        return None


class Launcher:
    def __init__(self, environment: dict[str, str], port: int):
        self.environment = environment
        self.address = f"http://{HOST}:{port}"
        self.accounts = accounts_file(environment)
        self.groups: list[Group] = []
        self.stopping = False
        self.commands = {
            "web server": [
                *(sys.executable, "-m", "gunicorn", "aftersales.wsgi"),
                *(
                    "--bind",
                    f"{HOST}:{port}",
                    "--worker-class",
                    "gthread",
                    "--workers",
                    "2",
                    "--threads",
                    "4",
                ),
                *("--log-level", "warning", "--graceful-timeout", "5", "--preload", "--no-control-socket"),
            ],
            "task cluster": [sys.executable, "manage.py", "qcluster"],
        }

    def manage(self, *arguments: str) -> None:
        """Run a management command. Raises CannotStart when it fails; its own words are on the screen."""
        child = Group(arguments[0], [sys.executable, "manage.py", *arguments], self.environment)
        self.groups.append(child)
        while not child.has_ended() and not self.stopping:
            self._pause(0.1)
        child.stop()
        self.groups.remove(child)
        if not self.stopping and child.process.returncode:
            raise CannotStart(f"manage.py {arguments[0]} failed; what it says is above.")

    def run(self) -> None:
        """Prepare, start both, say where, and look after them until told to stop."""
        self.manage("migrate", "--verbosity", "0")
        if not self.stopping:
            print("Loading the demo; only the first time takes a while.", flush=True)
            try:
                self.manage("seed_demo", "--accounts", str(self.accounts))
            except CannotStart as reason:
                print(f"Starting without the demo: {reason}", file=sys.stderr, flush=True)
        for name, command in self.commands.items():
            if not self.stopping:
                self.groups.append(Group(name, command, self.environment))
        self._wait_for_web()
        self._greet()
        next_look = time.monotonic() + LOOK_EVERY_SECONDS
        while not self.stopping:
            self._pause(1)
            self._replace_what_ended()
            if time.monotonic() > next_look:
                self._replace_silent_cluster()
                next_look = time.monotonic() + LOOK_EVERY_SECONDS

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(0.1)

    def _wait_for_web(self) -> None:
        until = time.monotonic() + WEB_STARTS_WITHIN_SECONDS
        while not self.stopping and _health(self.address, "/readyz") is None:
            if self.groups[0].has_ended() or time.monotonic() > until:
                raise CannotStart("The web server does not answer; what it says is above.")
            self._pause(0.2)

    def _greet(self) -> None:
        if self.stopping:
            return
        print(f"\nAftersales runs at {self.address}\n", flush=True)
        if self.accounts.exists():
            print("Demo accounts (user name, password, role):", flush=True)
            for line in self.accounts.read_text().splitlines():
                print(f"  {line}", flush=True)
        print("\nCtrl-C stops it.\n", flush=True)

    def _replace_what_ended(self) -> None:
        if self.stopping:
            return
        web, cluster = self.groups
        if web.has_ended():
            raise CannotStart("The web server has ended; what it says is above.")
        if cluster.has_ended() and cluster.age_seconds > LOOK_EVERY_SECONDS:
            print("The task cluster has ended and is started again.", flush=True)
            cluster.restart()

    def _replace_silent_cluster(self) -> None:
        """A cluster whose worker was killed can hang for ever without ending."""
        cluster = self.groups[-1]
        if self.stopping or cluster.age_seconds < CLUSTER_SILENT_AFTER_SECONDS:
            return
        answer = _health(self.address, "/healthz") or {}
        if not answer.get("checks", {}).get("cluster", {}).get("ok", True):
            print("The task cluster is silent and is started again.", flush=True)
            cluster.restart()

    def stop(self) -> None:
        """Stop everything that was started: all are asked at once, then each is waited for."""
        for group in self.groups:
            group.ask_to_stop()
        for group in self.groups:
            group.stop()


def main() -> int:
    os.chdir(ROOT)
    # Where collected static files lie in production; here it stays empty, but is expected to exist.
    (VAR / "static").mkdir(parents=True, exist_ok=True)
    try:
        port = wanted_port(os.environ.get("PORT") or DEFAULT_PORT)
        launcher = Launcher(development_environment(VAR / "dev.env"), port)
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1

    def asked_to_stop(number, frame):
        launcher.stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, asked_to_stop)
    try:
        launcher.run()
        print("\nStopping.", flush=True)
        return 0
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    finally:
        launcher.stop()
        print("Stopped.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
