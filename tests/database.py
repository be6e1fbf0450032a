"""Early pytest plugin: the database of the run stands before the settings are read.

TEST_DB=postgres starts a private PostgreSQL that listens on a socket in a temporary folder only; without it
the run uses a SQLite file, not memory, because tests with several processes share it. Either way the address
goes to the settings through DATABASE_URL, and nothing is left behind.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.postgres import NoServer, PrivatePostgres

TURNS = ("sqlite", "sqlite", "postgres")
"""Which database the walks over all pages are left to, one after the other: SQLite answers them faster."""


class Started:
    """What this process started, to be put away when the run ends."""

    server: PrivatePostgres | None = None
    folder: Path | None = None

    @classmethod
    def up(cls, wanted: str) -> str:
        """Start what the wanted database needs and return its address."""
        cls.folder = Path(tempfile.mkdtemp(prefix="aftersales-tests-"))
        os.environ["TEST_FOLDER"] = str(cls.folder)
        if wanted == "sqlite":
            return f"sqlite:///{cls.folder}/aftersales.sqlite3"
        if wanted != "postgres":
            raise pytest.UsageError(f"TEST_DB is {wanted!r}; it can be sqlite or postgres")
        try:
            cls.server = PrivatePostgres()
        except NoServer as reason:
            raise pytest.UsageError(f"TEST_DB=postgres: {reason}") from None
        return cls.server.url

    @classmethod
    def away(cls) -> None:
        if cls.server:
            cls.server.stop()
        if cls.folder:
            shutil.rmtree(cls.folder, ignore_errors=True)
        cls.server = cls.folder = None


def pytest_report_header(config):
    return f"database: {os.environ['TEST_DB']}"


def pytest_collection_modifyitems(config, items):
    """Where both databases run side by side (TEST_BOTH), leave to one what asks nothing of a database.

    A run of its own, on either database, has everything.
    """
    if not os.environ.get("TEST_BOTH"):
        return
    walks = [item for item in items if item.get_closest_marker("walk")]
    turns = {item: TURNS[number % len(TURNS)] for number, item in enumerate(walks)}
    elsewhere = {item for item in items if _belongs_to(item, turns) not in (None, os.environ["TEST_DB"])}
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
        print(
            f"left to the run on the other database: {len(elsewhere & turns.keys())} walks over all pages, "
            f"{len(elsewhere - turns.keys())} tests without a database"
        )


def _belongs_to(item, turns: dict) -> str | None:
    """The database that a test is left to; none for those that run on both."""
    if walk := item.get_closest_marker("walk"):
        return walk.args[0] if walk.args else turns[item]
    asks = item.get_closest_marker("django_db") or item.get_closest_marker("storage")
    names = {"db", "transactional_db", "live_server"}.intersection(getattr(item, "fixturenames", ()))
    return None if asks or names else "sqlite"


def pytest_unconfigure(config):
    Started.away()


os.environ.setdefault("TEST_DB", "sqlite")
os.environ["DATABASE_URL"] = Started.up(os.environ["TEST_DB"])
os.environ.pop("REPORTS_DATABASE_URL", None)
# A run that ends before pytest is set up, for a mistake on the command line say, never unconfigures.
atexit.register(Started.away)
