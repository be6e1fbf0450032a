"""Several sweeps at once, sweeps that are killed, and people who close a claim at the same instant.

Smaller twins of tests/campaigns/test_sweep.py.
"""

import os
import signal
from datetime import timedelta
from multiprocessing import get_context

import pytest
from django.db import connections, transaction

from aftersales.accounts.models import system_user
from aftersales.audit.trail import system_scope
from aftersales.lib.errors import Refused
from claims.models import Claim, ClaimClock, Escalation, Holding
from claims.queries import escalation_checks
from claims.services import casework
from claims.services.sweep import SweepResult, sweep
from tests.claims.clock_cases import FILED_AT, clocked, many, steps_of
from tests.factories import seeing_everything
from tests.processes import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
DUE = FILED_AT + timedelta(hours=4)
NOW = DUE + timedelta(days=3)
CLAIMS = 60


def swept(now=NOW, batch=10):
    with system_scope("race", quiet=True):
        return sweep(now=now, by=system_user(), batch=batch)


def levels_climbed():
    """How often each claim climbed to each level."""
    with seeing_everything():
        climbs = Escalation.objects.exclude(climbed_to=None).order_by("due_at", "id")
        found = {}
        for claim, level in climbs.values_list("claim_id", "climbed_to"):
            found.setdefault(claim, []).append(level)
        return list(found.values())


def test_four_sweeps_at_once_do_the_work_of_one(transactional_db, cast):
    many(cast.guangcheng, cast.agent, CLAIMS)

    outcomes = at_once(swept, [()] * 4)
    rest = swept()

    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert sum(each.value.escalated for each in outcomes) + rest.escalated == 3 * CLAIMS
    assert levels_climbed() == [[1, 2, 3]] * CLAIMS
    with seeing_everything():
        assert list(escalation_checks.violations(NOW)) == []
    assert swept() == SweepResult()


def _killed_in_the_third_batch():
    """Sweep, and be killed when the third batch has been written and is not committed."""
    from claims.services import escalation_rows

    written, save = [], escalation_rows.Batch.save

    def save_and_die(batch):
        counts = save(batch)
        written.append(counts)
        if len(written) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return counts

    escalation_rows.Batch.save = save_and_die
    swept()


def test_a_sweep_that_is_killed_keeps_whole_batches_and_the_next_one_goes_on(transactional_db, cast):
    many(cast.guangcheng, cast.agent, CLAIMS)
    connections.close_all()
    process = get_context("fork").Process(target=_killed_in_the_third_batch)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert levels_climbed() == [[1, 2, 3]] * 20

    assert swept().escalated == 3 * (CLAIMS - 20)

    assert levels_climbed() == [[1, 2, 3]] * CLAIMS
    with seeing_everything():
        assert list(escalation_checks.violations(NOW)) == []


def test_what_somebody_is_changing_is_left_to_the_next_run(transactional_db, cast):
    if connections["default"].vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    claims = many(cast.guangcheng, cast.agent, 3)
    with transaction.atomic(), seeing_everything():
        Claim.objects.filter(pk=claims[1].pk).update(description="somebody writes")

        [outcome] = _beside(swept)

    assert outcome.value.escalated == 6
    assert swept().escalated == 3


def _beside(call):
    """Call in a process of its own while this one keeps its transaction open."""
    fork = get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)

    def run():
        for connection in connections.all():
            connection.connection = None
        from tests.processes import Outcome

        theirs.send(Outcome(value=call()))

    process = fork.Process(target=run)
    process.start()
    assert ours.poll(60)
    outcome = ours.recv()
    process.join()
    return [outcome]


def withdrawn(pk):
    with system_scope("race", quiet=True):
        by = system_user()
        for _try in range(3):
            try:
                claim = Claim.objects.get(pk=pk)
                return casework.withdraw(claim=claim, reason="村民不要了", by=by, now=NOW).closed_at
            except Refused as refused:
                if refused.code != "stale":
                    raise
    return None


def _close_them(keys):
    return [withdrawn(key) for key in keys]


def test_nothing_climbs_after_its_end(transactional_db, cast):
    claims = many(cast.guangcheng, cast.agent, CLAIMS)
    keys = [claim.pk for claim in claims]

    def either(close):
        return _close_them(keys) if close else swept(batch=5)

    outcomes = at_once(either, [(True,), (False,)])

    assert [outcome.error for outcome in outcomes] == ["", ""]
    assert outcomes[0].value == [NOW] * CLAIMS
    swept(NOW + timedelta(days=9))
    with seeing_everything():
        assert list(escalation_checks.violations(NOW + timedelta(days=9))) == []
        assert not Escalation.objects.filter(at__gt=NOW).exists()
        assert not ClaimClock.objects.filter(next_alarm_at__isnull=False).exists()
        assert not Holding.objects.filter(until_at__isnull=True).exists()


def test_a_claim_that_was_closed_first_says_nothing(transactional_db, cast):
    claim = clocked(cast.guangcheng, cast.agent)
    withdrawn(claim.pk)

    assert swept() == SweepResult()
    assert steps_of(claim) == []
