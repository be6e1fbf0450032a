"""A process that is killed in the middle of a payout leaves all of it or nothing."""

import os
import signal

import pytest
from django.db import connection

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from claims.models import Account, Advance, Claim, Compensation, Movement, OrderLine, SpendingLimit
from claims.queries import invariants
from claims.services import compensation, reversals
from tests.cast import make_cast
from tests.claims.money.cases import XIUWEN, choose, fill, proposed
from tests.factories import NOW, acting_as, seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

WATCHED = (Compensation, OrderLine, SpendingLimit, Account, Movement, Advance, Claim, AuditEvent)
MOST_WRITES = 60


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def fingerprint() -> list:
    with seeing_everything():
        return [list(model.objects.order_by("pk").values_list()) for model in WATCHED]


class Killer:
    """Kills its own process in front of the n-th statement that writes."""

    def __init__(self, at_write: int):
        self.left = at_write

    def __call__(self, execute, sql, params, many, context):
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def killed_everywhere(call) -> int:
    """Run a call again and again, killed one write later each time, until it gets through.

    Returns how often it was killed. Nothing may have changed after a kill.
    """
    before = fingerprint()
    for at_write in range(1, MOST_WRITES):

        def run(nth):
            with connection.execute_wrapper(Killer(nth)):
                return call()

        (outcome,) = at_once(run, [(at_write,)])
        if outcome.error != "Died":
            assert outcome.error == "", outcome.message
            return at_write - 1
        assert fingerprint() == before
    raise AssertionError("The call never got through.")


def test_choice_that_is_paid_by_rule_is_whole_or_absent(cast):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    proposal = proposed(cast.guangcheng, filed_by=cast.agent)

    kills = killed_everywhere(lambda: choose(proposal, by=cast.agent).state)

    with seeing_everything():
        assert kills >= 15
        assert list(invariants.violations()) == []
        assert Compensation.objects.get().state == "executed"
        assert Movement.objects.filter(kind="advance").count() == 1


def test_counter_entry_is_whole_or_absent(cast):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    paid = choose(proposed(cast.guangcheng, filed_by=cast.agent), by=cast.agent)
    with seeing_everything():
        movement = Movement.objects.get(claim=paid.claim)

    def reverse():
        with acting_as(cast.manager):
            reversals.reverse(movement=movement, note="bounced", by=cast.manager, now=NOW)

    kills = killed_everywhere(reverse)

    with seeing_everything():
        assert kills >= 7
        assert list(invariants.violations()) == []
        assert Compensation.objects.get().state == "voided"


def test_answer_lost_after_the_payout_is_not_a_second_payout(cast):
    fill(XIUWEN, cash_fen=100_000, entered_by=cast.manager, confirmed_by=cast.officer)
    proposal = proposed(cast.guangcheng, filed_by=cast.agent)

    def pay_and_die():
        choose(proposal, by=cast.agent)
        os.kill(os.getpid(), signal.SIGKILL)

    (outcome,) = at_once(pay_and_die, [()])
    assert outcome.error == "Died"

    with acting_as(cast.agent), pytest.raises(Refused) as refused:
        compensation.execute(compensation=proposal, by=cast.agent, now=NOW)
    assert refused.value.code == "already_executed"
    with seeing_everything():
        assert list(invariants.violations()) == []
        assert Movement.objects.filter(kind="advance").count() == 1
