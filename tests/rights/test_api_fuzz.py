"""Whatever is sent to an operation, the answer is one the document knows and never a fault of ours.

A few examples in the suite; `make fuzz` sends 1,000 of each kind to every operation and can be interrupted,
and 10,000 hostile values on PostgreSQL, which refuses more of them than SQLite.
"""

import os
import sys
from collections import Counter

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.api_schema import Undocumented
from tests.rights import api_fuzzing, api_hostile
from tests.rights.api_callers import make_callers
from tests.rights.api_examples import known_of

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
FEW = 5
HOSTILE_VALUES = int(os.environ.get("HOSTILE_VALUES", "300"))


@pytest.fixture
def _one_connection():
    """The application is called without a test client and may not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def target(_one_connection, world, settings):
    """Secrets of an application with every scope and of a consumer, and what they may ask for."""
    settings.WEBHOOK_HOSTS = ["hooks.example.com"]
    callers, rows = make_callers(world)
    secrets = {
        kind: callers[kind].headers["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
        for kind in ("own", "consumer")
    }
    return secrets, known_of(world.places["ours"], rows.known)


@pytest.mark.walk
@pytest.mark.skipif(EXAMPLES > 0, reason="make fuzz goes through one operation at a time")
def test_nothing_that_is_sent_ends_in_a_fault(target):
    secrets, known = target
    wrong = {}

    for name in api_fuzzing.names():
        try:
            api_fuzzing.fuzz(name, examples=FEW, secrets=secrets, known=api_fuzzing.known_to(name, known))
        except BaseException as found:
            if isinstance(found, KeyboardInterrupt):
                raise
            told = getattr(found, "exceptions", [found])
            wrong[name] = "; ".join(f"{type(each).__name__}: {each}"[:500] for each in told)

    assert not wrong, "\n\n".join(f"{name}: {text}" for name, text in wrong.items())


@pytest.mark.skipif(EXAMPLES == 0, reason="make fuzz")
@pytest.mark.parametrize("name", api_fuzzing.names() if EXAMPLES else ["GET /api/v1/token/"])
def test_an_operation_stands_whatever_is_sent(target, name):
    secrets, known = target
    if name in api_fuzzing.finished(EXAMPLES):
        pytest.skip("gone through already")

    statuses = api_fuzzing.fuzz(
        name, examples=EXAMPLES, secrets=secrets, known=api_fuzzing.known_to(name, known)
    )

    api_fuzzing.note(name, statuses, EXAMPLES)
    assert not [status for status in statuses if status >= 500]


@pytest.mark.walk("postgres")
def test_no_value_ends_in_a_fault(target):
    secrets, known = target
    wrong, answered = [], Counter()

    for turn, each in enumerate(api_hostile.some(HOSTILE_VALUES)):
        kind = "consumer" if turn % 2 and api_fuzzing.is_for_consumers(each.name) else "own"
        try:
            status = api_hostile.send(each, secret=secrets[kind], known=known)
        except Undocumented as undocumented:
            wrong.append(f"{each}: {undocumented}")
        else:
            answered[status] += 1
            if status >= 500:
                wrong.append(f"{each}: {status}")

    sys.stdout.write(f"{answered.total()} hostile values: {dict(sorted(answered.items()))}\n")
    assert wrong == []
    assert answered.total() == HOSTILE_VALUES
    # Some are harmless where they stand; were all refused, the requests themselves would be wrong.
    assert answered[200] and answered[400] > HOSTILE_VALUES / 5
