"""One money move, one transaction: all of it or nothing, tried once more after a collision."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from aftersales.lib.errors import Refused

Result = TypeVar("Result")

# PostgreSQL: serialization failure, deadlock, lock not available.
COLLISIONS = frozenset({"40001", "40P01", "55P03"})

_is_part: ContextVar[bool] = ContextVar("is_part", default=False)


def money_move(function: Callable[..., Result]) -> Callable[..., Result]:
    """Run a service in a transaction of its own that is committed when it returns.

    Called inside another transaction it raises RuntimeError, because an outer rollback would take back
    money that somebody has been told is paid; `as_one` joins several. A deadlock or lock time-out is tried
    once more, then raises Refused("busy").
    """

    @wraps(function)
    def moved(**arguments: Any) -> Result:
        if _is_part.get():
            with transaction.atomic():
                return function(**arguments)
        try:
            return _committed(function, arguments)
        except OperationalError as error:
            if not _is_collision(error):
                raise
        try:
            return _committed(function, arguments)
        except OperationalError as error:
            if not _is_collision(error):
                raise
            raise Refused(
                _("Somebody else is changing the same thing at this moment. Please try again."), code="busy"
            ) from error

    return moved


@money_move
def as_one(*, effect: Callable[[], Result]) -> Result:
    """Money moves and what belongs to them, such as the key they came under, as a single money move.

    Nothing of it counts before this returns; after a collision all of it is tried once more.
    """
    token = _is_part.set(True)
    try:
        return effect()
    finally:
        _is_part.reset(token)


def _committed(function, arguments):
    with transaction.atomic(durable=True):
        return function(**arguments)


def _is_collision(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in COLLISIONS or "database is locked" in str(error)
