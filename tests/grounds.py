"""What lies in the database before a test begins.

Most tests begin with the cast, so it is written once: tests that are rolled back and ask for it run one after
the other inside a transaction that holds it, each in a savepoint of its own. All others find the default rows
that come with the programme and nothing else.
"""

import pickle

import time_machine
from django.db import connection, transaction
from django.test import TestCase

from tests.factories import NOW


class Ground:
    """The transaction that holds the cast, and the cast in a form that can be handed out again and again."""

    def __init__(self):
        self.is_wanted = False
        self._block: transaction.Atomic | None = None
        self._packed = b""

    @property
    def is_laid(self) -> bool:
        return self._block is not None

    def cast(self):
        """People and stations as they lie there, in objects that no other test has touched."""
        return pickle.loads(self._packed)

    def prepare(self) -> None:
        """Lay or lift, so that the next test finds what it wants."""
        if self.is_laid and not (self.is_wanted and connection.in_atomic_block):
            self.lift()
        if self.is_wanted and not self.is_laid:
            self._lay()

    def _lay(self) -> None:
        from tests.cast import make_cast

        block = transaction.atomic()
        block.__enter__()
        self._block = block
        with time_machine.travel(NOW, tick=False):
            self._packed = pickle.dumps(make_cast())

    def lift(self) -> None:
        """Take back everything, also where a test has closed the connection under it."""
        block, self._block = self._block, None
        if block is not None and connection.in_atomic_block:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)


ground = Ground()
_enter_test = TestCase._fixture_setup.__func__


def _on_prepared_ground(case):
    ground.prepare()
    _enter_test(case)


TestCase._fixture_setup = classmethod(_on_prepared_ground)


def begins_with_the_cast(item) -> bool:
    """Whether a test is rolled back and asks for the cast."""
    names = getattr(item, "fixturenames", ())
    if "cast" not in names or {"transactional_db", "live_server"} & set(names):
        return False
    mark = item.get_closest_marker("django_db")
    return mark is None or not (mark.args or mark.kwargs.get("transaction"))
