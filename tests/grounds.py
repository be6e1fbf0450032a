"""What lies in the database before a test begins.

Most tests begin with the cast, so it is written once: tests that are rolled back and ask for it run one after
the other inside a transaction that holds it, each in a savepoint of its own. What many tests add to the cast
in the same way is written once as well (`laid_once`), for those in a row that ask for the same. All others
find the default rows that come with the programme and nothing else.
"""

import pickle
import shutil
import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import time_machine
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import TestCase, override_settings

from tests.factories import NOW


class Layer:
    """Rows and files that stay until they are lifted, inside a transaction or a savepoint of one."""

    def __init__(self, make: Callable):
        self.make = make
        self.media = Path(tempfile.mkdtemp(prefix="aftersales-ground-"))
        self._block = transaction.atomic()
        # Services that insist on durability write here as they do inside a test.
        self._block._from_testcase = True

    def lay(self, *given):
        """Write, and return what was made; reports see it, as they do inside a test."""
        self._block.__enter__()
        own, connections["reports"] = connections["reports"], connections["default"]
        try:
            with time_machine.travel(NOW, tick=False), override_settings(MEDIA_ROOT=self.media):
                return self.make(*given)
        finally:
            connections["reports"] = own

    def lift(self) -> None:
        """Take back everything, also where a test has closed the connection under it."""
        shutil.rmtree(self.media)
        if connection.in_atomic_block:
            transaction.set_rollback(True)
            self._block.__exit__(None, None, None)


class Ground:
    """The cast at the bottom and the layers above it, in a form that can be handed out again and again."""

    def __init__(self):
        self.wanted: tuple[Callable, ...] | None = None
        self._layers: list[Layer] = []
        self._made: list[object] = []
        self._packed = b""

    @property
    def is_laid(self) -> bool:
        return bool(self._layers)

    def cast(self):
        """People and stations as they lie there, in objects that no other test has touched."""
        return self._made[0]

    def holds(self, make: Callable) -> bool:
        return any(layer.make is make for layer in self._layers)

    def piece(self, make: Callable):
        """What a layer returned, about the same people as the cast, and its files for this test."""
        number = next(number for number, layer in enumerate(self._layers) if layer.make is make)
        shutil.copytree(self._layers[number].media, settings.MEDIA_ROOT, dirs_exist_ok=True)
        return self._made[number]

    def prepare(self) -> None:
        """Lay or lift, so that the next test finds what it wants."""
        from tests.cast import make_cast

        wanted = [] if self.wanted is None else [make_cast, *self.wanted]
        if not connection.in_atomic_block:
            self.lift()
        while [layer.make for layer in self._layers] != wanted[: len(self._layers)]:
            self._layers.pop().lift()
        if self.is_laid:
            self._made = pickle.loads(self._packed)[: len(self._layers)]
        if len(self._layers) < len(wanted):
            for make in wanted[len(self._layers) :]:
                self._layers.append(layer := Layer(make))
                self._made.append(layer.lay(*self._made[:1]))
            self._packed = pickle.dumps(self._made)
            self._made = pickle.loads(self._packed)

    def lift(self) -> None:
        while self._layers:
            self._layers.pop().lift()
        self._made = []


ground = Ground()
_enter_test = TestCase._fixture_setup.__func__


def _on_prepared_ground(case):
    ground.prepare()
    _enter_test(case)


TestCase._fixture_setup = classmethod(_on_prepared_ground)


def laid_once(make: Callable) -> Callable:
    """Let a fixture that makes something of the cast alone be written once, where tests are rolled back.

    `make(cast)` finds the clock standing at NOW, and what it returns can be pickled.
    """

    @wraps(make)
    def fixture(cast):
        return ground.piece(make) if ground.holds(make) else make(cast)

    fixture.lays = make
    return fixture


def begins_with_the_cast(item) -> bool:
    """Whether a test is rolled back and asks for the cast."""
    names = getattr(item, "fixturenames", ())
    if "cast" not in names or {"transactional_db", "live_server"} & set(names):
        return False
    mark = item.get_closest_marker("django_db")
    return mark is None or not (mark.args or mark.kwargs.get("transaction"))


def ground_of(item) -> tuple[Callable, ...] | None:
    """What a test that begins with the cast wants laid above it, in the same order for every test."""
    if not begins_with_the_cast(item):
        return None
    known = item._fixtureinfo.name2fixturedefs
    fixtures = [known[name][-1].func for name in sorted(item.fixturenames) if name in known]
    return tuple(each.lays for each in fixtures if hasattr(each, "lays"))
