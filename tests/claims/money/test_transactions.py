"""A money move is committed when it returns, tried once more after a collision, and nests only as a part."""

import pytest
from django.db import OperationalError, transaction

from aftersales.lib.errors import Refused
from claims.services.transactions import as_one, money_move
from stations.models import Party


class Deadlock(Exception):
    sqlstate = "40P01"


class DiskFull(Exception):
    sqlstate = "53100"


def collide(cause) -> OperationalError:
    error = OperationalError("it did not work")
    error.__cause__ = cause
    return error


def answering(*outcomes):
    """A service that raises or returns one outcome after the other."""
    left = list(outcomes)

    @money_move
    def service():
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return service


@pytest.mark.django_db
def test_collision_is_tried_once_more():
    assert answering(collide(Deadlock()), "done")() == "done"
    assert answering(OperationalError("database is locked"), "done")() == "done"


@pytest.mark.django_db
def test_second_collision_is_told_in_words():
    with pytest.raises(Refused) as refused:
        answering(collide(Deadlock()), OperationalError("database is locked"), "never")()

    assert refused.value.code == "busy"


@pytest.mark.django_db
def test_other_faults_rise_at_once():
    with pytest.raises(OperationalError):
        answering(collide(DiskFull()), "never")()


@pytest.mark.django_db(transaction=True)
def test_move_inside_another_transaction_is_a_fault():
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        answering("never")()

    assert answering("done")() == "done"


@pytest.mark.django_db(transaction=True)
def test_parts_of_one_move_count_together_or_not_at_all():
    register, refuse = answering("written"), answering(Refused("no", code="refused"))

    def both():
        Party.objects.create(kind="merchant", name=register())
        refuse()

    with pytest.raises(Refused):
        as_one(effect=both)

    assert not Party.objects.filter(name="written").exists()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        answering("never")()


@pytest.mark.django_db
def test_a_collision_in_a_part_has_the_whole_tried_once_more():
    part, begun = answering(collide(Deadlock()), "done"), []

    def whole():
        begun.append("once")
        return part()

    assert as_one(effect=whole) == "done"
    assert begun == ["once", "once"]
