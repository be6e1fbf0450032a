"""Early pytest plugin: the database of the run stands before the settings are read.

TEST_DB=postgres starts a private PostgreSQL that listens on a socket in a temporary folder only; without it
the run uses a SQLite file, not memory, because tests with several processes share it. Either way the address
goes to the settings through DATABASE_URL, and nothing is left behind.
"""

import atexit
import os
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests.postgres import NoServer, PrivatePostgres


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

    Walks are left to whichever run comes to them first, so they stand at the end, with the tests that live
    in the same world before them. A run of its own, on either database, has everything.
    """
    if not os.environ.get("TEST_BOTH"):
        return
    elsewhere = {item for item in items if _belongs_to(item) not in (None, os.environ["TEST_DB"])}
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
        print(f"left to the run on the other database: {len(elsewhere)} tests")
    worlds = {item.path.parent for item in items if _is_for_either(item)}
    items.sort(key=lambda item: (item.path.parent in worlds) + _is_for_either(item))


def _belongs_to(item) -> str | None:
    """The database that a test is left to; none for those that run on both or on either."""
    if walk := item.get_closest_marker("walk"):
        return walk.args[0] if walk.args else None
    asks = item.get_closest_marker("django_db") or item.get_closest_marker("storage")
    names = {"db", "transactional_db", "live_server"}.intersection(getattr(item, "fixturenames", ()))
    return None if asks or names else "sqlite"


def _is_for_either(item) -> bool:
    walk = item.get_closest_marker("walk")
    return walk is not None and not walk.args


def _taken(items):
    """The tests of this run, in order; walks only that the other run has not begun with."""
    left = []
    for item in items:
        if not _is_for_either(item) or _is_first(item.nodeid):
            yield item
        else:
            left.append(item)
    if left:
        left[0].config.hook.pytest_deselected(items=left)


def _is_first(name: str) -> bool:
    """Write the name down where both runs look; false where it stands there already."""
    try:
        Path(os.environ["TEST_BOTH"], sha256(name.encode()).hexdigest()).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """As pytest does it, but what comes next is found out when it is about to come."""
    if not os.environ.get("TEST_BOTH") or session.config.option.collectonly or session.testsfailed:
        return None
    coming = _taken(session.items)
    item = next(coming, None)
    while item is not None:
        following = next(coming, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


def pytest_unconfigure(config):
    Started.away()


os.environ.setdefault("TEST_DB", "sqlite")
os.environ["DATABASE_URL"] = Started.up(os.environ["TEST_DB"])
os.environ.pop("REPORTS_DATABASE_URL", None)
# A run that ends before pytest is set up, for a mistake on the command line say, never unconfigures.
atexit.register(Started.away)
