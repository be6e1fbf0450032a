"""`make run`: a development system with its demo, web server and task cluster, started and stopped together.

Nothing has to be prepared. Secrets are drawn once and kept in var/dev.env, because sealed personal data is
lost without them; variables of the environment come first, so that DATABASE_URL can name a PostgreSQL.
"""

import os
import secrets
import signal
import socket
import sys
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from aftersales.ops.process_groups import ROOT, Group

VAR = ROOT / "var"
HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
WEB_STARTS_WITHIN_SECONDS = 60
START_AGAIN_AFTER_SECONDS = 15
# Less than a group may take to stop, so that nothing is cut short that need not be.
TASKS_STOP_WITHIN_SECONDS = 10


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
    # A program that is tried out on this machine may be told of events (docs/client/platform_journey.py).
    receivers = {"WEBHOOK_HOSTS": HOST, "WEBHOOK_LOCAL_RECEIVERS": "1"}
    return {"DEVELOPMENT": "1", **quiet, **receivers, **kept, **os.environ}


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


def _answers(address: str) -> bool:
    """Whether a web server is there, whatever it says."""
    try:
        # Never through a proxy: the address is this machine's own.
        with build_opener(ProxyHandler({})).open(address, timeout=10):
            return True
    except HTTPError:
        return True
    except (URLError, OSError):
        return False


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
            "task cluster": [
                *(sys.executable, "manage.py", "run_cluster"),
                *("--stop-within", str(TASKS_STOP_WITHIN_SECONDS)),
            ],
        }

    def manage(self, *arguments: str) -> None:
        """Run a management command. Raises CannotStart when it fails; its own words are on the screen."""
        child = Group(arguments[0], [sys.executable, "manage.py", *arguments], self.environment)
        self.groups.append(child)
        while not child.has_ended() and not self.stopping:
            self._pause(0.1)
        self._stop(child)
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
        while not self.stopping:
            self._pause(1)
            self._replace_what_ended()

    def _pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(0.1)

    def _wait_for_web(self) -> None:
        until = time.monotonic() + WEB_STARTS_WITHIN_SECONDS
        while not self.stopping and not _answers(f"{self.address}/readyz"):
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
        if cluster.has_ended() and cluster.age_seconds > START_AGAIN_AFTER_SECONDS:
            print("The task cluster has ended and is started again.", flush=True)
            cluster.restart()

    def stop(self) -> None:
        """Stop everything that was started: all are asked at once, then each is waited for."""
        for group in self.groups:
            group.ask_to_stop()
        for group in self.groups:
            self._stop(group)

    def _stop(self, group: Group) -> None:
        if not group.stop():
            print(f"The {group.name} does not stop by itself and was ended.", flush=True)


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
